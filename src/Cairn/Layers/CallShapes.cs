using System.Diagnostics.CodeAnalysis;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>The shapes that reach the layers in a first run, and those that they return.</summary>
/// <param name="earlier">The shapes of a run with other sizes, or null.</param>
internal sealed class CallShapes(CallShapes? earlier = null) : ICallObserver
{
    private readonly Dictionary<Layer, Shape[]> inputs = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Layer, Shape[]> outputs = new(ReferenceEqualityComparer.Instance);

    /// <summary>Records the input shapes, and rejects those for which libtorch would terminate the process.</summary>
    /// <exception cref="ArgumentException">A layer has weights for another number of features.</exception>
    public void Began(Layer layer, Tensor[] inputs)
    {
        Shape[] shapes = ShapesOf(inputs);
        this.inputs.TryAdd(layer, shapes);
        Shape? before = earlier?.inputs.GetValueOrDefault(layer)?[0] ?? (layer.Built ? layer.InputShape : null);
        if (layer is Dense or EinsumDense or TernaryDense or RecurrentLayer && before is { Rank: > 0 } && shapes[0].Rank > 0
            && before[^1] != shapes[0][^1] && before[^1] != Shape.None && layer.Weights.Count > 0)
        {
            throw new ArgumentException(
                $"{layer.ClassName} '{layer.Name}' was built for inputs of shape {before} and can't take {shapes[0]}: its "
                    + $"weights depend on "
                + "the size of the last axis.",
                nameof(inputs));
        }
    }

    public void Ended(Layer layer, Tensor[] outputs) => this.outputs.TryAdd(layer, ShapesOf(outputs));

    /// <summary>The shapes of a layer in two runs; sizes that differ are unknown. Null if the layer was not called in both.</summary>
    public (Shape[] Inputs, Shape[] Outputs)? Merged(Layer layer, CallShapes other) =>
        Both(inputs, other.inputs, layer, out Shape[]? given) && Both(outputs, other.outputs, layer, out Shape[]? returned)
            ? (given, returned)
            : null;

    /// <summary>Shapes from two runs; sizes that differ are unknown.</summary>
    public static Shape[] Merge(IReadOnlyList<Shape> one, IReadOnlyList<Shape> other) =>
        [.. one.Zip(other, Merge)];

    private static Shape Merge(Shape one, Shape other) => [.. one.Zip(other, (a, b) => a == b ? a : Shape.None)];

    private static bool Both(Dictionary<Layer, Shape[]> one, Dictionary<Layer, Shape[]> other, Layer layer,
        [NotNullWhen(true)] out Shape[]? merged)
    {
        merged = one.TryGetValue(layer, out Shape[]? a) && other.TryGetValue(layer, out Shape[]? b) && a.Length == b.Length
            && a.Zip(b).All(pair => pair.First.Rank == pair.Second.Rank) ? Merge(a, b) : null;
        return merged is not null;
    }

    private static Shape[] ShapesOf(Tensor[] tensors) =>
        [.. tensors.Select(x => ((Shape)x.shape).OpenBatch)];
}
