using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Training;

namespace Cairn;

// Training on several processes.
public abstract partial class Model
{
    private Logs? lastLogs;

    /// <summary>How several processes train the model together; null if one process trains it alone.</summary>
    internal IDistribution? Distribution { get; set; }

    /// <summary>The rows of this process, if several train the model together; else the data as they are.</summary>
    private BatchSource Shard(BatchSource data) => Distribution is null ? data : new ShardedSource(data, Distribution);

    // A custom step may update metrics itself and log their results; without the row, these are the previous results.
    private Logs? TrainShare(Batch batch, CallContext context)
    {
        batch.Share!.Replication.BeginStep();
        if (!OverridesTrainStep || batch.Share is { IsStandIn: false })
        {
            return lastLogs = TrainStep(batch, context);
        }

        Logs? logs = null;
        StandIn.Run(MetricsWithState, () => logs = TrainStep(batch, context));
        return lastLogs ?? logs;
    }
}
