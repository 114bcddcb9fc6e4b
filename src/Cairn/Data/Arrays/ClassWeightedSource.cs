using Cairn.Training;
using TorchSharp;

namespace Cairn.Data;

/// <summary>Batches whose samples are weighted by class.</summary>
internal sealed class ClassWeightedSource(BatchSource source, IReadOnlyDictionary<int, double> classWeight) : BatchSource
{
    public override bool ReadsShare => source.ReadsShare;

    public override int? BatchCount => source.BatchCount;

    public override long? SampleCount => source.SampleCount;

    public override int? BatchSize => source.BatchSize;

    public override IReadOnlyList<Shape> InputShapes => source.InputShapes;

    public override IReadOnlyList<Shape> TargetShapes => source.TargetShapes;

    public override Batch Current
    {
        get
        {
            Batch batch = source.Current;
            if (batch.Weights.Count > 0)
            {
                throw new ArgumentException("classWeight can't be used with batches that have sample weights; multiply the class "
                    + "weights into them.", nameof(classWeight));
            }

            (torch.Tensor[]? inputs, torch.Tensor[]? targets, _) = batch.Slots;
            return new Batch(inputs, targets, [ClassWeights.For(ClassWeights.OneTarget(targets), classWeight)], batch.Count)
            { Share = batch.Share };
        }
    }

    public override void CheckEach(Action<Batch, long> check) => source.CheckEach(check);

    public override void BeginPass(RandomStream? order) => source.BeginPass(order);

    public override bool MoveNext(CancellationToken cancellation = default) => source.MoveNext(cancellation);

    public override void Skip(int batches) => source.Skip(batches);

    public override void Dispose() => source.Dispose();
}
