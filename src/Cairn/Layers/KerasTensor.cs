using Cairn.Layers;
using static TorchSharp.torch;

namespace Cairn;

/// <summary>What will flow between layers when there is data: a shape, and the call of a layer that gives it. Keras: <c>KerasTensor</c>.</summary>
/// <remarks>
/// An <see cref="Input"/> is the first one; <see cref="Layer.Apply(KerasTensor)"/> makes the others; inputs and outputs make a functional model.
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

    /// <summary>The shape, batch axis included, which is <see cref="Shape.None"/> where any size fits.</summary>
    public Shape Shape { get; }

    /// <summary>The type of the numbers.</summary>
    public ScalarType DType { get; }

    /// <summary>The layer that gives it.</summary>
    public Layer Layer => Producer.Layer;

    /// <summary>The call of the layer that gives it.</summary>
    internal LayerCall Producer { get; }

    /// <summary>Which of the call's outputs it is.</summary>
    internal int Index { get; }

    /// <summary>What the input gives; the same one every time.</summary>
    public static implicit operator KerasTensor(Input input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Output;
    }

    /// <summary>Shape and layer.</summary>
    public override string ToString() => $"KerasTensor {Shape} of '{Layer.Name}'";
}
