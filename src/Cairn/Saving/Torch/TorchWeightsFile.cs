namespace Cairn.Saving.Torch;

/// <summary>PyTorch state dictionaries in <c>.pth</c> and <c>.pt</c> files; read-only.</summary>
internal sealed class TorchWeightsFile : NamedWeightsFile
{
    public override IReadOnlyList<string> Endings => [".pth", ".pt"];

    public override bool IsWritten => false;

    // Layers are loaded module by module.
    public override bool CanLoadByName => false;

    public override void Write(Stream stream, IReadOnlyList<WeightData> weights, bool carriesChecksum) =>
        throw new NotSupportedException("Writing PyTorch files is not supported.");

    public override NamedWeights Read(string path, FileLimits? limits = null) => TorchFile.Read(path, limits);

    public override void LoadWeights(Model model, string path, WeightLoading loading) => Load(model, path, null, loading);

    /// <summary>Loads the tensors into a model: by name into a TorchSharp module, otherwise module by module into the layers.</summary>
    public static void Load(Model model, string path, IReadOnlyDictionary<string, string>? mapping, WeightLoading loading)
    {
        if (model is not TorchModel)
        {
            TorchLayers.Load(model, path, mapping, loading);
            return;
        }

        if (mapping is not null)
        {
            throw new ArgumentException("A TorchSharp module loads tensors by name; a mapping is only for layers.", nameof(mapping));
        }

        // A module may lack the batch counters.
        using NamedWeights saved = TorchFile.Read(path);
        HashSet<string> known = [.. WeightNames.Of(model).Select(pair => pair.Name)];
        WeightData[] wanted =
            [.. saved.Weights.Where(w => known.Contains(w.Name) || !w.Name.EndsWith("num_batches_tracked", StringComparison.Ordinal))];
        WeightTransfer.Copy(Match(model, wanted, path, loading));
    }

    protected override bool Recognizes(WeightSource file) => TorchFile.IsOne(file);
}
