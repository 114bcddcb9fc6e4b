using TorchSharp;

namespace Cairn.Layers;

/// <summary>One call of a layer in a graph, with its inputs and outputs. Keras: <c>Node</c>.</summary>
/// <remarks>A shared layer has several calls, in the order in which they were made.</remarks>
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
        layer.Note(this);
    }

    public Layer Layer { get; }

    /// <summary>The number of calls of the layer before this one.</summary>
    public int Order { get; }

    /// <summary>All input tensors, in the order of the arguments.</summary>
    public IReadOnlyList<KerasTensor> Inputs { get; }

    /// <summary>The parameters that the inputs belong to, and the call's plain values.</summary>
    public CallArguments Arguments { get; }

    public IReadOnlyList<KerasTensor> Outputs { get; }
}
