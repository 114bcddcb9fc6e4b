using Cairn.Benchmarks.Distributed;
using Cairn.Distributed;

// What mpirun starts.
if (args is ["measure", var work, .. var settings])
{
    using var replicas = Replicas.Join();
    if (work == "allreduce")
    {
        AllReduce.Measure(replicas, settings);
    }
    else
    {
        Steps.Measure(replicas, settings);
    }

    return 0;
}

Launch.Rate = args.FirstOrDefault(one => one.StartsWith("--link=", StringComparison.Ordinal))?["--link=".Length..];
switch (args.Where(one => !one.StartsWith("--", StringComparison.Ordinal)).ToArray())
{
    case ["allreduce", .. var rounds]:
        AllReduce.Print(rounds.Length > 0 ? int.Parse(rounds[0]) : AllReduce.DefaultRounds);
        return 0;
    case ["steps", .. var rounds]:
        Steps.Print(rounds.Length > 0 ? int.Parse(rounds[0]) : Steps.DefaultRounds, rounds.Length > 1 ? rounds[1] : null);
        return 0;
    case ["scaling"]:
        Scaling.Print();
        return 0;
    default:
        Console.Error.WriteLine("allreduce [ROUNDS]: sums against MPI's own in C. steps [ROUNDS [0.1M|1M|20M]]: two processes against two "
            + "threads. "
            + "scaling: a model of many processes. "
            + "--link=1gbit: the processes are on two hosts with a link of this rate.");
        return 1;
}
