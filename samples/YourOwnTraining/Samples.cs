/// <summary>The samples by name; each trains on small data and returns its losses, and what else it found.</summary>
internal static class Samples
{
    public static readonly SortedDictionary<string, Func<double[]>> All = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Gan"] = () => Gan.Run(),
        ["Vae"] = () => Vae.Run(),
        ["Dqn"] = () => Dqn.Run(),
        ["ActorCritic"] = () => ActorCritic.Run(),
        ["Siamese"] = () => Siamese.Run(),
        ["Distillation"] = () => Distillation.Run(),
        ["GradCam"] = () => GradCam.Run(),
        ["StyleTransfer"] = () => StyleTransfer.Run(),
        ["Seq2Seq"] = () => Seq2Seq.Run(),
        ["TransferLearning"] = () => TransferLearning.Run(),
        ["TransformerClassifier"] = () => TransformerClassifier.Run(),
        ["MiniGpt"] = () => MiniGpt.Run(),
        ["NodeEmbeddings"] = () => NodeEmbeddings.Run(),
        ["SuperResolution"] = () => SuperResolution.Run(),
        ["UNet"] = () => UNet.Run(),
        ["Mixup"] = () => Mixup.Run(),
    };
}
