using Cairn.Callbacks;
using Cairn.Metrics;
using Cairn.Replication;
using Cairn.Training;

namespace Cairn.Distributed;

/// <summary>A run of <c>Fit</c> in several processes.</summary>
internal sealed class DistributedRun : IDistributedRun
{
    private readonly Replicas replicas;
    private readonly Model model;
    private readonly Action closed;
    private readonly CancellationToken given;
    private readonly CancellationTokenSource agreed = new();
    private readonly GradientExchange gradients;
    private readonly bool usesTrainBatches;
    private readonly bool usesTestBatches;
    private double rows;
    private long steps;

    /// <summary>Begins the run; see <see cref="IDistribution.Open"/>.</summary>
    public DistributedRun(Replicas replicas, Model model, CallbackList callbacks, string data, CancellationToken cancellation, Action closed)
    {
        (this.replicas, this.model, this.closed, given) = (replicas, model, closed, cancellation);
        RunCheck.Refuse(model);
        RunCheck.Compare(replicas, model, callbacks, data);
        Span<double> hooks = [callbacks.UsesTrainBatchHooks || callbacks.UsesGradients ? 1 : 0, callbacks.UsesTestBatchHooks ? 1 : 0];
        replicas.Collective.Sum(hooks, "the hooks of the callbacks");
        (usesTrainBatches, usesTestBatches) = (hooks[0] > 0, hooks[1] > 0);
        ModelState.Send(replicas, model);
        gradients = new GradientExchange(replicas, model);
    }

    public CancellationToken Cancellation => agreed.Token;

    public void PassBegan() => rows = 0;

    /// <summary>See <see cref="IReplication.SumGradients"/>.</summary>
    public void SumGradients(BatchShare share, IEnumerable<Variable> variables)
    {
        steps++;
        rows += share.IsStandIn ? 0 : share.Count;
        Votes votes = gradients.Run(share, [.. variables], new Votes(model.StopTraining, given.IsCancellationRequested), steps);
        if (!usesTrainBatches)
        {
            Follow(votes);
        }
    }

    public Logs? BatchLogs(Logs? own, bool test)
    {
        if (!(test ? usesTestBatches : usesTrainBatches))
        {
            return own;
        }

        IReadOnlyList<Metric> metrics = model.MetricsWithState;
        SavedState[] states = [.. metrics.Select(metric => metric.SaveState()!)];
        MetricStates.AddUp(replicas, metrics);
        own = Average(own);
        var logs = new Logs([.. own ?? model.MetricResults()]);
        for (int i = 0; i < states.Length; i++)
        {
            metrics[i].LoadState(states[i]);
        }

        return logs;
    }

    public void BatchEnded(bool test)
    {
        if (test && usesTestBatches)
        {
            Span<double> stops = [model.StopEvaluating ? 1 : 0];
            replicas.Collective.Sum(stops, "the decision to stop the validation");
            model.StopEvaluating = stops[0] > 0;
        }
        else if (!test && usesTrainBatches)
        {
            Vote($"the decision to stop after step {steps}");
        }
    }

    public Logs? AddUp(Logs? own)
    {
        MetricStates.AddUp(replicas, model.MetricsWithState);
        return Average(own);
    }

    public void EpochEnded(int epoch)
    {
        Vote($"the decision to stop after epoch {epoch + 1}");
        ModelState.RequireEqual(replicas, model, epoch);
    }

    public void Failed(Exception exception)
    {
        if (exception is not ReplicaException)
        {
            replicas.Collective.Fail($"{exception.GetType().Name}: {exception.Message}");
        }
    }

    public void Dispose()
    {
        gradients.Dispose();
        agreed.Dispose();
        closed();
    }

    private void Vote(string purpose)
    {
        Span<double> votes = [model.StopTraining ? 1 : 0, given.IsCancellationRequested ? 1 : 0];
        replicas.Collective.Sum(votes, purpose);
        Follow(new Votes(votes[0] > 0, votes[1] > 0));
    }

    private void Follow(Votes votes)
    {
        model.StopTraining = votes.Stop;
        if (votes.Cancel)
        {
            agreed.Cancel();
        }
    }

    // The logs of a custom step are numbers whose meaning is not known, mostly means over the rows so far.
    private Logs? Average(Logs? own)
    {
        if (own is null)
        {
            return null;
        }

        double[] sums = [.. own.Select(pair => rows == 0 ? 0 : pair.Value * rows), rows];
        replicas.Collective.Sum(sums, "the logs of a custom step");
        return new Logs([.. own.Select((pair, i) => KeyValuePair.Create(pair.Key, sums[i] / sums[^1]))]);
    }
}
