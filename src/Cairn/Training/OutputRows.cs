using Cairn.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Training;

/// <summary>An output of a model, collected batch by batch.</summary>
/// <param name="samples">The expected number of samples, or null if unknown.</param>
internal sealed class OutputRows(long? samples)
{
    private readonly List<string> texts = [];
    private float[] numbers = [];
    private Shape? shape;
    private int filled;
    private long rows;

    public void Append(Tensor output)
    {
        if (output.dtype == ScalarType.Int64 && TryAppendText(output))
        {
            return;
        }

        Tensor y = output.to(ScalarType.Float32).to(CPU).contiguous();
        if (shape is null)
        {
            shape = y.shape;
            numbers = new float[samples is { } all ? shape[1..].WithBatch(all).ElementCount : y.NumberOfElements];
        }

        Span<float> batch = TensorMemory.SpanOf<float>(y);
        int needed = checked(filled + batch.Length);
        if (needed > numbers.Length)
        {
            Array.Resize(ref numbers, (int)Math.Min(Math.Max((long)numbers.Length * 2, needed), Array.MaxLength));
        }

        batch.CopyTo(numbers.AsSpan(filled));
        (filled, rows) = (needed, rows + y.shape[0]);
    }

    public NDArray ToArray()
    {
        if (texts.Count > 0)
        {
            return NDArray.From(texts.ToArray(), shape![1..].WithBatch(rows));
        }

        if (filled < numbers.Length)
        {
            Array.Resize(ref numbers, filled);
        }

        return NDArray.From(numbers, shape![1..].WithBatch(rows));
    }

    // The output of a layer such as StringLookup(invert: true) consists of string handles.
    private bool TryAppendText(Tensor output)
    {
        if (output.NumberOfElements == 0 || !TextTable.IsText(TextTable.NumbersOf(output.flatten().narrow(0, 0, 1))[0]))
        {
            return false;
        }

        shape ??= output.shape;
        texts.AddRange(TextTable.TextsOf(output, "The output"));
        rows += output.shape[0];
        return true;
    }
}
