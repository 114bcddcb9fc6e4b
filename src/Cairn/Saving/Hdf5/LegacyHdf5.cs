namespace Cairn.Saving.Hdf5;

/// <summary>
/// The whole-model <c>.h5</c> file: configuration, weights by layer, optimizer variables. Also the legacy weights-only file.
/// </summary>
internal static class LegacyHdf5
{
    private const string ModelConfig = "model_config";
    private const string TrainingConfig = "training_config";
    private const string KerasVersion = "keras_version";
    private const string Backend = "backend";
    private const string ModelWeights = "model_weights";
    private const string OptimizerWeights = "optimizer_weights";
    private const string TopLevelWeights = "top_level_model_weights";
    private const string LayerNames = "layer_names";
    private const string WeightNames = "weight_names";
    private const string CairnPrefix = "cairn_";

    /// <summary>Writes a whole-model file to a writable, seekable stream (see <see cref="AtomicFile"/>).</summary>
    /// <exception cref="ArgumentException">
    /// Names clash or are too long, or a weight has a type that Keras HDF5 files do not use.
    /// </exception>
    public static void Write(Stream stream, ModelData model)
    {
        var root = new GroupNode();
        AddText(root, KerasVersion, model.KerasVersion);
        AddText(root, Backend, model.Backend);
        AddText(root, ModelConfig, model.ModelConfig);
        AddText(root, TrainingConfig, model.TrainingConfig);
        foreach ((string? name, string? value) in model.CairnAttributes)
        {
            AddText(root, CairnPrefix + name, value);
        }

        if (model.CarriesChecksum)
        {
            AddText(root, ContentChecksum.Key, ContentChecksum.Of(model));
        }

        var weights = new GroupNode();
        root.TryAdd(ModelWeights, weights);
        AddText(weights, Backend, model.Backend);
        AddText(weights, KerasVersion, model.KerasVersion);
        Hdf5Writing.AddNames(weights, LayerNames, [.. model.Layers.Select(layer => layer.Name)]);
        foreach (LayerData layer in model.Layers)
        {
            AddWeights(NewGroup(weights, layer.Name), layer.Weights);
        }

        AddWeights(NewGroup(weights, TopLevelWeights), model.TopLevelWeights);
        if (model.OptimizerWeights is { Count: > 0 } optimizer)
        {
            AddWeights(NewGroup(root, OptimizerWeights), optimizer);
        }

        Hdf5Writer.Write(stream, root);
    }

    /// <summary>Reads a whole-model or weights-only file.</summary>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="ModelFormatException">The file has another format or is damaged.</exception>
    public static ModelData Read(string path, FileLimits? limits = null) => Checked(Open(path, limits));

    /// <summary>Reads a file whose checksum may still be being verified; see <see cref="ModelData.WaitUntilChecked"/>.</summary>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="ModelFormatException">The file has another format or is damaged.</exception>
    public static ModelData Open(string path, FileLimits? limits = null) => Read(WeightSource.Open(path), limits);

    /// <summary>Reads a whole-model or weights-only file from a seekable stream; <paramref name="fileName"/> is for messages.</summary>
    /// <exception cref="ModelFormatException">The file has another format or is damaged.</exception>
    public static ModelData Read(Stream stream, string? fileName, FileLimits? limits = null) =>
        Checked(Read(WeightSource.Of(stream, fileName), limits));

    /// <summary>Reads Cairn's metadata only, without weights.</summary>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="ModelFormatException">It is not an HDF5 file, or is damaged.</exception>
    public static IReadOnlyDictionary<string, string> ReadCairnAttributes(string path, FileLimits? limits = null)
    {
        using var source = WeightSource.Open(path);
        return Hdf5File.Read(source, limits, file => ReadCairnAttributes(file.Root, file.Limits));
    }

    private static ModelData Checked(ModelData model)
    {
        model.WaitUntilChecked();
        return model;
    }

    private static ModelData Read(WeightSource source, FileLimits? limits)
    {
        try
        {
            return Hdf5File.Read(source, limits, file => Read(file, source));
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    private static ModelData Read(Hdf5File file, WeightSource source)
    {
        Hdf5Group root = file.Root;
        FileLimits limits = file.Limits;
        Hdf5Group weights = root.TryGetGroup(ModelWeights) ?? root;
        List<string> layerNames = ReadNames(weights, LayerNames, limits) ?? throw weights.Failure(
            root.Contains("layers") || root.Contains("vars")
                ? "this is a '.weights.h5' file; expected a whole model ('.h5' with the attribute 'layer_names')."
                : $"not a Keras model: the attribute '{LayerNames}' is missing.");

        var found = new ModelData
        {
            ModelConfig = root.TryGetText(ModelConfig, limits.MaximumJsonBytes),
            TrainingConfig = root.TryGetText(TrainingConfig, limits.MaximumJsonBytes),
            KerasVersion = Text(KerasVersion),
            Backend = Text(Backend),
            Layers = [.. layerNames.Select(name => new LayerData(name, ReadWeights(weights.GetGroup(name), limits)))],
            TopLevelWeights = weights.TryGetGroup(TopLevelWeights) is { } top ? ReadWeights(top, limits) : [],
            OptimizerWeights = root.TryGetGroup(OptimizerWeights) is { } optimizer ? ReadWeights(optimizer, limits) : null,
            CairnAttributes = ReadCairnAttributes(root, limits),
            Source = source,
        };
        found.Check = ContentChecksum.Check(root.TryGetText(ContentChecksum.Key, limits.MaximumNameBytes), () => ContentChecksum.Of(found),
            source.FileName);
        return found;

        string? Text(string attribute) =>
            root.TryGetText(attribute, limits.MaximumNameBytes) ?? weights.TryGetText(attribute, limits.MaximumNameBytes);
    }

    private static List<WeightData> ReadWeights(Hdf5Group group, FileLimits limits) =>
        [.. (ReadNames(group, WeightNames, limits) ?? []).Select(group.GetDataset)];

    // A list of names too long for one attribute is split over name0, name1…
    private static List<string>? ReadNames(Hdf5Group group, string attribute, FileLimits limits)
    {
        if (group.TryGetTexts(attribute, limits.MaximumNameBytes) is { } all)
        {
            return [.. all];
        }

        List<string>? names = null;
        for (int piece = 0; group.TryGetTexts($"{attribute}{piece}", limits.MaximumNameBytes) is { } some; piece++)
        {
            (names ??= []).AddRange(some);
        }

        return names;
    }

    private static Dictionary<string, string> ReadCairnAttributes(Hdf5Group root, FileLimits limits)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string name in root.AttributeNames)
        {
            if (name.StartsWith(CairnPrefix, StringComparison.Ordinal) && name != ContentChecksum.Key
                && root.TryGetText(name, limits.MaximumJsonBytes) is { } value)
            {
                found[name[CairnPrefix.Length..]] = value;
            }
        }

        return found;
    }

    private static void AddText(GroupNode group, string attribute, string? text)
    {
        if (text is not null)
        {
            group.Set(attribute, text);
        }
    }

    private static GroupNode NewGroup(GroupNode parent, string path)
    {
        GroupNode group = Hdf5Writing.GetOrAddGroup(parent, path);
        return group.IsEmpty
            ? group
            : throw new ArgumentException($"Two layers are saved as '{path}'; layer names must be unique.");
    }

    private static void AddWeights(GroupNode group, IReadOnlyList<WeightData> weights)
    {
        Hdf5Writing.AddNames(group, WeightNames, [.. weights.Select(weight => weight.Name)]);
        foreach (WeightData weight in weights)
        {
            Hdf5Writing.AddWeight(group, weight);
        }
    }
}
