using System.Diagnostics;
using System.Globalization;
using Cairn.Saving;

namespace Cairn.Tests.Saving.Fuzzing;

/// <summary>
/// Gives many mutants of a file to a reader, which must read them or reject them with
/// <see cref="ModelFormatException"/>, in bounded time and memory, without leaks.
/// </summary>
/// <remarks>The environment variable CAIRN_FUZZ multiplies the numbers: <c>CAIRN_FUZZ=100</c> takes a night.</remarks>
internal static class FuzzRun
{
    // The memory that any file may take (FileLimits.MinimumReadBudget, JSON, a small model), and that per byte of the file.
    private const long BytesForAnyFile = 256L << 20;
    private const long BytesForEachByte = 128;

    // A mutant takes a few milliseconds; this allows for a busy machine.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    public static int Times { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("CAIRN_FUZZ"), NumberStyles.None, CultureInfo.InvariantCulture, out int times)
        ? Math.Max(1, times) : 1;

    /// <summary>Runs the mutants.</summary>
    /// <param name="count">The number of mutants.</param>
    /// <param name="seed">The seed of the mutations.</param>
    /// <param name="mutate">Creates a mutant.</param>
    /// <param name="read">Reads a mutant; the result is disposed.</param>
    /// <param name="leastRefused">The fraction that must be rejected; with fewer, the test would prove nothing.</param>
    public static void Run(int count, int seed, Func<Mutator, byte[]> mutate, Func<byte[], IDisposable?> read, double leastRefused = 0.05)
    {
        count *= Times;
        int refused = 0;
        long tensors = Tensors();
        long before = Private();
        for (int i = 0; i < count; i++)
        {
            byte[] bytes = mutate(new Mutator((seed * 10_000_000) + i));
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            var clock = Stopwatch.StartNew();
            try
            {
                read(bytes)?.Dispose();
            }
            catch (ModelFormatException)
            {
                refused++;
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"Mutant {i} of seed {seed} ended in {exception.GetType().Name}.", exception);
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            Assert.True(clock.Elapsed < Longest, $"mutant {i} of seed {seed} took {clock.Elapsed}");
            Assert.True(allocated < BytesForAnyFile + (BytesForEachByte * bytes.Length),
                $"mutant {i} of seed {seed}, {bytes.Length} bytes, allocated {allocated}");
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}: {count} mutants, {refused} refused");
        Assert.True(refused >= count * leastRefused, $"only {refused} of {count} were refused");
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long left = Tensors() - tensors;
        Assert.True(left < count / 100, $"{left} tensors were left over");
        Assert.True(Private() - before < 1L << 30, $"the process grew from {before} to {Private()} bytes");
    }

    // Of this thread only, because other tests run in parallel.
    private static long Tensors() => TorchSharp.DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

    private static long Private()
    {
        using var process = Process.GetCurrentProcess();
        return process.PrivateMemorySize64;
    }
}
