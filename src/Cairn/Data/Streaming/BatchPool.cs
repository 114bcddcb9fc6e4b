using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Data;

/// <summary>Batches in reused memory, so that a stream of any length needs memory for only a few batches.</summary>
internal sealed class BatchPool(int batchSize, IReadOnlyList<Shape> inputs, IReadOnlyList<Shape> targets, IReadOnlyList<Shape?> weights,
    BatchLayout layout) : IDisposable
{
    // Enough that the reading thread is rarely woken, and small enough to stay in the CPU cache.
    private const long BytesAhead = 1024 * 1024;
    private const int MostAhead = 64;

    private readonly Stack<Batch> free = new();
    private bool closed;

    /// <summary>Number of batches to read ahead by default.</summary>
    public int BatchesAhead => (int)Math.Clamp(BytesAhead / Math.Max(BatchBytes, 1), Dataset.ReadAhead, MostAhead);

    /// <summary>The size of a batch in bytes.</summary>
    public long BatchBytes =>
        batchSize * (inputs.Select((shape, i) => RowBytes(shape, layout.InputType(i)))
        .Sum() + targets.Select((shape, i) => RowBytes(shape, layout.TargetType(i))).Sum());

    /// <summary>A batch whose tensors have room for a full batch, in CPU memory.</summary>
    public Batch Take()
    {
        lock (free)
        {
            if (free.TryPop(out Batch? used))
            {
                return used;
            }
        }

        return new Batch(
            [.. inputs.Select((shape, i) => Room(shape, layout.InputType(i)))],
            [.. targets.Select((shape, i) => Room(shape, layout.TargetType(i)))],
            [.. weights.Select(shape => shape is null ? null : Room(shape, ScalarType.Float32))],
            batchSize,
            this);
    }

    public bool TryTakeBack(Batch batch)
    {
        lock (free)
        {
            if (closed)
            {
                return false;
            }

            free.Push(batch);
            return true;
        }
    }

    public void Dispose()
    {
        lock (free)
        {
            closed = true;
        }

        while (free.TryPop(out Batch? batch))
        {
            batch.Dispose();
        }
    }

    private static long RowBytes(Shape shape, ScalarType type) =>
        shape[1..].ElementCount * (type == ScalarType.Int64 ? sizeof(long) : sizeof(float));

    private Tensor Room(Shape shape, ScalarType type) => empty([batchSize, .. shape[1..]], type).DetachFromDisposeScope();
}
