using BenchmarkDotNet.Running;
using Cairn;
using Cairn.Benchmarks;
using Cairn.Benchmarks.Rival;
using TorchSharp;

if (args is [WorkerProcess.CairnWorker, _, _])
{
    WorkerProcess.ServeCairn(args);
    return 0;
}

if (args is [PageViewers.Worker, var count])
{
    PageViewers.Serve(int.Parse(count));
    return 0;
}

if (args is [FolderOpening.Worker, var folder])
{
    FolderOpening.Open(folder);
    return 0;
}

if (args is [InferenceComparison.Worker, _, _, _, _])
{
    InferenceComparison.Serve(args);
    return 0;
}

string[] known = ["all", "memory", "steps", "callbacks", "limit", "optimizer", "growth", "startup", "checkpoints", "files",
    "streaming", "page", "folder", "bytes", "inference", "start", "mixed", "micro"];
string what = args.Length > 0 ? args[0] : "all";
if (!known.Contains(what))
{
    Console.Error.WriteLine($"Unknown benchmark '{what}'. Known: {string.Join(", ", known)} (default: all; micro uses BenchmarkDotNet and "
        + "takes minutes; streaming writes 2 GB and is not part of all). steps [PAIRS] [WORKLOAD …] [--busy] [--keras=PYTHON] measures some workloads only: "
        + $"{string.Join(", ", Workload.All.Select(workload => workload.Key))}.");
    return 1;
}

if (what == "micro")
{
    BenchmarkRunner.Run<OptimizerBenchmarks>(args: args[1..]);
    return 0;
}

int pairs = args.Length > 1 && int.TryParse(args[1], out int given) ? given : AlternatingRunner.DefaultPairs;
Console.WriteLine($"{Environment.ProcessorCount} processors, .NET {Environment.Version}, "
    + $"TorchSharp {typeof(torch).Assembly.GetName().Version}");
if (what is "steps")
{
    // Both sides run in separate processes; this one computes nothing and doesn't load libtorch.
    const string Keras = "--keras=";
    StepComparison.Print(pairs, [.. args[1..].Where(key => Workload.Named(key) is not null)], isBusy: args.Contains("--busy"),
        python: args.FirstOrDefault(argument => argument.StartsWith(Keras, StringComparison.Ordinal))?[Keras.Length..]);
    return 0;
}

if (what is "inference")
{
    InferenceComparison.Print(pairs, [.. args[1..].Where(key => InferenceWorkload.Named(key) is not null)]);
    return 0;
}

// The other benchmarks compare within this process, where Cairn loads libtorch.
((NDArray)new float[1]).ToTensor().Dispose();

// First, before other benchmarks affect the memory of the process.
if (what is "all" or "memory")
{
    MemoryCheck.Print();
}

if (what is "all")
{
    StepComparison.Print(pairs, [], isBusy: false);
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

if (what is "all" or "page")
{
    PageCost.Print(pairs);
}

if (what is "all" or "page" or "folder")
{
    FolderOpening.Print();
}

if (what is "all" or "bytes")
{
    ByteImages.Print();
}

if (what is "all" or "start")
{
    BeforeFirstStep.Print(pairs);
}

if (what is "all" or "mixed")
{
    MixedPrecision.Print(pairs);
}

// Not part of "all": it writes 2 GB to the temporary folder and keeps as much in memory.
if (what is "streaming")
{
    Streaming.Print(Math.Min(pairs, 5));
}

Console.WriteLine($"\nPeak resident memory of this process: {MemoryCheck.PeakMegabytes():F0} MB");
return 0;
