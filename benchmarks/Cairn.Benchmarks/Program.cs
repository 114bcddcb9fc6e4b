using BenchmarkDotNet.Running;
using Cairn.Benchmarks;
using TorchSharp;

string what = args.Length > 0 ? args[0] : "all";
if (what is not ("all" or "steps" or "optimizer" or "memory" or "micro"))
{
    Console.Error.WriteLine($"Unknown benchmark '{what}'. Known: all (default), steps, optimizer, memory, micro (BenchmarkDotNet; takes minutes).");
    return 1;
}

if (what == "micro")
{
    BenchmarkRunner.Run<OptimizerBenchmarks>(args: args[1..]);
    return 0;
}

int pairs = args.Length > 1 ? int.Parse(args[1]) : AlternatingRunner.DefaultPairs;
Console.WriteLine($"{Environment.ProcessorCount} processors, {torch.get_num_threads()} libtorch threads for both sides, libtorch {torch.__version__}, .NET {Environment.Version}");

// First, while nothing else has left its marks on the process.
if (what is "all" or "memory") MemoryCheck.Print();
if (what is "all" or "steps") StepComparison.Print(pairs);
if (what is "all" or "optimizer") OptimizerComparison.Print(pairs);
Console.WriteLine($"\nPeak resident memory of this process: {MemoryCheck.PeakMegabytes():F0} MB");
return 0;
