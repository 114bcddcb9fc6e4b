using Cairn.Layers;
using Cairn.Saving.Hdf5;

namespace Cairn.Saving;

/// <summary>The weights and the optimizer's state in Keras 3's <c>.weights.h5</c> files.</summary>
internal static class WeightsFile
{
    private const string Optimizer = "optimizer";

    public static void Save(Model model, string path)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        AtomicFile.Write(path, stream => Write(model, stream));
    }

    public static void Write(Model model, Stream stream)
    {
        model.EnsureBuilt();
        var groups = new List<WeightGroup>();
        Describe(model, "", groups);
        if (model.Optimizer is { } optimizer)
        {
            groups.Add(new WeightGroup(Optimizer, optimizer.Name, Numbered(OptimizerState.Describe(optimizer))));
        }

        WeightsHdf5.Write(stream, groups);
    }

    public static void Load(Model model, string path) => Load(model, WeightsHdf5.Read(path), path);

    public static void Load(Model model, Dictionary<string, WeightGroup> groups, string path, bool strictOptimizer = false)
    {
        model.EnsureBuilt();
        var pairs = new List<(WeightData From, Variable To)>();
        Match(model, "", groups, pairs, path);
        WeightTransfer.CheckShapes(pairs, path);
        foreach ((WeightData from, Variable to) in pairs) WeightTransfer.Copy(from, to);
        if (model.Optimizer is not null && groups.TryGetValue(Optimizer, out WeightGroup? state))
        {
            OptimizerState.Load(model, state.Weights, path, strictOptimizer);
        }
    }

    private static void Describe(Layer layer, string path, List<WeightGroup> groups)
    {
        // Keras 3 stores each object's own variables in its group; a model's own are its layers', below `layers`.
        Variable[] own = layer is Model ? [] : [.. layer.Weights];
        groups.Add(new WeightGroup(path, layer.Name, Numbered(own.Select(WeightTransfer.ToData))));
        foreach ((string child, Layer inner) in Children(layer, path)) Describe(inner, child, groups);
    }

    private static void Match(Layer layer, string path, Dictionary<string, WeightGroup> groups, List<(WeightData From, Variable To)> pairs, string file)
    {
        Variable[] own = layer is Model ? [] : [.. layer.Weights];
        IReadOnlyList<WeightData> saved = groups.TryGetValue(path, out WeightGroup? group) ? group.Weights : [];
        if (saved.Count != own.Length)
        {
            throw new ModelFormatException($"the file has {saved.Count} weights for the layer '{layer.Name}', which has {own.Length}.", file, $"{path}/vars");
        }

        for (int i = 0; i < own.Length; i++) pairs.Add((saved[i], own[i]));
        foreach ((string child, Layer inner) in Children(layer, path)) Match(inner, child, groups, pairs, file);
    }

    private static IEnumerable<(string Path, Layer Layer)> Children(Layer layer, string path)
    {
        if (layer is not Model model) yield break;
        var names = new SaveableNames();
        foreach (Layer inner in model.Layers) yield return ($"{(path.Length == 0 ? "" : path + "/")}layers/{names.Next(inner.ClassName)}", inner);
    }

    private static IReadOnlyList<WeightData> Numbered(IEnumerable<WeightData> weights) =>
        [.. weights.Select((w, i) => new WeightData(i.ToString(System.Globalization.CultureInfo.InvariantCulture), w.Shape, w.DType, w.Bytes))];
}
