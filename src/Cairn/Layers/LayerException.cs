using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// Thrown for an error in the function of a layer. Names the layer, the shapes of its inputs, and its position in the model. The original
/// exception is <see cref="Exception.InnerException"/>.
/// </summary>
/// <remarks>
/// Errors of libtorch become this exception in every layer; in custom layers, so do errors of TorchSharp and .NET, such as an index out of
/// range. Exceptions that a layer itself throws are not changed.
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

    /// <summary>
    /// The position of the layer in the model: the names from the outermost model to the layer, such as <c>encoder/block_2/dense</c>.
    /// </summary>
    public string Path => string.Join('/', around.AsEnumerable().Reverse().Append(Layer).Select(layer => layer.Name));

    /// <inheritdoc/>
    public override string Message =>
        $"{Layer.ClassName} '{Layer.Name}' ({Path}) failed on {(InputShapes.Count == 1 ? "an input" : "inputs")} of shape "
        + $"{Shape.Describe(InputShapes)}: {what}";

    /// <summary>
    /// Records a layer that contains the failing one. Always returns false, for use in an exception filter that does not catch.
    /// </summary>
    internal bool PassesBy(Layer outer)
    {
        around.Add(outer);
        return false;
    }
}
