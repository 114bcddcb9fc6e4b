using Cairn.Native;
using Cairn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Data;

/// <summary>Samples in memory as tensors, read in batches: as views if in order, or gathered if shuffled.</summary>
internal sealed class TensorDataset : BatchSource
{
    private readonly Tensor[] x;
    private readonly Tensor[] y;
    private readonly Tensor?[] weight;
    private readonly IReadOnlyList<ScalarType> inputTypes;
    private readonly IReadOnlyList<ScalarType> targetTypes;
    private readonly int batchSize;
    private readonly long count;
    private readonly Batch batch;
    private Tensor? order;
    private int index = -1;

    /// <summary>Creates a dataset that takes ownership of the tensors.</summary>
    /// <param name="x">The inputs.</param>
    /// <param name="y">The targets.</param>
    /// <param name="weight">The weights.</param>
    /// <param name="batchSize">Number of samples per batch.</param>
    /// <param name="inputTypes">The types of the inputs in batches; those of the tensors by default.</param>
    /// <param name="targetTypes">The types of the targets in batches; those of the tensors by default.</param>
    public TensorDataset(
        Tensor[] x, Tensor[] y, Tensor?[] weight, int batchSize, IReadOnlyList<ScalarType>? inputTypes = null,
        IReadOnlyList<ScalarType>? targetTypes = null)
    {
        this.inputTypes = inputTypes ?? [.. x.Select(t => t.dtype)];
        this.targetTypes = targetTypes ?? [.. y.Select(t => t.dtype)];
        this.x = [.. x.Select(t => t.DetachFromDisposeScope())];
        this.y = [.. y.Select(t => t.DetachFromDisposeScope())];
        this.weight = [.. weight.Select(t => t?.DetachFromDisposeScope())];
        this.batchSize = batchSize;
        count = x[0].shape[0];
        Batches = checked((int)((count - 1) / batchSize) + 1);
        batch = new Batch(new Tensor[x.Length], new Tensor[y.Length], new Tensor?[weight.Length], 0);
    }

    /// <summary>The source of the tensors, kept alive while they are in use: strings are stored in their array.</summary>
    public NDArrays? Source { get; init; }

    /// <summary>
    /// Whether tensors may be on the memory of .NET arrays. Batches are then copies, since the last bits of libtorch's products may depend
    /// on addresses, and those of .NET arrays differ from run to run.
    /// </summary>
    public bool SharesMemory { get; init; }

    /// <summary>Number of samples.</summary>
    public override long? SampleCount => count;

    public override int? BatchSize => batchSize;

    /// <summary>Number of batches; the last one may be smaller.</summary>
    public override int? BatchCount => Batches;

    public override IReadOnlyList<Shape> InputShapes => [.. x.Select(t => ((Shape)t.shape).OpenBatch)];

    public override IReadOnlyList<Shape> TargetShapes => [.. y.Select(t => ((Shape)t.shape).OpenBatch)];

    public long Samples => count;

    public IReadOnlyList<Tensor> Inputs => x;

    public IReadOnlyList<Tensor> Targets => y;

    public IReadOnlyList<Tensor?> Weights => weight;

    /// <summary>The targets in the types of batches.</summary>
    public Tensor[] WideTargets => [.. y.Select((t, i) => t.to(targetTypes[i]))];

    private int Batches { get; }

    /// <summary>The first samples and the rest, as views: Keras' <c>validation_split</c>.</summary>
    public (TensorDataset Head, TensorDataset Tail) SplitAt(long first, int restBatchSize)
    {
        TensorDataset head = Part(0, first, batchSize);
        TensorDataset tail = Part(first, count - first, restBatchSize);
        Dispose();
        return (head, tail);
    }

    /// <summary>The same samples with other weights; this dataset must not be used afterwards.</summary>
    public TensorDataset WithWeights(Tensor weights)
    {
        var weighted = new TensorDataset([.. x.Select(t => t.alias())], [.. y.Select(t => t.alias())], [weights], batchSize, inputTypes,
            targetTypes)
        { Source = Source, SharesMemory = SharesMemory };
        Dispose();
        return weighted;
    }

    public override void BeginPass(RandomStream? order)
    {
        this.order?.Dispose();
        this.order = order is { } random ? NewOrder(random) : null;
        index = -1;
    }

    public override bool MoveNext(CancellationToken cancellation = default)
    {
        if (index + 1 >= Batches)
        {
            return false;
        }

        index++;
        return true;
    }

    public override void Skip(int batches) => index = Math.Min(index + batches, Batches - 1);

    public override long CurrentCount => Math.Min(batchSize, count - ((long)index * batchSize));

    public override Batch Current => RowsOfCurrent(0, CurrentCount);

    public override Batch RowsOfCurrent(long first, long rows)
    {
        long start = ((long)index * batchSize) + first;
        batch.Count = rows;
        using Tensor? chosen = order?.narrow(0, start, rows);
        (Tensor[] inputs, Tensor[] targets, Tensor?[] weights) = batch.Slots;
        for (int i = 0; i < x.Length; i++)
        {
            inputs[i] = Taken(x[i], inputTypes[i]);
        }

        for (int i = 0; i < y.Length; i++)
        {
            targets[i] = Taken(y[i], targetTypes[i]);
        }

        for (int i = 0; i < weight.Length; i++)
        {
            weights[i] = weight[i] is { } w ? Taken(w, w.dtype) : null;
        }

        return batch;

        Tensor Taken(Tensor all, ScalarType type)
        {
            Tensor part = chosen is null ? all.narrow(0, start, rows) : all.index_select(0, chosen);
            if (part.dtype == type && (chosen is not null || !SharesMemory))
            {
                return part;
            }

            using (part)
            {
                return part.to(type, copy: true);
            }
        }
    }

    public override void Dispose()
    {
        foreach (Tensor tensor in x)
        {
            tensor.Dispose();
        }

        foreach (Tensor tensor in y)
        {
            tensor.Dispose();
        }

        foreach (Tensor? tensor in weight)
        {
            tensor?.Dispose();
        }

        order?.Dispose();
    }

    private Tensor NewOrder(RandomStream random)
    {
        Tensor order = empty(count, ScalarType.Int64).DetachFromDisposeScope();
        random.FillPermutation(TensorMemory.SpanOf<long>(order));
        if (x[0].device_type == DeviceType.CPU)
        {
            return order;
        }

        using (order)
        {
            return order.to(x[0].device).DetachFromDisposeScope();
        }
    }

    private TensorDataset Part(long start, long length, int size) => new(
        [.. x.Select(t => t.narrow(0, start, length))],
        [.. y.Select(t => t.narrow(0, start, length))],
        [.. weight.Select(t => t?.narrow(0, start, length))],
        size,
        inputTypes,
        targetTypes)
    {
        Source = Source,
        SharesMemory = SharesMemory,
    };
}
