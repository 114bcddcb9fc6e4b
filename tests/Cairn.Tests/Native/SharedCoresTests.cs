using Cairn.Native;

namespace Cairn.Tests.Native;

[Collection(nameof(AloneCollection))]
public class SharedCoresTests
{
    [Fact]
    public void Waits_are_short_while_cores_are_shared_and_long_again_later()
    {
        RequireOpenMP();
        bool before = ShortWaits.IsOn;
        try
        {
            ShortWaits.IsOn = false;
            SharedCores.Judge(0.5);
            Assert.True(ShortWaits.IsOn);

            // A second without contention is not enough; every wait for a core starts the count again.
            for (int look = 0; look < 10; look++)
            {
                SharedCores.Judge(0);
            }

            Assert.True(ShortWaits.IsOn);
            SharedCores.Judge(0.02);
            for (int look = 0; look < 19; look++)
            {
                SharedCores.Judge(0);
                Assert.True(ShortWaits.IsOn);
            }

            SharedCores.Judge(0);
            Assert.False(ShortWaits.IsOn);
        }
        finally
        {
            ShortWaits.IsOn = before;
        }
    }

    [Fact]
    public void Checks_while_the_compiler_runs_do_not_count()
    {
        RequireOpenMP();
        bool before = ShortWaits.IsOn;
        try
        {
            ShortWaits.IsOn = false;
            SharedCores.Judge(0.5, compiled: 0.3);
            Assert.False(ShortWaits.IsOn);
            SharedCores.Judge(0.5, compiled: 0.01);
            Assert.True(ShortWaits.IsOn);
        }
        finally
        {
            ShortWaits.IsOn = before;
        }
    }

    [Fact]
    public void A_second_team_of_threads_makes_waits_short_and_ends_with_them()
    {
        RequireOpenMP();
        bool before = ShortWaits.IsOn;
        try
        {
            ShortWaits.IsOn = false;
            WaitFor(() => CountTeamThreads() == 0);
            ShortWaits.IsOn = true;
            WaitFor(() => CountTeamThreads() > 0);
            ShortWaits.IsOn = true;
            WaitFor(() => CountTeamThreads() > 0);
            ShortWaits.IsOn = false;
            WaitFor(() => CountTeamThreads() == 0);
        }
        finally
        {
            ShortWaits.IsOn = before;
        }
    }

    private static void RequireOpenMP()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "libtorch uses GNU OpenMP on Linux only");
        LibTorch.EnsureLoaded();
        Assert.True(GnuOpenMP.IsFound);
        Assert.SkipWhen(WaitingThreads.IsSetByUser, "the user has set how threads wait");
    }

    /// <summary>The thread that holds a team, and the team, which inherits its name. Linux keeps 15 characters.</summary>
    private static int CountTeamThreads() => Directory.GetDirectories("/proc/self/task").Count(thread =>
    {
        try
        {
            return File.ReadAllText(Path.Combine(thread, "comm")).StartsWith("Cairn: short", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    });

    private static void WaitFor(Func<bool> condition) =>
        Assert.True(SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(20)));
}
