using System.Runtime.InteropServices;
using Cairn.Callbacks;
using Cairn.Metrics;
using Cairn.Replication;
using Cairn.Saving;
using Cairn.Training;

namespace Cairn.Distributed;

/// <summary>A run of <c>Fit</c> in several processes.</summary>
internal sealed class DistributedRun : IDistributedRun
{
    private const string Processes = "processes";
    private const string Numbers = "numbers";
    private const int PieceBytes = 16 << 20;

    private readonly Replicas replicas;
    private readonly Model model;
    private readonly Action closed;
    private readonly CancellationToken given;
    private readonly CancellationTokenSource agreed = new();
    private readonly GradientExchange gradients;
    private readonly OptimizerShards? shards;
    private readonly bool usesTrainBatches;
    private readonly bool usesTestBatches;
    private readonly bool overlaps;
    private double rows;
    private (long Rows, uint Content) seen;
    private bool completed;
    private long steps;
    private long stepsBefore;

    /// <summary>Begins the run; see <see cref="IDistribution.Open"/>.</summary>
    public DistributedRun(DataParallel distribution, Model model, CallbackList callbacks, string data, CancellationToken cancellation,
        Action closed)
    {
        replicas = distribution.Replicas;
        (this.model, this.closed, given) = (model, closed, cancellation);

        // A custom step may compute several gradients before it applies their sum.
        overlaps = distribution.Overlap && !model.OverridesTrainStep;
        RunCheck.Refuse(model);
        RunCheck.Compare(replicas, model, callbacks, data, distribution);
        Span<double> hooks = [callbacks.UsesTrainBatchHooks || callbacks.UsesGradients ? 1 : 0, callbacks.UsesTestBatchHooks ? 1 : 0];
        replicas.Collective.Sum(hooks, "the hooks of the callbacks");
        (usesTrainBatches, usesTestBatches) = (hooks[0] > 0, hooks[1] > 0);
        ModelState.Send(replicas, model);
        shards = distribution.ShardOptimizer ? new OptimizerShards(replicas, model.Optimizer!.Inner) : null;
        gradients = new GradientExchange(replicas, model, distribution.GradientFormat);
    }

    public CancellationToken Cancellation => agreed.Token;

    public void PassBegan() => (rows, seen) = (0, (0, 0));

    /// <summary>See <see cref="IReplication.BeginStep"/>.</summary>
    public void BeginStep(BatchShare share, bool training)
    {
        rows += share.IsStandIn ? 0 : share.Count;
        seen = (seen.Rows + share.Total, (seen.Content * 31) + share.Content);
        if (training)
        {
            stepsBefore = steps;
            gradients.BeginStep();
            if (overlaps)
            {
                gradients.Watch(share, [.. model.Optimizer!.Variables], steps + 1);
            }
        }
    }

    /// <summary>See <see cref="IReplication.SumGradients"/>.</summary>
    public IStretchedSums? SumGradients(BatchShare share, IEnumerable<Variable> variables, Func<bool> takesStretches)
    {
        steps++;
        var votes = new Votes(model.StopTraining, given.IsCancellationRequested);
        IStretchedSums? sums = gradients.Run(share, [.. variables], ref votes, steps, takesStretches);
        if (!usesTrainBatches)
        {
            Follow(votes);
        }

        return sums;
    }

    /// <summary>See <see cref="IReplication.EndStep"/>.</summary>
    public void EndStep(BatchShare share)
    {
        // A step that updates no weight may change moving statistics.
        if (steps == stepsBefore && gradients.HasStatistics)
        {
            SumGradients(share, [], () => false);
        }
    }

    /// <summary>See <see cref="IReplication.NewGradient"/>.</summary>
    public TorchSharp.torch.Tensor? NewGradient(Variable variable) =>
        model.OverridesTrainStep ? null : gradients.NewGradient(variable);

    /// <summary>See <see cref="IReplication.IsWatched"/>.</summary>
    public bool IsWatched(Variable variable) => gradients.IsWatched(variable);

    /// <summary>See <see cref="IReplication.TryTake"/>.</summary>
    public bool TryTake(Variable variable, TorchSharp.torch.Tensor gradient) => gradients.TryTake(variable, gradient);

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
        // The hooks that follow may save it.
        shards?.Gather(everywhere: false);
        double[] ofEach = new double[2 * replicas.Size];
        (ofEach[2 * replicas.Rank], ofEach[(2 * replicas.Rank) + 1]) = (seen.Rows, seen.Content);
        MetricStates.AddUp(replicas, model.MetricsWithState, ofEach);
        RequireSameData(ofEach);
        return Average(own);
    }

    public void EpochEnded(int epoch)
    {
        Vote($"the decision to stop after epoch {epoch + 1}");
        ModelState.RequireEqual(replicas, model, epoch, withOptimizer: shards is null);
    }

    public bool FirstDecides(bool decision)
    {
        Span<byte> decided = [decision ? (byte)1 : (byte)0];
        replicas.Collective.Broadcast(decided, "a decision about backups");
        return decided[0] != 0;
    }

    public void CopyFile(string path)
    {
        using FileStream file = replicas.Rank == 0 ? File.OpenRead(path) : File.Create(path);
        byte[] piece = new byte[PieceBytes];
        for (int read = piece.Length; read == piece.Length;)
        {
            Span<int> length = [replicas.Rank == 0 ? file.ReadAtLeast(piece, piece.Length, throwOnEndOfStream: false) : 0];
            replicas.Collective.Broadcast(MemoryMarshal.AsBytes(length), "the length of a backup");
            read = length[0];
            replicas.Collective.Broadcast(piece.AsSpan(0, read), "a backup");
            if (replicas.Rank > 0)
            {
                file.Write(piece, 0, read);
            }
        }
    }

    public void EpochsEnded() => shards?.Gather(everywhere: true);

    public GatheredMetrics GatherMetrics()
    {
        shards?.Gather(everywhere: false);
        IReadOnlyList<Metric> metrics = model.MetricsWithState;
        double[] own = [rows, .. MetricStates.NumbersOf(metrics)];
        double[] all = new double[own.Length * replicas.Size];
        own.CopyTo(all, own.Length * replicas.Rank);
        replicas.Collective.Sum(all, "the metrics of a backup");
        var ofEach = new SavedState();
        ofEach.Set(Processes, replicas.Size);
        ofEach.Arrays[Numbers] = all;
        return new GatheredMetrics(ofEach, MetricStates.With(metrics, Sums([.. all.Chunk(own.Length)]).AsSpan(1)));
    }

    public void PutMetrics(SavedState? ofEach)
    {
        IReadOnlyList<Metric> metrics = model.MetricsWithState;
        double[] own = [0, .. MetricStates.NumbersOf(metrics)];
        if (ofEach is null)
        {
            own = replicas.Rank == 0 ? own : new double[own.Length];
        }
        else
        {
            double[] all = ofEach.GetDoubles(Numbers);
            int processes = ofEach.GetInt32(Processes);
            if (all.LongLength != (long)own.Length * processes)
            {
                throw new ModelFormatException("the metrics of the backup are not those of the model.");
            }

            double[][] parts = [.. all.Chunk(own.Length)];
            own = processes == replicas.Size ? parts[replicas.Rank]
                : replicas.Rank > 0 ? new double[own.Length] : Sums(parts);
        }

        rows = own[0];
        MetricStates.Put(metrics, own.AsSpan(1));
    }

    public void Completed() => completed = true;

    public void Failed(Exception exception)
    {
        if (exception is not ReplicaException)
        {
            replicas.Collective.Fail($"{exception.GetType().Name}: {exception.Message}");
        }
    }

    public void Dispose()
    {
        if (!completed)
        {
            replicas.Collective.Fail("Fit has thrown an exception; see the output of that process.");
        }

        shards?.Dispose();
        gradients.Dispose();
        agreed.Dispose();
        closed();
    }

    private static double[] Sums(double[][] parts) =>
        [.. Enumerable.Range(0, parts[0].Length).Select(i => parts.Sum(part => part[i]))];

    private void RequireSameData(ReadOnlySpan<double> ofEach)
    {
        for (int rank = 1; rank < replicas.Size; rank++)
        {
            if (ofEach[2 * rank] != ofEach[0] || ofEach[(2 * rank) + 1] != ofEach[1])
            {
                throw new ReplicaException(
                    $"{replicas.Describe(rank)} has read other data in this pass ({ofEach[2 * rank]} rows) than {replicas.Describe(0)} "
                    + $"({ofEach[0]} rows): they do not run the same program on the same data.",
                    rank);
            }
        }
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
