namespace Cairn.Saving.Torch;

/// <summary>State dictionaries of PyTorch in <c>.pth</c> and <c>.pt</c> files; read only.</summary>
internal sealed class TorchWeightsFile : NamedWeightsFile
{
    public override IReadOnlyList<string> Endings => [".pth", ".pt"];

    public override bool IsWritten => false;

    // Layers take them module by module.
    public override bool CanLoadByName => false;

    public override void Write(Stream stream, IReadOnlyList<WeightData> weights, bool carriesChecksum) =>
        throw new NotSupportedException("Files of PyTorch are read and not written.");

    public override NamedWeights Read(string path, FileLimits? limits = null) => TorchFile.Read(path, limits);

    public override void LoadWeights(Model model, string path, WeightLoading loading) => Load(model, path, null, loading);

    /// <summary>Puts the tensors into a model: by their names into a TorchSharp module, else module by module into its layers.</summary>
    public static void Load(Model model, string path, IReadOnlyDictionary<string, string>? mapping, WeightLoading loading)
    {
        if (model is not TorchModel)
        {
            TorchLayers.Load(model, path, mapping, loading);
            return;
        }

        if (mapping is not null)
        {
            throw new ArgumentException("A TorchSharp module takes tensors by their names; a mapping is for layers.", nameof(mapping));
        }

        // A module may lack the counters of batches.
        using NamedWeights saved = TorchFile.Read(path);
        HashSet<string> known = [.. WeightNames.Of(model).Select(pair => pair.Name)];
        WeightData[] wanted =
            [.. saved.Weights.Where(w => known.Contains(w.Name) || !w.Name.EndsWith("num_batches_tracked", StringComparison.Ordinal))];
        WeightTransfer.Copy(Match(model, wanted, path, loading));
    }

    protected override bool Recognizes(WeightSource file) => TorchFile.IsOne(file);
}
