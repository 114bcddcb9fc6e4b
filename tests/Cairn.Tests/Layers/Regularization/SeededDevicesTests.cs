using Cairn.Layers;
using Cairn.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Layers;

/// <summary>The generators of devices can't be read, so that what they draw has to follow from the run's seed and the step.</summary>
public sealed class SeededDevicesTests
{
    private static readonly Device Card = new(DeviceType.CUDA, 0);

    [Fact]
    public void In_a_run_that_may_go_on_each_step_on_a_device_draws_what_follows_from_the_seed_and_the_step_alone()
    {
        long[] whole = Seeds(Card, mayGoOn: true, 7, 1, 2, 3, 4);
        Assert.Equal(4, whole.Distinct().Count());
        Assert.Equal(whole[2..], Seeds(Card, mayGoOn: true, 7, 3, 4));
        Assert.NotEqual(whole[2], Seeds(Card, mayGoOn: true, 8, 3)[0]);
    }

    [Fact]
    public void On_the_CPU_whose_generator_is_in_the_backup_and_without_backups_nothing_is_seeded()
    {
        Assert.Empty(Seeds(CPU, mayGoOn: true, 7, 1, 2));
        Assert.Empty(Seeds(Card, mayGoOn: false, 7, 1, 2));
    }

    [Fact]
    public void The_generators_of_libtorch_are_really_seeded()
    {
        Generators.Current.Seed(41);
        float[] first = [.. rand(4).data<float>()];
        Generators.Current.Seed(42);
        float[] other = [.. rand(4).data<float>()];
        Generators.Current.Seed(41);
        Assert.Equal(first, rand(4).data<float>());
        Assert.NotEqual(first, other);
    }

    private static long[] Seeds(Device device, bool mayGoOn, ulong seed, params ulong[] steps)
    {
        var recording = new Recording();
        Generators.Current = recording;
        try
        {
            using var context = new CallContext(training: true, seed, device) { MayGoOn = mayGoOn };
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
