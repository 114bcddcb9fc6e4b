namespace Cairn;

// Operators add operations to the graph, as in Keras: x * 2 + y, -x, x > 0, x[.., 0].
public sealed partial class KerasTensor
{
    /// <summary>
    /// Slices the tensor, for example <c>x[.., 0]</c>, <c>x[Slice.Ellipsis, ..^1]</c> or <c>x[.., Slice.NewAxis]</c>. Keras:
    /// <c>x[:, 0]</c>.
    /// </summary>
    /// <param name="slices">The index or range of each axis; axes that are not given are taken whole.</param>
    /// <exception cref="ArgumentException">The tensor has fewer axes, or an index is out of range.</exception>
    public KerasTensor this[params ReadOnlySpan<Slice> slices] => Ops.GetItem(this, slices);

    /// <summary>Negates the elements.</summary>
    public static KerasTensor operator -(KerasTensor x) => Ops.Negative(x);

    /// <summary>Logical NOT of booleans; bitwise NOT of integers.</summary>
    public static KerasTensor operator ~(KerasTensor x) => Ops.BitwiseInvert(x);

    /// <summary>Adds, element by element.</summary>
    public static KerasTensor operator +(KerasTensor x1, TensorLike x2) => Ops.Add(x1, x2);

    /// <summary>Adds, element by element.</summary>
    public static KerasTensor operator +(TensorLike x1, KerasTensor x2) => Ops.Add(x1, x2);

    /// <summary>Adds, element by element.</summary>
    public static KerasTensor operator +(KerasTensor x1, KerasTensor x2) => Ops.Add(x1, x2);

    /// <summary>Subtracts, element by element.</summary>
    public static KerasTensor operator -(KerasTensor x1, TensorLike x2) => Ops.Subtract(x1, x2);

    /// <summary>Subtracts, element by element.</summary>
    public static KerasTensor operator -(TensorLike x1, KerasTensor x2) => Ops.Subtract(x1, x2);

    /// <summary>Subtracts, element by element.</summary>
    public static KerasTensor operator -(KerasTensor x1, KerasTensor x2) => Ops.Subtract(x1, x2);

    /// <summary>Multiplies, element by element.</summary>
    public static KerasTensor operator *(KerasTensor x1, TensorLike x2) => Ops.Multiply(x1, x2);

    /// <summary>Multiplies, element by element.</summary>
    public static KerasTensor operator *(TensorLike x1, KerasTensor x2) => Ops.Multiply(x1, x2);

    /// <summary>Multiplies, element by element.</summary>
    public static KerasTensor operator *(KerasTensor x1, KerasTensor x2) => Ops.Multiply(x1, x2);

    /// <summary>Divides, element by element.</summary>
    public static KerasTensor operator /(KerasTensor x1, TensorLike x2) => Ops.Divide(x1, x2);

    /// <summary>Divides, element by element.</summary>
    public static KerasTensor operator /(TensorLike x1, KerasTensor x2) => Ops.Divide(x1, x2);

    /// <summary>Divides, element by element.</summary>
    public static KerasTensor operator /(KerasTensor x1, KerasTensor x2) => Ops.Divide(x1, x2);

    /// <summary>The remainder, with the sign of the divisor as in Python.</summary>
    public static KerasTensor operator %(KerasTensor x1, TensorLike x2) => Ops.Mod(x1, x2);

    /// <summary>The remainder, with the sign of the divisor as in Python.</summary>
    public static KerasTensor operator %(TensorLike x1, KerasTensor x2) => Ops.Mod(x1, x2);

    /// <summary>The remainder, with the sign of the divisor as in Python.</summary>
    public static KerasTensor operator %(KerasTensor x1, KerasTensor x2) => Ops.Mod(x1, x2);

    /// <summary>Whether the left operand is greater, element by element.</summary>
    public static KerasTensor operator >(KerasTensor x1, TensorLike x2) => Ops.Greater(x1, x2);

    /// <summary>Whether the left operand is greater, element by element.</summary>
    public static KerasTensor operator >(TensorLike x1, KerasTensor x2) => Ops.Greater(x1, x2);

    /// <summary>Whether the left operand is greater, element by element.</summary>
    public static KerasTensor operator >(KerasTensor x1, KerasTensor x2) => Ops.Greater(x1, x2);

    /// <summary>Whether the left operand is greater or equal, element by element.</summary>
    public static KerasTensor operator >=(KerasTensor x1, TensorLike x2) => Ops.GreaterEqual(x1, x2);

    /// <summary>Whether the left operand is greater or equal, element by element.</summary>
    public static KerasTensor operator >=(TensorLike x1, KerasTensor x2) => Ops.GreaterEqual(x1, x2);

    /// <summary>Whether the left operand is greater or equal, element by element.</summary>
    public static KerasTensor operator >=(KerasTensor x1, KerasTensor x2) => Ops.GreaterEqual(x1, x2);

    /// <summary>Whether the left operand is less, element by element.</summary>
    public static KerasTensor operator <(KerasTensor x1, TensorLike x2) => Ops.Less(x1, x2);

    /// <summary>Whether the left operand is less, element by element.</summary>
    public static KerasTensor operator <(TensorLike x1, KerasTensor x2) => Ops.Less(x1, x2);

    /// <summary>Whether the left operand is less, element by element.</summary>
    public static KerasTensor operator <(KerasTensor x1, KerasTensor x2) => Ops.Less(x1, x2);

    /// <summary>Whether the left operand is less or equal, element by element.</summary>
    public static KerasTensor operator <=(KerasTensor x1, TensorLike x2) => Ops.LessEqual(x1, x2);

    /// <summary>Whether the left operand is less or equal, element by element.</summary>
    public static KerasTensor operator <=(TensorLike x1, KerasTensor x2) => Ops.LessEqual(x1, x2);

    /// <summary>Whether the left operand is less or equal, element by element.</summary>
    public static KerasTensor operator <=(KerasTensor x1, KerasTensor x2) => Ops.LessEqual(x1, x2);

    /// <summary>Bitwise AND of integers; logical AND of booleans.</summary>
    public static KerasTensor operator &(KerasTensor x1, KerasTensor x2) => Ops.BitwiseAnd(x1, x2);

    /// <summary>Bitwise OR of integers; logical OR of booleans.</summary>
    public static KerasTensor operator |(KerasTensor x1, KerasTensor x2) => Ops.BitwiseOr(x1, x2);

    /// <summary>Bitwise XOR of integers; logical XOR of booleans.</summary>
    public static KerasTensor operator ^(KerasTensor x1, KerasTensor x2) => Ops.BitwiseXor(x1, x2);
}
