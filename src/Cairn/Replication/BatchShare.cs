using Cairn.Native;
using static TorchSharp.torch;

namespace Cairn.Replication;

/// <summary>The rows of a batch that one of several processes computes.</summary>
/// <param name="Replication">The processes.</param>
/// <param name="Total">Number of rows of the whole batch.</param>
/// <param name="First">Index of the first row of this process.</param>
/// <param name="Count">Number of rows of this process, 1 or more.</param>
/// <param name="IsStandIn">
/// Whether the batch has no row for this process, which then computes a row of another one with the weight 0: code of a step runs on all
/// processes, so that they make the same exchanges.
/// </param>
internal sealed record BatchShare(IReplication Replication, long Total, long First, long Count, bool IsStandIn)
{
    /// <summary>
    /// A checksum of the whole batch, below 2^24, which must be the same in all processes; 0 if they have compared the data before.
    /// </summary>
    public uint Content { get; init; }

    /// <summary>The weight of what this process computes as a mean over its rows, in the mean over the whole batch.</summary>
    public double Weight => IsStandIn ? 0 : (double)Count / Total;

    /// <summary>
    /// The factor of a sum over the rows of this process that makes the weighted sum of all processes the sum over the batch.
    /// </summary>
    public double SumFactor => IsStandIn ? 0 : (double)Total / Count;

    /// <summary>Divides a batch: consecutive rows for each process, as equal in number as possible.</summary>
    public static BatchShare Of(IReplication replication, long total)
    {
        long first = total * replication.Rank / replication.Count;
        long count = (total * (replication.Rank + 1) / replication.Count) - first;
        return count > 0
            ? new BatchShare(replication, total, first, count, IsStandIn: false)
            : new BatchShare(replication, total, Math.Min(first, total - 1), 1, IsStandIn: true);
    }

    /// <summary>Adds up a tensor of all processes, without gradients.</summary>
    public Tensor Sum(Tensor values)
    {
        using IDisposable _ = no_grad();
        Tensor sum = values.detach().to(ScalarType.Float32).to(CPU).contiguous().clone();
        Span<float> numbers = TensorMemory.SpanOf<float>(sum);
        if (IsStandIn)
        {
            numbers.Clear();
        }

        Replication.Sum(numbers);
        return sum.to(values.dtype).to(values.device);
    }

    /// <summary>
    /// Draws numbers for the rows of this process as one process would for the whole batch, so that they do not depend on the number of
    /// processes.
    /// </summary>
    /// <param name="shape">The shape for the rows of this process; its first axis is the rows, or a multiple of them.</param>
    /// <param name="draw">Draws a tensor of a shape.</param>
    public Tensor Draw(long[] shape, Func<long[], Tensor> draw)
    {
        if (shape.Length == 0 || shape[0] % Count != 0)
        {
            return draw(shape);
        }

        long each = shape[0] / Count;
        using Tensor whole = draw([Total * each, .. shape[1..]]);
        return whole.narrow(0, First * each, Count * each);
    }
}
