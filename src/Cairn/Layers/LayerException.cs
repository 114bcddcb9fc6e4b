using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// An error in the function of a layer: names the layer, the shapes of its inputs, and its place in the model. The original exception is
/// <see cref="Exception.InnerException"/>.
/// </summary>
/// <remarks>
/// Errors of libtorch become this exception in every layer; in layers written by users also errors of TorchSharp and .NET, such as an index
/// that is out of range. Exceptions that a layer throws itself are not changed.
/// </remarks>
public sealed class LayerException : InvalidOperationException
{
    private readonly List<Layer> around = [];
    private readonly string what;

    internal LayerException(Layer layer, Tensor[] inputs, Exception cause)
        : base(null, cause)
    {
        Layer = layer;
        InputShapes = [.. inputs.Select(x => x.IsInvalid ? Shape.Create([]) : (Shape)x.shape)];
        what = LayerFailure.Describe(cause);
    }

    /// <summary>The layer whose function failed.</summary>
    public Layer Layer { get; }

    /// <summary>The shapes of its inputs, batch axis included.</summary>
    public IReadOnlyList<Shape> InputShapes { get; }

    /// <summary>The place of the layer in the model: the names from the outermost model to the layer, such as <c>encoder/block_2/dense</c>.</summary>
    public string Path => string.Join('/', around.AsEnumerable().Reverse().Append(Layer).Select(layer => layer.Name));

    /// <inheritdoc/>
    public override string Message =>
        $"{Layer.ClassName} '{Layer.Name}' ({Path}) failed on {(InputShapes.Count == 1 ? "an input" : "inputs")} of shape "
        + $"{Shape.Describe(InputShapes)}: {what}";

    /// <summary>Notes a layer that contains the failing one; always false, as a filter that does not catch.</summary>
    internal bool PassesBy(Layer outer)
    {
        around.Add(outer);
        return false;
    }
}
