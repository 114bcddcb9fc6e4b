using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Losses;
using Cairn.Metrics;
using Cairn.Saving.Runs;

namespace Cairn.Distributed;

/// <summary>Whether a run can be distributed, and whether all processes run the same.</summary>
internal static class RunCheck
{
    /// <summary>Throws for losses, metrics and layers whose result for a whole batch can't be combined from its parts.</summary>
    /// <exception cref="NotSupportedException">A metric, a loss or a layer can't be distributed.</exception>
    public static void Refuse(Model model)
    {
        foreach (Metric metric in model.MetricsWithState)
        {
            if (!metric.StateAddsUp || metric.SaveState() is null)
            {
                throw new NotSupportedException(
                    $"The metric '{metric.Name}' can't be computed by several processes: their states can't be added up. Override "
                    + "SaveState, LoadState and StateAddsUp (sums over the samples), or leave it out.");
            }
        }

        foreach (Loss? loss in model.CompiledLosses ?? Enumerable.Empty<Loss?>())
        {
            if (loss is Circle || (loss is OverlapLoss overlap && (overlap.Axis is null || overlap.Axis.Contains(0))))
            {
                throw new NotSupportedException(
                    $"The loss '{loss.Name}' compares the samples of a batch with each other, and can't be computed by several processes"
                    + (loss is Circle ? "." : "; give it an axis that leaves out the batch, such as axis: [1, 2, 3]."));
            }
        }

        foreach (Layer layer in RunParts.LayersOf(model))
        {
            if (layer is RecurrentLayer { Stateful: true })
            {
                throw new NotSupportedException(
                    $"The layer '{layer.Name}' is stateful: its states belong to the rows of a whole batch, which several "
                    + "processes divide.");
            }
        }
    }

    /// <summary>Compares the run with that of the first process.</summary>
    /// <exception cref="ReplicaException">They differ.</exception>
    public static void Compare(Replicas replicas, Model model, CallbackList callbacks, string data, DataParallel distribution)
    {
        JsonObject own = JsonNode.Parse(RunIdentity.Of(
            model, JsonNode.Parse(data)!.AsObject(),
            callbacks.Where(one => !one.OnlyOnFirstReplica && !one.OnlyShows).Select(one => one.Name),
            null))!.AsObject();

        // Weights, set or drawn, come from the first process.
        foreach (string name in new[] { "begins with", "first weights", "seed" })
        {
            own.Remove(name);
        }

        (own["gradient format"], own["optimizer is divided"]) = ($"{distribution.GradientFormat}", distribution.ShardOptimizer);
        string text = own.ToJsonString();
        if (ModelState.AllEqual(replicas, XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(text)), "the hash of the run", out int different))
        {
            return;
        }

        // All ranks have the whole message: the first one to throw ends the others, too.
        IReadOnlyList<string> differences = RunIdentity.Differences(From(replicas, 0, text), From(replicas, different, text));
        throw new ReplicaException(
            $"{replicas.Describe(different)} does not run the same as {replicas.Describe(0)}: all ranks must build the same model "
            + $"and call Fit with the same data and arguments. Differences (\"in the backup\" is rank 0):\n"
            + string.Join("\n", differences),
            different);
    }

    private static string From(Replicas replicas, int rank, string own)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(own);
        Span<int> length = [bytes.Length];
        replicas.Collective.Broadcast(MemoryMarshal.AsBytes(length), "the length of the run's description", rank);
        byte[] text = replicas.Rank == rank ? bytes : new byte[length[0]];
        replicas.Collective.Broadcast(text, "the run's description", rank);
        return Encoding.UTF8.GetString(text);
    }
}
