using Cairn.Layers;
using Cairn.Optimizers;
using Cairn.Saving.Hdf5;

namespace Cairn.Saving;

/// <summary>The weights and the optimizer's state in Keras 3's <c>.weights.h5</c> files.</summary>
internal sealed class WeightsFile : ModelFile
{
    private const string OptimizerGroup = "optimizer";
    private const string LayersGroup = "layers";

    public override IReadOnlyList<string> Endings => [".weights.h5"];

    public override bool HoldsOptimizer => true;

    /// <summary>The weights, and the optimizer's state if there is an optimizer.</summary>
    public static List<WeightGroup> Describe(Model model, Optimizer? optimizer, Func<Variable, WeightData> read)
    {
        model.EnsureBuilt();
        var groups = new List<WeightGroup>();
        Describe(model, "", groups, read, []);
        if (optimizer is not null)
        {
            IReadOnlyList<WeightData> state = OptimizerState.Describe(optimizer, read);
            groups.Add(new WeightGroup(OptimizerGroup, optimizer.Name, Numbered(state)));

            // Keras stores a wrapped optimizer a second time, as a part of its wrapper.
            if (optimizer.Inner != optimizer)
            {
                groups.Add(new WeightGroup($"{OptimizerGroup}/inner_optimizer", optimizer.Inner.Name,
                    Numbered(OptimizerState.OfInner(optimizer, state))));
            }
        }

        return groups;
    }

    /// <summary>Loads a file's weights, and the optimizer's state if both sides have it, into a built model.</summary>
    /// <exception cref="ModelFormatException">The weights do not match the model; then nothing is changed.</exception>
    public static void Load(Model model, WeightGroups groups, string path, WeightLoading loading)
    {
        var pairs = new List<(WeightData From, Variable To)>();
        var matched = new List<Layer>();
        Match(model, "", groups, (pairs, matched), path, loading, []);
        WeightTransfer.Copy(pairs);
        matched.ForEach(layer => layer.TookStored());
        if (model.Optimizer is null || !groups.TryGetValue(OptimizerGroup, out WeightGroup? state))
        {
            return;
        }

        if (loading.Warnings.Count > 0)
        {
            loading.Warnings.Add(OptimizerState.LeftAlone);
        }
        else if (loading.OfKeras2)
        {
            OptimizerState.TryLoad(model, OptimizerState.WithLearningRate(model, state.Weights), path, loading.Warnings);
        }
        else if (loading.WholeModel)
        {
            OptimizerState.Load(model, state.Weights, path, loading.Warnings);
        }
        else
        {
            OptimizerState.TryLoad(model, state.Weights, path, loading.Warnings);
        }
    }

    public override void LoadWeights(Model model, string path, WeightLoading loading)
    {
        using WeightGroups groups = WeightsHdf5.Read(path);
        Load(model, groups, path, loading);
    }

    public override IModelSnapshot Prepare(Model model, IReadOnlyDictionary<string, string>? remarks, Func<Variable, WeightData> read)
    {
        List<WeightGroup> groups = Describe(model, model.Optimizer, read);
        return new FileSnapshot(stream => WeightsHdf5.Write(stream, groups, checksum: remarks is null ? null : ContentChecksum.Of(groups)));
    }

    public override ListedWeights List(string path)
    {
        WeightGroups groups = WeightsHdf5.Read(path);
        return ListedWeights.Of(groups, groups);
    }

    protected override bool Recognizes(WeightSource file) => Hdf5Contents.Of(file) == Hdf5Content.Weights;

    // A layer used in several places is stored at the first one, as in Keras.
    private static void Describe(Layer layer, string path, List<WeightGroup> groups, Func<Variable, WeightData> read,
        HashSet<Layer> visited)
    {
        if (!visited.Add(layer))
        {
            return;
        }

        // Keras 3 stores each object's own variables in its group; a model's variables belong to its layers, below `layers`.
        IReadOnlyList<WeightData> weights = Keyed(layer, layer.StoredWeights.Select(weight => read(layer.AsStored(weight))));
        groups.Add(new WeightGroup(path, layer.Name, weights));
        if (layer is IKeepsVocabulary vocabulary && weights.Count > 0)
        {
            // Keras also reads them with the inner layer.
            groups.AddRange(vocabulary.Folders.Where(folder => folder.Length > 0)
                .Select(folder => new WeightGroup($"{path}/{folder}", folder, weights)));
        }

        foreach ((string child, Layer inner) in Children(layer, path))
        {
            Describe(inner, child, groups, read, visited);
        }
    }

    private static void Match(
        Layer layer, string path, WeightGroups groups, (List<(WeightData From, Variable To)> Pairs, List<Layer> Layers) found, string file,
        WeightLoading loading, HashSet<Layer> visited)
    {
        if (!visited.Add(layer))
        {
            return;
        }

        Variable[] own = [.. layer.StoredWeights];
        IReadOnlyList<WeightData> saved = groups.TryGetValue(path, out WeightGroup? group) ? group.Weights : [];
        string what = $"The layer '{layer.Name}'";
        if (saved.Count != own.Length)
        {
            loading.Mismatch(what, $"the file has {saved.Count} weights for the layer '{layer.Name}', which needs {own.Length}.", file,
                $"{path}/vars");
        }
        else if (own.Zip(saved).FirstOrDefault(pair => !WeightTransfer.Fits(pair.Second, pair.First)) is { First: not null } unfit)
        {
            loading.Mismatch(what, WeightTransfer.ShapeProblem(unfit.Second, unfit.First), file, $"{path}/vars/{unfit.Second.Name}");
        }
        else
        {
            found.Pairs.AddRange(saved.Zip(own));
            found.Layers.Add(layer);
        }

        foreach ((string child, Layer inner) in Children(layer, path, groups))
        {
            Match(inner, child, groups, found, file, loading, visited);
        }
    }

    private static IEnumerable<(string Path, Layer Layer)> Children(Layer layer, string path, WeightGroups? groups = null)
    {
        string below = path.Length == 0 ? "" : path + "/";
        var names = new SaveableNames();
        if (layer is not Model model)
        {
            return layer.Sublayers.OrderBy(s => OrderOf(s.Attribute), StringComparer.Ordinal).Select(s => (below + s.Attribute, s.Layer));
        }

        if (model.Sublayers.Count == 0)
        {
            return model.Layers.Select(inner => ($"{below}{LayersGroup}/{names.Next(inner.ClassName)}", inner));
        }

        // A custom model class: its layers are its attributes, ordered by name. The list of all layers is also an attribute, so layers
        // whose names sort after it are stored as members of the list.
        List<(string Attribute, Layer Layer, string Member)> all =
            [.. model.Sublayers.DistinctBy(s => s.Layer)
            .Select(s => (s.Attribute, s.Layer, $"{below}{LayersGroup}/{names.Next(s.Layer.ClassName)}"))];
        return model.Sublayers.OrderBy(s => OrderOf(s.Attribute), StringComparer.Ordinal)
            .TakeWhile(s => string.CompareOrdinal(OrderOf(s.Attribute), LayersGroup) < 0)
            .Select(s => (below + s.Attribute, s.Layer))
            .Concat(all.Select(s =>
            (groups is null || Holds(groups, s.Member) || !Holds(groups, below + s.Attribute) ? s.Member : below + s.Attribute, s.Layer)));
    }

    // Keras visits private attributes last.
    private static string OrderOf(string attribute) => attribute.StartsWith('_') ? $"~{attribute}" : attribute;

    // Files of earlier versions store each layer under its attribute, regardless of the order of names.
    private static bool Holds(WeightGroups groups, string path) =>
        groups.ContainsKey(path) || groups.Keys.Any(key => key.StartsWith($"{path}/", StringComparison.Ordinal));

    /// <summary>All layers of a model, including the model itself, with the paths of their objects in files.</summary>
    public static IEnumerable<(string Path, Layer Layer)> Objects(Layer root)
    {
        var visited = new HashSet<Layer>();
        return Below(root, "");

        IEnumerable<(string, Layer)> Below(Layer layer, string path) => visited.Add(layer)
            ? Children(layer, path).SelectMany(child => Below(child.Layer, child.Path)).Prepend((path, layer))
            : [];
    }

    private static IReadOnlyList<WeightData> Keyed(Layer layer, IEnumerable<WeightData> weights) => layer.OwnWeightKeys is { } keys
        ? [.. weights.Zip(keys, (weight, key) => weight.Renamed(key))]
        : Numbered(weights);

    private static IReadOnlyList<WeightData> Numbered(IEnumerable<WeightData> weights) =>
        [.. weights.Select((w, i) => w.Renamed(i.ToString(System.Globalization.CultureInfo.InvariantCulture)))];
}
