using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Replication;
using Cairn.Training;

namespace Cairn;

// Training on several processes.
public abstract partial class Model
{
    private Logs? lastTrainLogs;
    private Logs? lastTestLogs;

    /// <summary>How several processes train the model together; null if one process trains it alone.</summary>
    internal IDistribution? Distribution { get; set; }

    /// <summary>The rows of this process, if several train the model together; else the data as they are.</summary>
    private BatchSource Shard(BatchSource data) => Distribution is null ? data : new ShardedSource(data, Distribution);

    private Logs? StepOfShare(Batch batch, CallContext context, bool training)
    {
        BatchShare share = batch.Share!;
        share.Replication.BeginStep(share, training);
        Logs? logs = StepOnRows(batch, context, training);
        if (training)
        {
            share.Replication.EndStep(share);
        }

        return logs;
    }

    // A custom step may update metrics itself and log their results; without the row, these are the previous results.
    private Logs? StepOnRows(Batch batch, CallContext context, bool training)
    {
        ref Logs? last = ref training ? ref lastTrainLogs : ref lastTestLogs;
        if (!batch.Share!.IsStandIn || !(training ? OverridesTrainStep : OverridesTestStep))
        {
            return last = Step();
        }

        Logs? logs = null;
        StandIn.Run(MetricsWithState, () => logs = Step());
        return last ?? logs;

        Logs? Step() => training ? TrainStep(batch, context) : TestStep(batch, context);
    }
}
