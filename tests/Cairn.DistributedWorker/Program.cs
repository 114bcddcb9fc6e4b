using Cairn.Distributed;
using Cairn.DistributedWorker;

// Started by mpirun: cairn-worker same FOLDER [SCENARIO ...] writes the outcomes of the scenarios of each process into the folder.
using var replicas = Replicas.Join();
switch (args)
{
    case ["same", var folder, .. var names]:
        foreach (string name in names.Length > 0 ? names : [.. Scenario.All.Keys])
        {
            Outcome.Of(Scenario.All[name], new DataParallel(replicas)).Write(Path.Combine(folder, $"{name}-{replicas.Rank}.json"));
        }

        break;
    default:
        throw new ArgumentException($"Unknown arguments: {string.Join(' ', args)}.");
}
