using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Cairn.Benchmarks;

/// <summary>The optimizer's pass alone, with BenchmarkDotNet's statistics and allocations.</summary>
[MemoryDiagnoser]
[Config(typeof(InThisProcess))]
public class OptimizerBenchmarks
{
    private OptimizerPass? pass;

    /// <summary>Makes parameters and gradients.</summary>
    [GlobalSetup]
    public void Setup() => pass = new OptimizerPass();

    /// <summary>Frees them.</summary>
    [GlobalCleanup]
    public void Cleanup() => pass!.Dispose();

    /// <summary>TorchSharp's Adam.</summary>
    [Benchmark(Baseline = true)]
    public void TorchSharpAdam() => pass!.Theirs();

    /// <summary>Cairn's Adam.</summary>
    [Benchmark]
    public void CairnAdam() => pass!.Ours();

    // A process of BenchmarkDotNet's own would be built without the step that makes libtorch loadable.
    private sealed class InThisProcess : ManualConfig
    {
        public InThisProcess() => AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
    }
}
