using Cairn.Replication;
using Cairn.Training;

namespace Cairn.Data;

/// <summary>The rows of each batch that one of several processes computes.</summary>
internal sealed class ShardedSource(BatchSource source, IReplication replication) : BatchSource
{
    public override int? BatchCount => source.BatchCount;

    public override long? SampleCount => source.SampleCount;

    public override int? BatchSize => source.BatchSize;

    public override IReadOnlyList<Shape> InputShapes => source.InputShapes;

    public override IReadOnlyList<Shape> TargetShapes => source.TargetShapes;

    public override Batch Current
    {
        get
        {
            if (source.ReadsShare)
            {
                return source.Current;
            }

            var share = BatchShare.Of(replication, source.CurrentCount);
            Batch rows = source.RowsOfCurrent(share.First, share.Count);
            rows.Share = share;
            return rows;
        }
    }

    public override void CheckEach(Action<Batch, long> check) => source.CheckEach(check);

    public override void BeginPass(RandomStream? order) => source.BeginPass(order);

    public override bool MoveNext(CancellationToken cancellation = default) => source.MoveNext(cancellation);

    public override void Skip(int batches) => source.Skip(batches);

    public override void Dispose() => source.Dispose();
}
