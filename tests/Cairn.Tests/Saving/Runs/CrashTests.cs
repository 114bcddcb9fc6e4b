using System.Globalization;

namespace Cairn.Tests.Saving.Runs;

/// <summary>
/// Training processes are killed without warning and started again until they complete; all their results must equal those of processes
/// that were not killed.
/// </summary>
public sealed class CrashTests(ITestOutputHelper output)
{
    private const int KillsByDefault = 25;
    private const int KillsOfOneRun = 3;
    private const int BetweenReports = 25;
    private const string Kills = "CAIRN_CRASH_KILLS";
    private const string Fitted = "fitted";

    // At the start, while callbacks begin, inside saves, after a batch, in a validation, after an epoch, at the end; mostly in saves.
    private static readonly string[] Places =
        ["started", "training", "saving", "batch", "saving", "validating", "saving", "epoch", "batch", "ending", Fitted];

    // CAIRN_CRASH_PROGRAMS takes some of them, such as "several,named".
    private static readonly string[] Trainings = Environment.GetEnvironmentVariable("CAIRN_CRASH_PROGRAMS")?.Split(',')
        ?? ["layers", "several", "graph", "named", "stream", "states"];

    [Fact]
    public async Task A_run_killed_at_random_times_ends_byte_for_byte_like_an_uninterrupted_one()
    {
        int kills = int.Parse(Environment.GetEnvironmentVariable(Kills) ?? $"{KillsByDefault}", CultureInfo.InvariantCulture);
        int seed = Environment.TickCount;
        var random = new Random(seed);
        var whole = new Dictionary<string, CrashedRun>();
        var places = new Dictionary<string, int>();
        int killed = 0, runs = 0, halfWritten = 0, afterLast = 0;
        string Report() => $"{killed} kills in {runs} runs of {string.Join(", ", whole.Keys)} "
            + $"({string.Join(", ", places.Select(pair => $"{pair.Value} {pair.Key}"))}), {afterLast} after the last Fit of a program; "
            + $"{halfWritten} left a half-written file";
        try
        {
            while (killed < kills)
            {
                // Every training, with backups written synchronously and in the background, alternately.
                string training = Trainings[runs % Trainings.Length];
                string behind = runs / Trainings.Length % 2 == runs % 2 ? "behind" : "at-once";
                if (!whole.TryGetValue(training, out CrashedRun? reference))
                {
                    whole[training] = reference = new CrashedRun(training, "at-once");
                    Assert.True(await reference.Start(), "the run that nobody kills must end by itself");
                }

                runs++;
                using var run = new CrashedRun(training, behind);
                var where = new List<string>();
                for (int kill = 0; kill < KillsOfOneRun && killed < kills; kill++)
                {
                    // A process starts at the last backup. A kill is within half of the run, on average after a quarter, so that three
                    // cover it. Completed runs are skipped but reported, so that each process reports the end of all.
                    string place = Places[killed % Places.Length];
                    int most = place == Fitted ? reference.Told[place] : Math.Max(1, reference.Told[place] / 2);
                    int times = random.Next(1, most + 1);
                    double later = random.NextDouble() * 2;
                    where.Add(string.Create(CultureInfo.InvariantCulture, $"{place} {times} + {later:F2} ms"));
                    if (await run.Start(place, times, TimeSpan.FromMilliseconds(later)))
                    {
                        break;
                    }

                    killed++;
                    places[place] = places.GetValueOrDefault(place) + 1;
                    halfWritten += run.HalfWritten().Any() ? 1 : 0;
                    afterLast += place == Fitted && times == most ? 1 : 0;
                    if (killed % BetweenReports == 0)
                    {
                        output.WriteLine(Report());
                    }
                }

                if (!run.Ended)
                {
                    Assert.True(await run.Start(), "the last process must end by itself");
                }

                run.RequireSame(reference, $"'{training}' {behind}, after {killed} kills, in run {runs} ({string.Join(", ", where)}), "
                    + $"with the seed {seed}");
            }
        }
        finally
        {
            foreach (CrashedRun reference in whole.Values)
            {
                reference.Dispose();
            }
        }

        output.WriteLine($"{Report()}; all runs ended with the same bytes");
    }

    [Fact]
    public async Task A_run_killed_at_any_call_of_a_save_ends_byte_for_byte_like_an_uninterrupted_one()
    {
        using var reference = new CrashedRun("layers", "at-once");
        Assert.True(await reference.Start(), "the run that nobody kills must end by itself");

        // Each process is killed at a later call than the previous one, counted from its start; together they cover every call of a save.
        using var run = new CrashedRun("layers", "at-once");
        int kills = 0;
        for (int call = 30; call < 60; call += 3, kills++)
        {
            Assert.False(await run.Start(dieAtCall: call), $"no call {call}");
        }

        Assert.True(await run.Start(), "the last process must end by itself");
        run.RequireSame(reference, $"after {kills} kills inside of saves");
    }

    [Fact]
    public async Task Killed_after_each_of_its_runs_a_program_with_several_ends_byte_for_byte_like_one_that_was_not()
    {
        using var reference = new CrashedRun("several", "at-once");
        Assert.True(await reference.Start(), "the run that nobody kills must end by itself");
        using var run = new CrashedRun("several", "at-once");
        int fits = reference.Told[Fitted];
        for (int times = 1; times <= fits; times++)
        {
            Assert.False(await run.Start(Fitted, times), "it was not killed");
        }

        Assert.True(await run.Start(), "the last process must end by itself");
        Assert.False(run.Told.ContainsKey("batch"), "a run that had ended was trained once more");
        run.RequireSame(reference, $"after {fits} kills after runs");
    }

    [Fact]
    public async Task A_program_that_goes_to_another_folder_while_it_trains_writes_where_it_began()
    {
        using var reference = new CrashedRun("wandering", "at-once");
        Assert.True(await reference.Start(), "the run that nobody kills must end by itself");
        Assert.DoesNotContain(reference.Content().Keys, name => name.StartsWith("elsewhere", StringComparison.Ordinal));
        using var run = new CrashedRun("wandering", "behind");
        Assert.False(await run.Start("epoch", 3));
        Assert.True(await run.Start());
        run.RequireSame(reference, "after a kill");
    }
}
