namespace Cairn.Layers;

// An input stands for its tensor in formulas: input / 255.0, input[.., 0].
public sealed partial class Input
{
    /// <summary>A part of the input's tensor; see <see cref="KerasTensor"/>.</summary>
    /// <param name="slices">What is taken along each axis; all of the axes that are not named.</param>
    /// <exception cref="ArgumentException">There are fewer axes, or a place does not exist.</exception>
    public KerasTensor this[params ReadOnlySpan<Slice> slices] => Output[slices];

    /// <summary>The numbers with the other sign.</summary>
    public static KerasTensor operator -(Input x) => Ops.Negative(x);

    /// <summary>The sum.</summary>
    public static KerasTensor operator +(Input x1, Input x2) => Ops.Add(x1, x2);

    /// <summary>The sum.</summary>
    public static KerasTensor operator +(Input x1, KerasTensor x2) => Ops.Add(x1, x2);

    /// <summary>The sum.</summary>
    public static KerasTensor operator +(KerasTensor x1, Input x2) => Ops.Add(x1, x2);

    /// <summary>The sum.</summary>
    public static KerasTensor operator +(Input x1, TensorLike x2) => Ops.Add(x1, x2);

    /// <summary>The sum.</summary>
    public static KerasTensor operator +(TensorLike x1, Input x2) => Ops.Add(x1, x2);

    /// <summary>The difference.</summary>
    public static KerasTensor operator -(Input x1, Input x2) => Ops.Subtract(x1, x2);

    /// <summary>The difference.</summary>
    public static KerasTensor operator -(Input x1, KerasTensor x2) => Ops.Subtract(x1, x2);

    /// <summary>The difference.</summary>
    public static KerasTensor operator -(KerasTensor x1, Input x2) => Ops.Subtract(x1, x2);

    /// <summary>The difference.</summary>
    public static KerasTensor operator -(Input x1, TensorLike x2) => Ops.Subtract(x1, x2);

    /// <summary>The difference.</summary>
    public static KerasTensor operator -(TensorLike x1, Input x2) => Ops.Subtract(x1, x2);

    /// <summary>The product, element by element.</summary>
    public static KerasTensor operator *(Input x1, Input x2) => Ops.Multiply(x1, x2);

    /// <summary>The product, element by element.</summary>
    public static KerasTensor operator *(Input x1, KerasTensor x2) => Ops.Multiply(x1, x2);

    /// <summary>The product, element by element.</summary>
    public static KerasTensor operator *(KerasTensor x1, Input x2) => Ops.Multiply(x1, x2);

    /// <summary>The product, element by element.</summary>
    public static KerasTensor operator *(Input x1, TensorLike x2) => Ops.Multiply(x1, x2);

    /// <summary>The product, element by element.</summary>
    public static KerasTensor operator *(TensorLike x1, Input x2) => Ops.Multiply(x1, x2);

    /// <summary>The quotient, element by element.</summary>
    public static KerasTensor operator /(Input x1, Input x2) => Ops.Divide(x1, x2);

    /// <summary>The quotient, element by element.</summary>
    public static KerasTensor operator /(Input x1, KerasTensor x2) => Ops.Divide(x1, x2);

    /// <summary>The quotient, element by element.</summary>
    public static KerasTensor operator /(KerasTensor x1, Input x2) => Ops.Divide(x1, x2);

    /// <summary>The quotient, element by element.</summary>
    public static KerasTensor operator /(Input x1, TensorLike x2) => Ops.Divide(x1, x2);

    /// <summary>The quotient, element by element.</summary>
    public static KerasTensor operator /(TensorLike x1, Input x2) => Ops.Divide(x1, x2);

    /// <summary>Where the first is greater, as truth values.</summary>
    public static KerasTensor operator >(Input x1, TensorLike x2) => Ops.Greater(x1, x2);

    /// <summary>Where the first is greater or equal, as truth values.</summary>
    public static KerasTensor operator >=(Input x1, TensorLike x2) => Ops.GreaterEqual(x1, x2);

    /// <summary>Where the first is less, as truth values.</summary>
    public static KerasTensor operator <(Input x1, TensorLike x2) => Ops.Less(x1, x2);

    /// <summary>Where the first is less or equal, as truth values.</summary>
    public static KerasTensor operator <=(Input x1, TensorLike x2) => Ops.LessEqual(x1, x2);
}
