using Cairn.Training;

namespace Cairn.Data;

/// <summary>The batches of another source, which a derived class changes.</summary>
internal abstract class WrappedSource(BatchSource source) : BatchSource
{
    public override int? BatchCount => Source.BatchCount;

    public override long? SampleCount => Source.SampleCount;

    public override int? BatchSize => Source.BatchSize;

    public override IReadOnlyList<Shape> InputShapes => Source.InputShapes;

    public override IReadOnlyList<Shape> TargetShapes => Source.TargetShapes;

    public override uint ContentOfCurrent => Source.ContentOfCurrent;

    protected BatchSource Source { get; } = source;

    public override void CheckEach(Action<Batch, long> check) => Source.CheckEach(check);

    public override void BeginPass(RandomStream? order) => Source.BeginPass(order);

    public override bool MoveNext(CancellationToken cancellation = default) => Source.MoveNext(cancellation);

    public override void Skip(int batches) => Source.Skip(batches);

    public override void Dispose() => Source.Dispose();
}
