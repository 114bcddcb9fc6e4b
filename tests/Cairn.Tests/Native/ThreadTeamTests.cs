using Cairn.Native;
using static TorchSharp.torch;

namespace Cairn.Tests.Native;

[Collection(nameof(AloneCollection))]
public sealed class ThreadTeamTests : IDisposable
{
    private readonly int before = get_num_threads();

    // The fixture of all tests has set one thread.
    public ThreadTeamTests() => set_num_threads(2);

    public void Dispose() => set_num_threads(before);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(1000)]
    public void Every_part_runs_once(int parts)
    {
        int[] runs = new int[parts];
        ThreadTeam.Run(parts, part => Interlocked.Increment(ref runs[part]));
        Assert.All(runs, count => Assert.Equal(1, count));
    }

    [Fact]
    public void Parts_run_on_the_threads_that_libtorch_has_and_these_survive_a_garbage_collection()
    {
        for (int round = 0; round < 20; round++)
        {
            using var both = new CountdownEvent(2);
            object[] made = new object[2];
            ThreadTeam.Run(2, part =>
            {
                // Each part waits for the other, so they can't run on one thread.
                both.Signal();
                both.Wait();
                made[part] = new int[1000 + part];
                GC.Collect();
            });
            Assert.Equal([1000, 1001], made.Select(item => ((int[])item).Length));
        }
    }

    [Fact]
    public void The_exception_of_a_part_reaches_the_caller()
    {
        InvalidOperationException thrown = Assert.Throws<InvalidOperationException>(
            () => ThreadTeam.Run(8, part => throw new InvalidOperationException("from a part")));
        Assert.Equal("from a part", thrown.Message);
    }
}
