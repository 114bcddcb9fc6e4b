namespace Cairn.Layers;

// An input acts as its tensor in expressions: input / 255.0, input[.., 0].
public sealed partial class Input
{
    /// <summary>Slices the input's tensor; see <see cref="KerasTensor"/>.</summary>
    /// <param name="slices">The index or range of each axis; axes that are not given are taken whole.</param>
    /// <exception cref="ArgumentException">The tensor has fewer axes, or an index is out of range.</exception>
    public KerasTensor this[params ReadOnlySpan<Slice> slices] => Output[slices];

    /// <summary>Negates the elements.</summary>
    public static KerasTensor operator -(Input x) => Ops.Negative(x);

    /// <summary>Adds, element by element.</summary>
    public static KerasTensor operator +(Input x1, Input x2) => Ops.Add(x1, x2);

    /// <summary>Adds, element by element.</summary>
    public static KerasTensor operator +(Input x1, KerasTensor x2) => Ops.Add(x1, x2);

    /// <summary>Adds, element by element.</summary>
    public static KerasTensor operator +(KerasTensor x1, Input x2) => Ops.Add(x1, x2);

    /// <summary>Adds, element by element.</summary>
    public static KerasTensor operator +(Input x1, TensorLike x2) => Ops.Add(x1, x2);

    /// <summary>Adds, element by element.</summary>
    public static KerasTensor operator +(TensorLike x1, Input x2) => Ops.Add(x1, x2);

    /// <summary>Subtracts, element by element.</summary>
    public static KerasTensor operator -(Input x1, Input x2) => Ops.Subtract(x1, x2);

    /// <summary>Subtracts, element by element.</summary>
    public static KerasTensor operator -(Input x1, KerasTensor x2) => Ops.Subtract(x1, x2);

    /// <summary>Subtracts, element by element.</summary>
    public static KerasTensor operator -(KerasTensor x1, Input x2) => Ops.Subtract(x1, x2);

    /// <summary>Subtracts, element by element.</summary>
    public static KerasTensor operator -(Input x1, TensorLike x2) => Ops.Subtract(x1, x2);

    /// <summary>Subtracts, element by element.</summary>
    public static KerasTensor operator -(TensorLike x1, Input x2) => Ops.Subtract(x1, x2);

    /// <summary>Multiplies, element by element.</summary>
    public static KerasTensor operator *(Input x1, Input x2) => Ops.Multiply(x1, x2);

    /// <summary>Multiplies, element by element.</summary>
    public static KerasTensor operator *(Input x1, KerasTensor x2) => Ops.Multiply(x1, x2);

    /// <summary>Multiplies, element by element.</summary>
    public static KerasTensor operator *(KerasTensor x1, Input x2) => Ops.Multiply(x1, x2);

    /// <summary>Multiplies, element by element.</summary>
    public static KerasTensor operator *(Input x1, TensorLike x2) => Ops.Multiply(x1, x2);

    /// <summary>Multiplies, element by element.</summary>
    public static KerasTensor operator *(TensorLike x1, Input x2) => Ops.Multiply(x1, x2);

    /// <summary>Divides, element by element.</summary>
    public static KerasTensor operator /(Input x1, Input x2) => Ops.Divide(x1, x2);

    /// <summary>Divides, element by element.</summary>
    public static KerasTensor operator /(Input x1, KerasTensor x2) => Ops.Divide(x1, x2);

    /// <summary>Divides, element by element.</summary>
    public static KerasTensor operator /(KerasTensor x1, Input x2) => Ops.Divide(x1, x2);

    /// <summary>Divides, element by element.</summary>
    public static KerasTensor operator /(Input x1, TensorLike x2) => Ops.Divide(x1, x2);

    /// <summary>Divides, element by element.</summary>
    public static KerasTensor operator /(TensorLike x1, Input x2) => Ops.Divide(x1, x2);

    /// <summary>Whether the left operand is greater, element by element.</summary>
    public static KerasTensor operator >(Input x1, TensorLike x2) => Ops.Greater(x1, x2);

    /// <summary>Whether the left operand is greater or equal, element by element.</summary>
    public static KerasTensor operator >=(Input x1, TensorLike x2) => Ops.GreaterEqual(x1, x2);

    /// <summary>Whether the left operand is less, element by element.</summary>
    public static KerasTensor operator <(Input x1, TensorLike x2) => Ops.Less(x1, x2);

    /// <summary>Whether the left operand is less or equal, element by element.</summary>
    public static KerasTensor operator <=(Input x1, TensorLike x2) => Ops.LessEqual(x1, x2);
}
