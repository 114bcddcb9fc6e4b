using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Data;

/// <summary>Samples held in memory as tensors, handed out in batches: as views in their order, or gathered in a shuffled one.</summary>
internal sealed class TensorDataset : IDisposable
{
    private readonly Tensor x;
    private readonly Tensor? y;
    private readonly Tensor? weight;
    private readonly int batchSize;
    private Tensor? order;

    /// <summary>Takes over the tensors.</summary>
    public TensorDataset(Tensor x, Tensor? y, Tensor? weight, int batchSize)
    {
        this.x = x.DetachFromDisposeScope();
        this.y = y?.DetachFromDisposeScope();
        this.weight = weight?.DetachFromDisposeScope();
        this.batchSize = batchSize;
        Count = x.shape[0];
        BatchCount = checked((int)((Count + batchSize - 1) / batchSize));
    }

    /// <summary>Number of samples.</summary>
    public long Count { get; }

    /// <summary>Number of batches; the last one may be smaller.</summary>
    public int BatchCount { get; }

    /// <summary>The shape of the inputs with an open batch axis.</summary>
    public Shape InputShape => OpenBatch(x);

    /// <summary>The shape of the targets with an open batch axis.</summary>
    public Shape TargetShape => OpenBatch(y!);

    public Tensor Inputs => x;

    public Tensor? Targets => y;

    /// <summary>The first samples and the others, as views: Keras' <c>validation_split</c>.</summary>
    public (TensorDataset Head, TensorDataset Tail) SplitAt(long first, int restBatchSize)
    {
        var head = new TensorDataset(x.narrow(0, 0, first), y?.narrow(0, 0, first), weight?.narrow(0, 0, first), batchSize);
        var tail = new TensorDataset(
            x.narrow(0, first, Count - first), y?.narrow(0, first, Count - first), weight?.narrow(0, first, Count - first), restBatchSize);
        Dispose();
        return (head, tail);
    }

    /// <summary>The same samples with other weights; this dataset is used up.</summary>
    public TensorDataset WithWeights(Tensor weights)
    {
        var weighted = new TensorDataset(x.alias(), y?.alias(), weights, batchSize);
        Dispose();
        return weighted;
    }

    /// <summary>Sets the order of the samples for the batches to come; null for their own.</summary>
    public void Reorder(long[]? permutation)
    {
        order?.Dispose();
        order = permutation is null ? null : tensor(permutation, device: x.device).DetachFromDisposeScope();
    }

    /// <summary>One batch.</summary>
    /// <param name="index">0 to <see cref="BatchCount"/> - 1.</param>
    public Batch this[int index]
    {
        get
        {
            long start = (long)index * batchSize;
            long count = Math.Min(batchSize, Count - start);
            if (order is null) return new Batch(x.narrow(0, start, count), y?.narrow(0, start, count), weight?.narrow(0, start, count), count);
            Tensor chosen = order.narrow(0, start, count);
            return new Batch(x.index_select(0, chosen), y?.index_select(0, chosen), weight?.index_select(0, chosen), count);
        }
    }

    public void Dispose()
    {
        x.Dispose();
        y?.Dispose();
        weight?.Dispose();
        order?.Dispose();
    }

    private static Shape OpenBatch(Tensor tensor) => ((Shape)tensor.shape)[1..].WithBatch();
}
