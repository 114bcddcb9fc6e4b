using Cairn.Callbacks;
using Cairn.Replication;

namespace Cairn.Training;

/// <summary>How several processes train one model together.</summary>
internal interface IDistribution : IReplication
{
    /// <summary>
    /// Begins a run: compares it with that of the other processes, and takes over the seed, the weights and the optimizer of the first.
    /// </summary>
    /// <param name="model">The model, compiled and built, with the optimizer's state.</param>
    /// <param name="callbacks">The callbacks of this process.</param>
    /// <param name="data">The data and their settings.</param>
    /// <param name="cancellation">Stops the run of all processes.</param>
    IDistributedRun Open(Model model, CallbackList callbacks, string data, CancellationToken cancellation);
}
