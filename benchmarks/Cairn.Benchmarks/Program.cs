using BenchmarkDotNet.Running;
using Cairn;
using Cairn.Benchmarks;
using TorchSharp;

string[] known = ["all", "memory", "steps", "callbacks", "limit", "optimizer", "growth", "startup", "checkpoints", "files",
    "streaming", "micro"];
string what = args.Length > 0 ? args[0] : "all";
if (!known.Contains(what))
{
    Console.Error.WriteLine($"Unknown benchmark '{what}'. Known: {string.Join(", ", known)} (default: all; micro uses BenchmarkDotNet and "
        + "takes minutes; streaming writes 2 GB and is not part of all).");
    return 1;
}

if (what == "micro")
{
    BenchmarkRunner.Run<OptimizerBenchmarks>(args: args[1..]);
    return 0;
}

// Cairn loads libtorch, so that both sides use Cairn's thread settings.
((NDArray)new float[1]).ToTensor().Dispose();
int pairs = args.Length > 1 ? int.Parse(args[1]) : AlternatingRunner.DefaultPairs;
Console.WriteLine($"{Environment.ProcessorCount} processors, {torch.get_num_threads()} libtorch threads for both sides, "
    + $"libtorch {torch.__version__}, .NET {Environment.Version}");

// First, before other benchmarks affect the memory of the process.
if (what is "all" or "memory")
{
    MemoryCheck.Print();
}

if (what is "all" or "steps")
{
    StepComparison.Print(pairs);
}

if (what is "all" or "callbacks")
{
    CallbackCost.Print(pairs);
}

if (what is "all" or "limit")
{
    LimitComparison.Print(pairs);
}

if (what is "all" or "optimizer")
{
    OptimizerComparison.Print(pairs);
}

if (what is "all" or "growth")
{
    Growth.Print();
}

if (what is "all" or "startup")
{
    StartUp.Print();
}

if (what is "all" or "checkpoints")
{
    CheckpointStall.Print(args.Length > 1 ? pairs : CheckpointStall.DefaultRounds,
        args.Length > 2 ? int.Parse(args[2]) : CheckpointStall.DefaultSteps);
}

if (what is "all" or "files")
{
    SavingSpeed.Print(args.Length > 1 ? pairs : null);
}

// Not part of "all": it writes 2 GB to the temporary folder and keeps as much in memory.
if (what is "streaming")
{
    Streaming.Print(Math.Min(pairs, 5));
}

Console.WriteLine($"\nPeak resident memory of this process: {MemoryCheck.PeakMegabytes():F0} MB");
return 0;
