using Cairn.Replication;

namespace Cairn.Data;

/// <summary>The rows of each batch that one of several processes computes.</summary>
internal sealed class ShardedSource(BatchSource source, IReplication replication) : WrappedSource(source)
{
    public override Batch Current
    {
        get
        {
            if (Source.ReadsShare)
            {
                return Source.Current;
            }

            BatchShare share = BatchShare.Of(replication, Source.CurrentCount) with { Content = Source.ContentOfCurrent };
            Batch rows = Source.RowsOfCurrent(share.First, share.Count);
            rows.Share = share;
            return rows;
        }
    }
}
