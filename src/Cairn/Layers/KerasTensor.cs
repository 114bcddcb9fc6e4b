using Cairn.Layers;
using static TorchSharp.torch;

namespace Cairn;

/// <summary>A symbolic tensor: a shape, a type, and the layer call that produces it. Keras: <c>KerasTensor</c>.</summary>
/// <remarks>
/// An <see cref="Input"/> creates the first one, <see cref="Layer.Apply(KerasTensor)"/> the others. Inputs and outputs define a functional
/// model.
/// </remarks>
public sealed partial class KerasTensor
{
    internal KerasTensor(Shape shape, ScalarType dtype, LayerCall producer, int index)
    {
        Shape = shape;
        DType = dtype;
        Producer = producer;
        Index = index;
    }

    /// <summary>The shape, batch axis included; <see cref="Shape.None"/> where any size fits.</summary>
    public Shape Shape { get; }

    /// <summary>The data type of the elements.</summary>
    public ScalarType DType { get; }

    /// <summary>The layer that produces it.</summary>
    public Layer Layer => Producer.Layer;

    /// <summary>The layer call that produces it.</summary>
    internal LayerCall Producer { get; }

    /// <summary>Its index among the outputs of the call.</summary>
    internal int Index { get; }

    /// <summary>Converts an input to its tensor, the same instance every time.</summary>
    public static implicit operator KerasTensor(Input input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Output;
    }

    /// <summary>Shape and layer.</summary>
    public override string ToString() => $"KerasTensor {Shape} of '{Layer.Name}'";
}
