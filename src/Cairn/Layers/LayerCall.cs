using TorchSharp;

namespace Cairn.Layers;

/// <summary>One use of a layer in a graph: what goes in, and what comes out. Keras: <c>Node</c>.</summary>
/// <remarks>A shared layer has several, in the order in which they were made.</remarks>
internal sealed class LayerCall
{
    public LayerCall(Layer layer, IReadOnlyList<KerasTensor> inputs, CallArguments arguments, IReadOnlyList<Shape> outputShapes,
        torch.ScalarType dtype)
        : this(layer, inputs, arguments, outputShapes, [.. outputShapes.Select(_ => dtype)])
    {
    }

    public LayerCall(
        Layer layer, IReadOnlyList<KerasTensor> inputs, CallArguments arguments, IReadOnlyList<Shape> outputShapes,
        IReadOnlyList<torch.ScalarType> types)
    {
        Layer = layer;
        Order = layer.CountCall();
        Inputs = inputs;
        Arguments = arguments;
        Outputs = [.. outputShapes.Select((shape, i) => new KerasTensor(shape, types[i], this, i))];
    }

    public Layer Layer { get; }

    /// <summary>How many calls of the layer there were before it.</summary>
    public int Order { get; }

    /// <summary>All tensors that go in, in the order of the arguments.</summary>
    public IReadOnlyList<KerasTensor> Inputs { get; }

    /// <summary>Which parameters of the layer's call they are, and its plain values.</summary>
    public CallArguments Arguments { get; }

    public IReadOnlyList<KerasTensor> Outputs { get; }
}
