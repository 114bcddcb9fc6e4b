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
    public DataParallel(Replicas replicas)
    {
        ArgumentNullException.ThrowIfNull(replicas);
        Replicas = replicas;
    }

    /// <summary>The processes.</summary>
    public Replicas Replicas { get; }

    int IReplication.Rank => Replicas.Rank;

    int IReplication.Count => Replicas.Size;

    void IReplication.Sum(Span<float> numbers) => Replicas.Collective.Sum(numbers, "a step's sums");

    void IReplication.BeginStep(BatchShare share, bool training) => current!.BeginStep(share, training);

    void IReplication.Failed(Exception exception) => current!.Failed(exception);

    void IReplication.SumGradients(BatchShare share, IEnumerable<Variable> variables) => current!.SumGradients(share, variables);

    IDistributedRun IDistribution.Open(Model model, CallbackList callbacks, string data, CancellationToken cancellation)
    {
        DistributedRun? outer = current;
        return current = new DistributedRun(Replicas, model, callbacks, data, cancellation, closed: () => current = outer);
    }
}
