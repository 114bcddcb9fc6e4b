using Cairn.Callbacks;
using Cairn.Replication;
using Cairn.Training;

namespace Cairn.Distributed;

/// <summary>
/// Data-parallel training: each process has the whole model and computes its rows of every batch; gradients are added up before each step
/// of the optimizer. Keras: <c>distribution.DataParallel</c>.
/// </summary>
/// <remarks>
/// The result does not depend on the number of processes, except for the rounding of sums: random numbers are drawn per sample, and losses
/// and metrics are those of the whole batch. After every epoch, the weights are compared bit for bit; a difference throws a
/// <see cref="ReplicaException"/> that names the first differing weight.
/// </remarks>
public sealed class DataParallel : IDistribution
{
    private DistributedRun? current;

    /// <summary>Creates the distribution.</summary>
    /// <param name="replicas">The processes; they remain owned by the caller.</param>
    /// <param name="overlap">
    /// Whether gradients are exchanged while the backward pass computes others, with the same result; false by default, because the
    /// exchange then takes time from the computations of processes that share all cores. Custom steps exchange after the backward pass.
    /// </param>
    /// <param name="gradientFormat">
    /// The format in which gradients are exchanged; 16 bits halve the time of the exchange and round each sum.
    /// </param>
    /// <param name="shardOptimizer">
    /// Whether each process updates a part of the weights and keeps the optimizer's state for them only (ZeRO, stage 1), with the same
    /// result; false by default. Within an epoch, no process has the whole state to save it; backups and the end of an epoch gather it in
    /// the first.
    /// </param>
    public DataParallel(
        Replicas replicas, bool overlap = false, GradientFormat gradientFormat = GradientFormat.Float32, bool shardOptimizer = false)
    {
        ArgumentNullException.ThrowIfNull(replicas);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((int)gradientFormat, (int)GradientFormat.BFloat16, nameof(gradientFormat));
        (Replicas, Overlap, GradientFormat, ShardOptimizer) = (replicas, overlap, gradientFormat, shardOptimizer);
    }

    /// <summary>The processes.</summary>
    public Replicas Replicas { get; }

    /// <summary>Whether gradients are exchanged while the backward pass computes others.</summary>
    public bool Overlap { get; }

    /// <summary>The format in which gradients are exchanged.</summary>
    public GradientFormat GradientFormat { get; }

    /// <summary>Whether each process keeps a part of the optimizer's state.</summary>
    public bool ShardOptimizer { get; }

    int IReplication.Rank => Replicas.Rank;

    int IReplication.Count => Replicas.Size;

    void IReplication.Sum(Span<float> numbers) => Replicas.Collective.Sum(numbers, "a step's sums");

    void IReplication.BeginStep(BatchShare share, bool training) => current!.BeginStep(share, training);

    void IReplication.EndStep(BatchShare share) => current!.EndStep(share);

    void IReplication.Failed(Exception exception) => current!.Failed(exception);

    IStretchedSums? IReplication.SumGradients(BatchShare share, IEnumerable<Variable> variables, Func<bool> takesStretches) =>
        current!.SumGradients(share, variables, takesStretches);

    TorchSharp.torch.Tensor? IReplication.NewGradient(Variable variable) => current!.NewGradient(variable);

    bool IReplication.IsWatched(Variable variable) => current!.IsWatched(variable);

    bool IReplication.TryTake(Variable variable, TorchSharp.torch.Tensor gradient) => current!.TryTake(variable, gradient);

    IDistributedRun IDistribution.Open(Model model, CallbackList callbacks, string data, CancellationToken cancellation)
    {
        DistributedRun? outer = current;
        return current = new DistributedRun(this, model, callbacks, data, cancellation, closed: () => current = outer);
    }
}
