using System.Globalization;
using Cairn.Distributed;
using Cairn.Distributed.Mpi;
using Cairn.DistributedWorker;

// Started by mpirun:
//   same FOLDER VARIANT [SCENARIO ...]   writes the outcomes of the scenarios of each process into the folder
//   sums                                 adds up numbers, and throws an exception if the sums are wrong
//   ordered-sums memory|messages [RANK]  adds up numbers in the order of the ranks; a rank may do without shared memory
//   stretches                            trains with gradients added up during the update and before it, and compares the weights
//   long-deadline                        trains with exchanges that may take as long as they want
//   stop-at-the-end                      the last process stops when all have left
//   unequal-sums                         adds up more numbers in each process than in the one before
//   fault KIND VARIANT                   trains until something goes wrong
//   first-weights                        trains without a seed, and throws an exception if a process has weights of its own
//   moving-statistics                    throws an exception if moving statistics are not the averages of those of all processes
//   resume MODEL VARIANT PAUSE [BATCH]   trains the model, synchronized or planned, in the current folder with backups, with a pause of
//                                        milliseconds after each batch; stops after a batch
// The variant is plain, overlap, sharded, or a format of gradients.
string? launched = Environment.GetEnvironmentVariable("OMPI_COMM_WORLD_RANK") ?? Environment.GetEnvironmentVariable("PMI_RANK");
if (args is ["fault", "absent", _] && launched == "1")
{
    Thread.Sleep(Timeout.Infinite);
}

if (args is ["ordered-sums", _, var without] && launched == without)
{
    Environment.SetEnvironmentVariable("CAIRN_SHARED_MEMORY", "0");
}

using var replicas = Replicas.Join();
switch (args)
{
    case ["same", var folder, var variant, .. var names]:
        foreach (string name in names.Length > 0 ? names : [.. Scenario.All.Keys])
        {
            Outcome.Of(Scenario.All[name], Variant(variant)).Write(Path.Combine(folder, $"{name}-{replicas.Rank}.json"));
        }

        break;
    case ["sums"]:
        Sums.Check(replicas);
        break;
    case ["ordered-sums", var how, ..]:
        OrderedSums.Check(replicas, inMemory: how == "memory");
        break;
    case ["stretches"]:
        Stretches.Check(replicas);
        break;
    case ["long-deadline"]:
        replicas.Deadline = TimeSpan.MaxValue;
        _ = Outcome.Of(Scenario.All["plain"], Variant("plain"));
        break;
    case ["stop-at-the-end"]:
        Faults.StopAtTheEnd(replicas);
        break;
    case ["unequal-sums"]:
        replicas.AllReduce(new double[1000 + replicas.Rank]);
        break;
    case ["fault", var kind, var variant]:
        Faults.Run(kind, Variant(variant), replicas);
        break;
    case ["first-weights"]:
        States.CheckFirstWeights(replicas);
        break;
    case ["moving-statistics"]:
        States.CheckMovingStatistics(replicas);
        break;
    case ["resume", var kind, var variant, var pause, .. var stopAt]:
        Outcome.Of(
            distribution => Resumable.Train(
                kind == "planned",
                distribution,
                stopAt is [var batch] ? int.Parse(batch, CultureInfo.InvariantCulture) : null,
                TimeSpan.FromMilliseconds(int.Parse(pause, CultureInfo.InvariantCulture))),
            Variant(variant)).Write($"outcome-{replicas.Rank}.json");

        // A run that resumes in its last step has no use for it.
        if (kind == "planned" && variant == "plain" && pause == "0" && Stretches.AreShared(replicas)
            && ((MpiCollective)replicas.Collective).SharedStretchesAdded == 0)
        {
            throw new InvalidOperationException("The processes did not share the memory of their gradients.");
        }

        break;
    default:
        throw new ArgumentException($"Unknown arguments: {string.Join(' ', args)}.");
}

DataParallel Variant(string name) => name switch
{
    "plain" => new DataParallel(replicas),
    "overlap" => new DataParallel(replicas, overlap: true),
    "sharded" => new DataParallel(replicas, shardOptimizer: true),
    _ => new DataParallel(replicas, gradientFormat: Enum.Parse<GradientFormat>(name)),
};
