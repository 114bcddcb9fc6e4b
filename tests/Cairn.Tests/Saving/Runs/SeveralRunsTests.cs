using System.Security.Cryptography;
using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Optimizers;
using Cairn.Saving.Runs;
using Cairn.Tests.EventFiles;

namespace Cairn.Tests.Saving.Runs;

/// <summary>
/// A program with several runs and one backup folder: each run resumes from its own backup, and a completed run is not trained again.
/// </summary>
public sealed class SeveralRunsTests
{
    private const int Steps = 4;
    private static readonly float[,] X = Data.Numbers(32, 3, 1);
    private static readonly float[,] Y = Data.Numbers(32, 1, 2);

    [Theory]
    [InlineData("further", true)]
    [InlineData("further", false)]
    [InlineData("folds", true)]
    [InlineData("folds", false)]
    [InlineData("streams", true)]
    [InlineData("streams", false)]
    [InlineData("lengths", true)]
    [InlineData("same", true)]
    [InlineData("named", true)]
    public void Killed_anywhere_a_program_with_several_runs_ends_with_the_same_bits(string kind, bool deleteCheckpoint)
    {
        using var folder = new TemporaryFolder();
        int steps = 0;
        string whole = Run(folder, kind, deleteCheckpoint, () => steps++);
        for (int step = 1; step <= steps; step += 3)
        {
            using var other = new TemporaryFolder();
            Die(other, kind, deleteCheckpoint, step);
            Die(other, kind, deleteCheckpoint, 2);
            string again = Run(other, kind, deleteCheckpoint, () => { });
            Assert.True(whole == again, $"killed at step {step} of {steps}:\n{again}\ninstead of\n{whole}");
        }
    }

    [Theory]
    [InlineData("further")]
    [InlineData("folds")]
    public void Killed_after_its_last_run_a_program_gives_the_same_without_a_step(string kind)
    {
        using var folder = new TemporaryFolder();
        string whole = Run(folder, kind, deleteCheckpoint: true, () => { });
        Assert.False(Directory.Exists(folder["backup"]));
        Restart(folder);
        Assert.Equal(whole, Run(folder, kind, deleteCheckpoint: true, () => Assert.Fail("a run that had ended was trained again")));
        Assert.Single(EventReader.FilesIn(folder["events/0/train"]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    public void A_better_model_of_an_earlier_training_does_not_keep_its_file_when_a_run_resumes(int step)
    {
        using TemporaryFolder folder = new(), other = new();
        string whole = Train(folder, dieAt: null)!;
        Assert.Null(Train(other, step));
        Assert.Equal(whole, Train(other, dieAt: null));

        static string? Train(TemporaryFolder folder, int? dieAt)
        {
            if (!File.Exists(folder["best.h5"]))
            {
                // All its targets are 0, so that its loss is lower.
                using Sequential earlier = Create(() => { });
                earlier.Fit(X, new float[32, 1], batchSize: 8, epochs: 20, verbose: 0,
                    callbacks: [new ModelCheckpoint(folder["best.h5"], "loss", saveBestOnly: true)]);
            }

            using Sequential model = Create(() => { }, dieAt);
            try
            {
                History history = model.Fit(X, Y, batchSize: 8, epochs: 2, verbose: 0, callbacks:
                [
                    new ModelCheckpoint(folder["best.h5"], "loss", saveBestOnly: true),
                    new BackupAndRestore(folder["backup"], 2),
                ]);
                return string.Join("\n", history.Events.Select(one => one.Message.Replace(folder.Folder, "", StringComparison.Ordinal)))
                    + Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(folder["best.h5"])));
            }
            catch (ResumedRun.DiedException)
            {
                return null;
            }
        }
    }

    [Fact]
    public void A_run_that_is_not_the_one_of_the_backup_is_refused_with_what_differs()
    {
        using var folder = new TemporaryFolder();
        Die(folder, "further", deleteCheckpoint: true, 11);
        Directory.Delete(folder[".backup.finished"], recursive: true);
        BackupMismatchException exception =
            Assert.Throws<BackupMismatchException>(() => Run(folder, "further", deleteCheckpoint: true, () => { }));
        Assert.Contains("data.first epoch: 2 in the backup, 0 now", exception.Differences);
        Assert.Contains("begins with: \"weights that were set, loaded or trained\" in the backup, \"new weights\" now",
            exception.Differences);
    }

    [Fact]
    public void A_run_on_other_numbers_is_refused()
    {
        using var folder = new TemporaryFolder();
        using Sequential model = Create(() => { }, dieAt: 3);
        Assert.Throws<ResumedRun.DiedException>(() =>
            model.Fit(X, Y, batchSize: 8, epochs: 2, verbose: 0, callbacks: [new BackupAndRestore(folder["backup"], 1)]));
        using Sequential again = Create(() => { });
        float[,] others = (float[,])X.Clone();
        others[17, 1] += 1;
        BackupMismatchException exception = Assert.Throws<BackupMismatchException>(
            () => again.Fit(others, Y, batchSize: 8, epochs: 2, verbose: 0, callbacks: [new BackupAndRestore(folder["backup"], 1)]));
        Assert.StartsWith("data.numbers: ", Assert.Single(exception.Differences));
    }

    [Fact]
    public void A_different_run_takes_the_place_of_one_that_had_ended()
    {
        using var folder = new TemporaryFolder();
        Run(folder, "further", deleteCheckpoint: true, () => { });
        Restart(folder);
        Run(folder, "folds", deleteCheckpoint: true, () => { });
        Restart(folder);
        int steps = 0;
        Run(folder, "further", deleteCheckpoint: true, () => steps++);
        Assert.Equal(4 * Steps, steps);
    }

    [Fact]
    public void What_is_kept_of_runs_that_have_ended_can_be_forgotten()
    {
        using var folder = new TemporaryFolder();
        Run(folder, "folds", deleteCheckpoint: true, () => { });
        Assert.Equal(3, Directory.GetFiles(folder[".backup.finished"]).Length);
        new BackupAndRestore(folder["backup"]).ForgetEndedRuns();
        Assert.False(Directory.Exists(folder[".backup.finished"]));
    }

    [Fact]
    public void A_backup_folder_that_was_removed_is_made_again()
    {
        using var folder = new TemporaryFolder();
        using Sequential model = Create(() => { });
        var backup = new BackupAndRestore(folder["backup"], 1);
        var vandal = new LambdaCallback(onTrainBatchBegin: (batch, _) =>
        {
            if (batch == 2)
            {
                Directory.Delete(folder["backup"], recursive: true);
            }
        });
        string[] files = [];
        var look = new LambdaCallback(onEpochEnd: (_, _) => files = Directory.GetFiles(folder["backup"], "*.backup"));
        model.Fit(X, Y, batchSize: 8, epochs: 1, verbose: 0, callbacks: [vandal, look, backup]);
        Assert.NotEmpty(files);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData(".hidden")]
    [InlineData("line\nbreak")]
    public void A_run_has_the_name_of_a_folder(string name) =>
        Assert.Equal("runName", Assert.Throws<ArgumentException>(() => new BackupAndRestore("backup", runName: name)).ParamName);

    // The state that another process would find.
    private static void Restart(TemporaryFolder folder) => FinishedRuns.ForgetTaken(folder["backup"]);

    private static void Die(TemporaryFolder folder, string kind, bool deleteCheckpoint, int step)
    {
        int left = step;
        Assert.Throws<ResumedRun.DiedException>(() => Run(folder, kind, deleteCheckpoint, () =>
        {
            if (--left == 0)
            {
                throw new ResumedRun.DiedException();
            }
        }));
        Restart(folder);
    }

    private static string Run(TemporaryFolder folder, string kind, bool deleteCheckpoint, Action step)
    {
        var lines = new List<string>();
        Sequential model = Create(step);
        int run = 0;
        int runs = kind is "further" or "same" ? 2 : 3;
        for (; run < runs; run++)
        {
            if (run > 0 && kind is not ("further" or "same"))
            {
                model.Dispose();
                model = Create(step);
            }

            Callback[] callbacks =
            [
                new CSVLogger(folder["log.csv"], append: true),
                new TensorBoard(folder[$"events/{run}"]),
                new EarlyStopping("loss", patience: 9, restoreBestWeights: true),
                new ModelCheckpoint(folder["best.h5"], "loss", saveBestOnly: true),
                new BackupAndRestore(folder["backup"], 2, deleteCheckpoint: deleteCheckpoint,
                    runName: kind == "named" ? $"run {run}" : null),
            ];
            int epochs = kind == "lengths" ? run + 1 : kind == "further" && run == 1 ? 4 : 2;
            int first = kind == "further" && run == 1 ? 2 : 0;
            History history = kind switch
            {
                "streams" => model.Fit(Batches(), epochs: epochs, verbose: 0, callbacks: callbacks),
                "folds" => model.Fit(Data.Numbers(32, 3, 7 + run), Y, batchSize: 8, epochs: epochs, verbose: 0, callbacks: callbacks),
                _ => model.Fit(X, Y, batchSize: 8, epochs: epochs, initialEpoch: first, verbose: 0, callbacks: callbacks),
            };
            IEnumerable<string> events =
                history.Events.Select(one => one.Message.Replace(folder.Folder, "", StringComparison.Ordinal));
            lines.Add($"{string.Join(" ", history["loss"])}; {string.Join(", ", events)}");
            lines.Add(string.Join(" ", model.GetWeights().SelectMany(weight => weight.ToArray())));
        }

        lines.Add(File.ReadAllText(folder["log.csv"]));
        lines.Add(Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(folder["best.h5"]))));
        lines.Add(string.Join(" ", Enumerable.Range(0, runs).Select(one => EventReader.ReadFolder(folder[$"events/{one}/train"]).Count())));
        model.Dispose();
        return string.Join("\n", lines);
    }

    private static IEnumerable<Batch> Batches()
    {
        for (int batch = 0; batch < Steps; batch++)
        {
            yield return new Batch(Data.Numbers(8, 3, 20 + batch), Data.Numbers(8, 1, 30 + batch));
        }
    }

    private static Sequential Create(Action step, int? dieAt = null)
    {
        var model = new Sequential(
            [new Input([3]), new Dense(4, activation: "tanh"), new Dropout(0.2), new Dense(1), new Watched(step, dieAt)], seed: 3);
        model.Compile(new Adam(0.01), "mse");
        return model;
    }

    private sealed class Watched(Action step, int? dieAt) : Layer("watched")
    {
        private int steps;

        public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

        protected override TorchSharp.torch.Tensor Call(TorchSharp.torch.Tensor x, CallContext context)
        {
            if (context.Training)
            {
                step();
                if (++steps == dieAt)
                {
                    throw new ResumedRun.DiedException();
                }
            }

            return x.alias();
        }
    }

    private static class Data
    {
        public static float[,] Numbers(int rows, int columns, int seed)
        {
            var random = new Random(seed);
            float[,] numbers = new float[rows, columns];
            for (int i = 0; i < rows; i++)
            {
                for (int j = 0; j < columns; j++)
                {
                    numbers[i, j] = random.NextSingle() - 0.5f;
                }
            }

            return numbers;
        }
    }
}
