using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Data;

/// <summary>Batches in memory that is filled again and again, so that a stream of any length needs room for a few batches only.</summary>
internal sealed class BatchPool(int batchSize, IReadOnlyList<Shape> inputs, IReadOnlyList<Shape> targets, bool weighted, BatchLayout layout) : IDisposable
{
    private readonly Stack<Batch> free = new();
    private bool closed;

    /// <summary>A batch whose tensors have room for a full one, in the memory of this process.</summary>
    public Batch Take()
    {
        lock (free)
        {
            if (free.TryPop(out Batch? used)) return used;
        }

        return new Batch(
            [.. inputs.Select((shape, i) => Room(shape, layout.InputType(i)))],
            [.. targets.Select((shape, i) => Room(shape, layout.TargetType(i)))],
            weighted ? [Room(Shape.Create([Shape.None]), ScalarType.Float32)] : [],
            batchSize,
            this);
    }

    public bool TryTakeBack(Batch batch)
    {
        lock (free)
        {
            if (closed) return false;
            free.Push(batch);
            return true;
        }
    }

    public void Dispose()
    {
        lock (free) closed = true;
        while (free.TryPop(out Batch? batch)) batch.Dispose();
    }

    private Tensor Room(Shape shape, ScalarType type) => empty([batchSize, .. shape[1..]], type).DetachFromDisposeScope();
}
