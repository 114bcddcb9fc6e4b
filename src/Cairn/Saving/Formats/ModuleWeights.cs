namespace Cairn.Saving;

/// <summary>A model's weights in <c>.dat</c> files in the format of TorchSharp's <c>Module.save</c>.</summary>
internal sealed class ModuleWeights : NamedWeightsFile
{
    public override IReadOnlyList<string> Endings => [".dat"];

    public override void Write(Stream stream, IReadOnlyList<WeightData> weights, bool carriesChecksum) => ModuleFile.Write(stream, weights);

    public override NamedWeights Read(string path, FileLimits? limits = null) => ModuleFile.Read(path, limits);

    // There is no signature. A file that parses as arrays up to its last byte is almost certainly of this format.
    protected override bool Recognizes(WeightSource file)
    {
        try
        {
            return new ModuleReader(file, FileLimits.Current).Read().Count > 0;
        }
        catch (ModelFormatException)
        {
            return false;
        }
    }
}
