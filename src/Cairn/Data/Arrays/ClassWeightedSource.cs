using static TorchSharp.torch;

namespace Cairn.Data;

/// <summary>Batches whose samples are weighted by class.</summary>
internal sealed class ClassWeightedSource(BatchSource source, IReadOnlyDictionary<int, double> classWeight) : WrappedSource(source)
{
    public override bool ReadsShare => Source.ReadsShare;

    public override long CurrentCount => Source.CurrentCount;

    public override Batch Current => Weighted(Source.Current);

    public override Batch RowsOfCurrent(long first, long count) => Weighted(Source.RowsOfCurrent(first, count));

    private Batch Weighted(Batch batch)
    {
        if (batch.Weights.Count > 0)
        {
            throw new ArgumentException("classWeight can't be used with batches that have sample weights; multiply the class "
                + "weights into them.", nameof(classWeight));
        }

        (Tensor[] inputs, Tensor[] targets, _) = batch.Slots;
        return new Batch(inputs, targets, [ClassWeights.For(ClassWeights.OneTarget(targets), classWeight)], batch.Count)
        {
            Share = batch.Share,
        };
    }
}
