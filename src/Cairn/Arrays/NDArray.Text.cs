using Cairn.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn;

// Strings, for layers that encode them as numbers.
public sealed partial class NDArray
{
    private readonly TextTable? text;

    private NDArray(TextTable text, Shape shape)
    {
        if (shape.ElementCount != text.Texts.Count)
        {
            throw new ArgumentException($"{text.Texts.Count} strings do not match the shape {shape}, which "
                + $"has {shape.ElementCount} elements.", nameof(shape));
        }

        this.text = text;
        Shape = shape;
        DType = ScalarType.Int64;
    }

    /// <summary>
    /// Whether the array contains strings, which only layers such as <see cref="Layers.TextVectorization"/> and
    /// <see cref="Layers.StringLookup"/> accept.
    /// </summary>
    public bool IsText => text is not null;

    /// <summary>Creates an array of strings with one axis, such as one text per sample.</summary>
    /// <exception cref="ArgumentException">A string is null.</exception>
    public static implicit operator NDArray(string[] array) => From(array);

    /// <summary>Creates an array of strings with two axes.</summary>
    /// <exception cref="ArgumentException">A string is null.</exception>
    public static implicit operator NDArray(string[,] array) => From(array);

    /// <summary>The strings in C order (last axis fastest).</summary>
    /// <exception cref="InvalidOperationException">The array contains numbers.</exception>
    public string[] ToStrings() =>
        text is null ? throw new InvalidOperationException("This array contains numbers, not strings.") : [.. text.Texts];

    private static NDArray FromText(Array array, Shape shape) => new(new TextTable([.. array.Cast<string>()]), shape);

    private Tensor TextNumbers()
    {
        Tensor numbers = empty(Shape.ToArray(), ScalarType.Int64);
        text!.FillNumbers(TensorMemory.SpanOf<long>(numbers));
        return numbers;
    }

    private InvalidOperationException HoldsText() => new("This array contains strings, not numbers; use ToStrings.");
}
