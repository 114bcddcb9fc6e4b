using System.Runtime.InteropServices;

namespace Cairn.Tests.Saving.Runs;

/// <summary>What happens to a long training: a slow disk, a full disk, a stop by a signal.</summary>
internal sealed partial class SoakDisturbance(string folder, Random random)
{
    private const int Stop = 19, Continue = 18;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private readonly Dictionary<string, int> times = [];

    public string Told => string.Join(", ", times.Select(pair => $"{pair.Value} times {pair.Key}"));

    /// <summary>Disturbs a process and samples it until a time.</summary>
    public async Task During(SoakedRun run, DateTime end)
    {
        await run.Begins();
        while (DateTime.UtcNow < end)
        {
            string what = random.Next(6) switch { 0 => "slow", 1 => "full", 2 => "stopped", _ => "" };
            if (what.Length > 0)
            {
                times[what] = times.GetValueOrDefault(what) + 1;
                await Disturb(run, what, TimeSpan.FromMilliseconds(random.Next(50, 1_000)));
            }

            for (int i = 0; i < 5 && DateTime.UtcNow < end; i++)
            {
                run.Sample();
                await Task.Delay(Pause, TestContext.Current.CancellationToken);
            }
        }
    }

    private async Task Disturb(SoakedRun run, string what, TimeSpan length)
    {
        string marker = Path.Combine(folder, what);
        if (what == "stopped")
        {
            Assert.Equal(0, Kill(run.Id, Stop));
        }
        else
        {
            File.WriteAllText(marker, "");
        }

        await Task.Delay(length, TestContext.Current.CancellationToken);
        if (what == "stopped")
        {
            Assert.Equal(0, Kill(run.Id, Continue));
        }
        else
        {
            File.Delete(marker);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
