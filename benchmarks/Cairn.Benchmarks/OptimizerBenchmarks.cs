using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Cairn.Benchmarks;

/// <summary>The optimizer step only, with BenchmarkDotNet's statistics and allocations.</summary>
[MemoryDiagnoser]
[Config(typeof(InThisProcess))]
public class OptimizerBenchmarks
{
    private OptimizerPass? pass;

    /// <summary>Creates parameters and gradients.</summary>
    [GlobalSetup]
    public void Setup() => pass = new OptimizerPass();

    /// <summary>Disposes them.</summary>
    [GlobalCleanup]
    public void Cleanup() => pass!.Dispose();

    /// <summary>TorchSharp's Adam.</summary>
    [Benchmark(Baseline = true)]
    public void TorchSharpAdam() => pass!.Theirs();

    /// <summary>Cairn's Adam.</summary>
    [Benchmark]
    public void CairnAdam() => pass!.Ours();

    // A separate BenchmarkDotNet process would be built without the build step that makes libtorch loadable.
    private sealed class InThisProcess : ManualConfig
    {
        public InThisProcess() => AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
    }
}
