using Cairn.Layers;
using Cairn.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Layers;

/// <summary>The state of GPU generators can't be read, so their numbers have to follow from the run's seed and the step.</summary>
public sealed class SeededDevicesTests
{
    private static readonly Device Card = new(DeviceType.CUDA, 0);

    [Fact]
    public void With_backups_the_random_numbers_of_a_step_on_a_device_depend_only_on_seed_and_step()
    {
        long[] whole = Seeds(Card, mayBeResumed: true, 7, 1, 2, 3, 4);
        Assert.Equal(4, whole.Distinct().Count());
        Assert.Equal(whole[2..], Seeds(Card, mayBeResumed: true, 7, 3, 4));
        Assert.NotEqual(whole[2], Seeds(Card, mayBeResumed: true, 8, 3)[0]);
    }

    [Fact]
    public void Generators_are_not_seeded_on_the_CPU_or_without_backups()
    {
        Assert.Empty(Seeds(CPU, mayBeResumed: true, 7, 1, 2));
        Assert.Empty(Seeds(Card, mayBeResumed: false, 7, 1, 2));
    }

    [Fact]
    public void The_libtorch_generators_are_seeded()
    {
        Generators.Current.Seed(41);
        float[] first = [.. rand(4).data<float>()];
        Generators.Current.Seed(42);
        float[] other = [.. rand(4).data<float>()];
        Generators.Current.Seed(41);
        Assert.Equal(first, rand(4).data<float>());
        Assert.NotEqual(first, other);
    }

    private static long[] Seeds(Device device, bool mayBeResumed, ulong seed, params ulong[] steps)
    {
        var recording = new Recording();
        Generators.Current = recording;
        try
        {
            using var context = new CallContext(training: true, seed, device) { MayBeResumed = mayBeResumed };
            foreach (ulong step in steps)
            {
                context.BeginStep(step);
            }
        }
        finally
        {
            Generators.Current = null;
        }

        return [.. recording.Seeds];
    }

    private sealed class Recording : Generators
    {
        public List<long> Seeds { get; } = [];

        public override void Seed(long seed) => Seeds.Add(seed);
    }
}
