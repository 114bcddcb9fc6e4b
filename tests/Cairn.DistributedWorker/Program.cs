using System.Globalization;
using Cairn.Distributed;
using Cairn.DistributedWorker;

// Started by mpirun:
//   same FOLDER [SCENARIO ...]   writes the outcomes of the scenarios of each process into the folder
//   fault KIND                   trains until something goes wrong
//   resume PAUSE [BATCH]         trains in the current folder with backups, with a pause of milliseconds after each batch; stops after a batch
if (args is ["fault", "absent"] && Environment.GetEnvironmentVariable("OMPI_COMM_WORLD_RANK") is "1"
    | Environment.GetEnvironmentVariable("PMI_RANK") is "1")
{
    Thread.Sleep(Timeout.Infinite);
}

using var replicas = Replicas.Join();
switch (args)
{
    case ["same", var folder, .. var names]:
        foreach (string name in names.Length > 0 ? names : [.. Scenario.All.Keys])
        {
            Outcome.Of(Scenario.All[name], new DataParallel(replicas)).Write(Path.Combine(folder, $"{name}-{replicas.Rank}.json"));
        }

        break;
    case ["fault", var kind]:
        Faults.Run(kind, replicas);
        break;
    case ["resume", var pause, .. var stopAt]:
        Outcome.Of(
            distribution => Resumable.Train(
                distribution,
                stopAt is [var batch] ? int.Parse(batch, CultureInfo.InvariantCulture) : null,
                TimeSpan.FromMilliseconds(int.Parse(pause, CultureInfo.InvariantCulture))),
            new DataParallel(replicas)).Write($"outcome-{replicas.Rank}.json");
        break;
    default:
        throw new ArgumentException($"Unknown arguments: {string.Join(' ', args)}.");
}
