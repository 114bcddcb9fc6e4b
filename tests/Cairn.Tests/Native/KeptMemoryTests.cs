using System.Runtime.InteropServices;
using Cairn.Layers;
using Cairn.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Native;

[Collection(nameof(AloneCollection))]
public class KeptMemoryTests
{
    private const int Megabyte = 1 << 20;
    private const int Block = 4 * Megabyte;
    private const int Blocks = 10;
    private const int Rounds = 10;

    [Fact]
    public void Freed_tensors_leave_their_pages_to_the_next_ones()
    {
        RequireGlibc();

        // While a model is in use, no other test's run returns the memory. By itself glibc returns more than twice the size of a block from
        // the top of its heap, and each round faults all pages again.
        ModelActivity.Begin();
        Touch();
        Touch();
        long before = Faults();
        for (int i = 0; i < Rounds; i++)
        {
            Touch();
        }

        long faults = Faults() - before;
        ModelActivity.End(isTraining: false);
        Assert.InRange(faults, 0, (long)Rounds * Blocks * Block / Environment.SystemPageSize / 2);
    }

    [Fact]
    public void The_memory_of_a_training_is_returned_when_it_ends()
    {
        RequireGlibc();
        using var model = new Sequential([new Input([4]), new Dense(2048), new Dense(8), new Dense(1)]);
        model.Compile("sgd", "mse");
        var x = NDArray.From(new float[4096 * 4], [4096, 4]);
        var y = NDArray.From(new float[4096], [4096, 1]);
        Thread.Sleep(1_100);

        // The output of the first layer and its gradient have 4,096 x 2,048 floats each.
        long during = 0;
        model.Fit(x, y, batchSize: 4096, epochs: 1, verbose: 0, callbacks: [new Cairn.Callbacks.LambdaCallback(
            onEpochEnd: (_, _) => during = Resident())]);
        Assert.InRange(during - Resident(), 32 * Megabyte, long.MaxValue);
    }

    private static void RequireGlibc()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the thresholds are those of glibc");
        LibTorch.EnsureLoaded();
        Assert.SkipUnless(KeptMemory.IsOn, "the user has set glibc's thresholds, or the C library is another one");
    }

    private static void Touch()
    {
        using DisposeScope scope = NewDisposeScope();
        for (int i = 0; i < Blocks; i++)
        {
            ones(Block / sizeof(float));
        }
    }

    private static long Resident() => long.Parse(
        File.ReadAllText("/proc/self/statm").Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture) * Environment.SystemPageSize;

    /// <summary>
    /// Minor page faults of this thread: the ninth number of <c>struct rusage</c>, whose first two are times of two numbers.
    /// </summary>
    private static long Faults()
    {
        long[] usage = new long[18];
        Assert.Equal(0, GetUsage(1, usage));
        return usage[8];
    }

    [DllImport("libc", EntryPoint = "getrusage")]
    private static extern int GetUsage(int who, [Out] long[] usage);
}
