using Cairn.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Training;

/// <summary>An output of a model, gathered batch by batch.</summary>
/// <param name="samples">How many samples there will be, or null where that is not known.</param>
internal sealed class OutputRows(long? samples)
{
    private float[] numbers = [];
    private Shape? shape;
    private int filled;
    private long rows;

    public void Append(Tensor output)
    {
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
        if (filled < numbers.Length)
        {
            Array.Resize(ref numbers, filled);
        }

        return NDArray.From(numbers, shape![1..].WithBatch(rows));
    }
}
