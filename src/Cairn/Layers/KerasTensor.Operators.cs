namespace Cairn;

// Operators make operations in the graph, as in Keras: x * 2 + y, -x, x > 0, x[.., 0].
public sealed partial class KerasTensor
{
    /// <summary>A part of the tensor, such as <c>x[.., 0]</c>, <c>x[Slice.Ellipsis, ..^1]</c> or <c>x[.., Slice.NewAxis]</c>. Keras: <c>x[:, 0]</c>.</summary>
    /// <param name="slices">What is taken along each axis; all of the axes that are not named.</param>
    /// <exception cref="ArgumentException">There are fewer axes, or a place does not exist.</exception>
    public KerasTensor this[params ReadOnlySpan<Slice> slices] => Ops.GetItem(this, slices);

    /// <summary>The numbers with the other sign.</summary>
    public static KerasTensor operator -(KerasTensor x) => Ops.Negative(x);

    /// <summary>The other truth values; of whole numbers the other bits.</summary>
    public static KerasTensor operator ~(KerasTensor x) => Ops.BitwiseInvert(x);

    /// <summary>The sum.</summary>
    public static KerasTensor operator +(KerasTensor x1, TensorLike x2) => Ops.Add(x1, x2);

    /// <summary>The sum.</summary>
    public static KerasTensor operator +(TensorLike x1, KerasTensor x2) => Ops.Add(x1, x2);

    /// <summary>The sum.</summary>
    public static KerasTensor operator +(KerasTensor x1, KerasTensor x2) => Ops.Add(x1, x2);

    /// <summary>The difference.</summary>
    public static KerasTensor operator -(KerasTensor x1, TensorLike x2) => Ops.Subtract(x1, x2);

    /// <summary>The difference.</summary>
    public static KerasTensor operator -(TensorLike x1, KerasTensor x2) => Ops.Subtract(x1, x2);

    /// <summary>The difference.</summary>
    public static KerasTensor operator -(KerasTensor x1, KerasTensor x2) => Ops.Subtract(x1, x2);

    /// <summary>The product, element by element.</summary>
    public static KerasTensor operator *(KerasTensor x1, TensorLike x2) => Ops.Multiply(x1, x2);

    /// <summary>The product, element by element.</summary>
    public static KerasTensor operator *(TensorLike x1, KerasTensor x2) => Ops.Multiply(x1, x2);

    /// <summary>The product, element by element.</summary>
    public static KerasTensor operator *(KerasTensor x1, KerasTensor x2) => Ops.Multiply(x1, x2);

    /// <summary>The quotient, element by element.</summary>
    public static KerasTensor operator /(KerasTensor x1, TensorLike x2) => Ops.Divide(x1, x2);

    /// <summary>The quotient, element by element.</summary>
    public static KerasTensor operator /(TensorLike x1, KerasTensor x2) => Ops.Divide(x1, x2);

    /// <summary>The quotient, element by element.</summary>
    public static KerasTensor operator /(KerasTensor x1, KerasTensor x2) => Ops.Divide(x1, x2);

    /// <summary>The remainder, with the sign of the divisor as in Python.</summary>
    public static KerasTensor operator %(KerasTensor x1, TensorLike x2) => Ops.Mod(x1, x2);

    /// <summary>The remainder, with the sign of the divisor as in Python.</summary>
    public static KerasTensor operator %(TensorLike x1, KerasTensor x2) => Ops.Mod(x1, x2);

    /// <summary>The remainder, with the sign of the divisor as in Python.</summary>
    public static KerasTensor operator %(KerasTensor x1, KerasTensor x2) => Ops.Mod(x1, x2);

    /// <summary>Where the first is greater, as truth values.</summary>
    public static KerasTensor operator >(KerasTensor x1, TensorLike x2) => Ops.Greater(x1, x2);

    /// <summary>Where the first is greater, as truth values.</summary>
    public static KerasTensor operator >(TensorLike x1, KerasTensor x2) => Ops.Greater(x1, x2);

    /// <summary>Where the first is greater, as truth values.</summary>
    public static KerasTensor operator >(KerasTensor x1, KerasTensor x2) => Ops.Greater(x1, x2);

    /// <summary>Where the first is greater or equal, as truth values.</summary>
    public static KerasTensor operator >=(KerasTensor x1, TensorLike x2) => Ops.GreaterEqual(x1, x2);

    /// <summary>Where the first is greater or equal, as truth values.</summary>
    public static KerasTensor operator >=(TensorLike x1, KerasTensor x2) => Ops.GreaterEqual(x1, x2);

    /// <summary>Where the first is greater or equal, as truth values.</summary>
    public static KerasTensor operator >=(KerasTensor x1, KerasTensor x2) => Ops.GreaterEqual(x1, x2);

    /// <summary>Where the first is less, as truth values.</summary>
    public static KerasTensor operator <(KerasTensor x1, TensorLike x2) => Ops.Less(x1, x2);

    /// <summary>Where the first is less, as truth values.</summary>
    public static KerasTensor operator <(TensorLike x1, KerasTensor x2) => Ops.Less(x1, x2);

    /// <summary>Where the first is less, as truth values.</summary>
    public static KerasTensor operator <(KerasTensor x1, KerasTensor x2) => Ops.Less(x1, x2);

    /// <summary>Where the first is less or equal, as truth values.</summary>
    public static KerasTensor operator <=(KerasTensor x1, TensorLike x2) => Ops.LessEqual(x1, x2);

    /// <summary>Where the first is less or equal, as truth values.</summary>
    public static KerasTensor operator <=(TensorLike x1, KerasTensor x2) => Ops.LessEqual(x1, x2);

    /// <summary>Where the first is less or equal, as truth values.</summary>
    public static KerasTensor operator <=(KerasTensor x1, KerasTensor x2) => Ops.LessEqual(x1, x2);

    /// <summary>Both, bit by bit; of truth values: both.</summary>
    public static KerasTensor operator &(KerasTensor x1, KerasTensor x2) => Ops.BitwiseAnd(x1, x2);

    /// <summary>Either, bit by bit; of truth values: either.</summary>
    public static KerasTensor operator |(KerasTensor x1, KerasTensor x2) => Ops.BitwiseOr(x1, x2);

    /// <summary>One alone, bit by bit; of truth values: one alone.</summary>
    public static KerasTensor operator ^(KerasTensor x1, KerasTensor x2) => Ops.BitwiseXor(x1, x2);
}
