using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Optimizers;
using Cairn.Saving;
using Cairn.Tests.Data;
using Cairn.Tests.EventFiles;
using static TorchSharp.torch;

namespace Cairn.Tests.Saving.Runs;

/// <summary>A run that is killed and started again ends with the same bits as an uninterrupted one.</summary>
public sealed partial class BackupAndRestoreTests
{
    public static TheoryData<string, string> Optimizers
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string optimizer in (string[])["adam", "averages", "accumulation", "schedule", "nadam", "scaled",
                "scaled dynamically"])
            {
                foreach (string frequency in (string[])["epoch", "1", "3", "time", "behind"])
                {
                    data.Add(optimizer, frequency);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void A_run_killed_three_times_ends_with_the_same_bits(string optimizer, string frequency)
    {
        using var folder = new TemporaryFolder();
        using var other = new TemporaryFolder();
        string whole = Create(folder, optimizer, frequency).Train()!;

        ResumedRun run = Create(other, optimizer, frequency);
        Assert.Null(run.Train(dieAtStep: 13));
        Assert.Null(run.Train(dieAtStep: 4));
        Assert.Null(run.Train(dieAtStep: 1));
        Assert.Equal(whole, run.Train());
        Assert.NotNull(run.Backup!.RestoredFrom);
        Assert.False(Directory.Exists(run.Backups));
    }

    [Fact]
    public void Killed_at_any_step_it_ends_with_the_same_bits()
    {
        using var folder = new TemporaryFolder();
        string whole = Create(folder, "adam", "2").Train()!;
        for (int step = 0; step <= ResumedRun.BatchesPerEpoch * 3; step++)
        {
            using var other = new TemporaryFolder();
            ResumedRun run = Create(other, "adam", "2");
            Assert.Null(run.Train(dieAtStep: step));
            Assert.Equal(whole, run.Train());
        }
    }

    [Theory]
    [InlineData("epoch")]
    [InlineData("2")]
    public void The_event_files_of_a_killed_run_equal_those_of_an_uninterrupted_one(string frequency)
    {
        using var folder = new TemporaryFolder();
        Assert.NotNull(Start(folder).Train());
        foreach (int step in (int[])[7, 13])
        {
            using var other = new TemporaryFolder();
            Assert.Null(Start(other).Train(dieAtStep: step));
            Assert.Null(Start(other).Train(dieAtStep: 6));
            Assert.NotNull(Start(other).Train());
            foreach (string run in (string[])["train", "validation"])
            {
                Assert.Single(EventReader.FilesIn(other[Path.Combine("logs", run)]));
                Assert.Equal(Events(folder, run), Events(other, run));
            }
        }

        ResumedRun Start(TemporaryFolder where) => new(where.Folder)
        {
            SaveFreq = frequency == "epoch" ? "epoch" : int.Parse(frequency, System.Globalization.CultureInfo.InvariantCulture),
            More = [new TensorBoard(where["logs"], histogramFreq: 2, updateFreq: 2)],
        };

        static List<string> Events(TemporaryFolder where, string run) =>
        [
            .. EventReader.ReadFolder(where[Path.Combine("logs", run)]).SelectMany(happened => happened.Values.Select(value =>
                $"{value.Tag} {happened.Step}: {string.Join(" ", value.Floats)} {string.Join(" ", value.Doubles)} {string.Join(" ", value.Strings.Select(Convert.ToHexString))}")),
        ];
    }

    [Theory]
    [InlineData("gathered gradients")]
    [InlineData("unfrozen layers")]
    [InlineData("averaged weights")]
    [InlineData("moving average")]
    [InlineData("several monitors")]
    [InlineData("swapped averages")]
    [InlineData("watched gradients")]
    [InlineData("restored at reductions")]
    [InlineData("rate by epoch")]
    [InlineData("rates that are tried")]
    [InlineData("timer")]
    public void Changes_made_by_callbacks_are_resumed_too(string what)
    {
        using var folder = new TemporaryFolder();
        string whole = Start(folder).Train()!;
        foreach (int step in (int[])[1, 7, 11, 13, 18, 22])
        {
            // Each process has its own callbacks.
            using var other = new TemporaryFolder();
            Assert.Null(Start(other).Train(dieAtStep: step));
            Assert.Equal(whole, Start(other).Train());
        }

        ResumedRun Start(TemporaryFolder where) => new(where.Folder)
        {
            SaveFreq = 1,
            Frozen = what == "unfrozen layers" ? "dense" : null,
            Optimizer = () => what == "swapped averages" ? new Adam(0.02, useEma: true, emaMomentum: 0.9) : new Adam(0.02),
            More = what switch
            {
                "rates that are tried" => [new LearningRateFinder(minLr: 1e-4, maxLr: 0.1, steps: 24, divergence: 1e6)],
                "rate by epoch" => [new LearningRateScheduler((_, rate) => rate * 0.9)],
                "timer" => [new TrainingTimer(TimeSpan.FromHours(9))],
                "gathered gradients" => [new GradientAccumulation(new Dictionary<int, int> { [0] = 2, [2] = 3, [4] = 1 })],
                "unfrozen layers" => [new UnfreezeLayers(2, learningRate: 0.005)],
                "averaged weights" => [new WeightAveraging(startEpoch: 1)],
                "moving average" => [new WeightAveraging(startEpoch: 1, decay: 0.9, everyBatches: 2)],
                "swapped averages" => [new SwapEMAWeights(swapOnEpoch: true)],
                "watched gradients" => [new GradientMonitor(freq: 2, perLayer: true)],
                "several monitors" => [new EarlyStopping(patience: 2, monitors: ["val_loss", "val_mae", "loss"], minDelta: 0.05)],
                _ => [new ReduceLROnPlateau("loss", factor: 0.5, patience: 1, minDelta: 0.2, restoreBestWeights: true)],
            },
        };
    }

    [Fact]
    public void Epochs_shorter_than_the_data_continue_in_the_same_sample_order()
    {
        using var folder = new TemporaryFolder();
        using var other = new TemporaryFolder();
        string whole = new ResumedRun(folder.Folder) { SaveFreq = 1, StepsPerEpoch = 3 }.Train()!;
        var run = new ResumedRun(other.Folder) { SaveFreq = 1, StepsPerEpoch = 3 };
        Assert.Null(run.Train(dieAtStep: 7));
        Assert.Equal(whole, run.Train());
    }

    [Fact]
    public void Stateful_recurrent_layers_resume_with_their_saved_states()
    {
        using var folder = new TemporaryFolder();
        double[] Train(string backup, int? dieAtStep)
        {
            using var model = new Sequential(
                [new Input([3, 2], batchSize: 4), new Bidirectional(new LSTM(3, returnSequences: true, stateful: true)),
                    new GRU(2, stateful: true), new Bomb(dieAtStep)],
                seed: 4);
            model.Compile(new Adam(0.05), "mse");
            float[,,] x = new float[24, 3, 2];
            for (int i = 0; i < 24; i++)
            {
                (x[i, 0, 0], x[i, 1, 1], x[i, 2, 0]) = (MathF.Sin(i), MathF.Cos(i), i / 24f);
            }

            History history = model.Fit(x, new float[24, 2], batchSize: 4, epochs: 3, verbose: 0, shuffle: false,
                callbacks: [new BackupAndRestore(folder[backup], 1)]);
            return [.. history["loss"]];
        }

        double[] whole = Train("whole", null);
        Assert.Throws<ResumedRun.DiedException>(() => Train("parts", 9));
        Assert.Equal(whole, Train("parts", null));
    }

    [Fact]
    public void A_drawn_seed_is_restored()
    {
        using var folder = new TemporaryFolder();
        var run = new ResumedRun(folder.Folder) { Seed = null, SaveFreq = 4, DeleteCheckpoint = false };
        Assert.Null(run.Train(dieAtStep: 9));
        string first = run.Train()!;

        // The backup of the complete run restores its end, without training.
        Assert.Equal(first, run.Train(dieAtStep: 0));
    }

    [Fact]
    public void A_run_killed_before_the_first_scheduled_backup_resumes_with_its_seed_and_its_logs()
    {
        using var folder = new TemporaryFolder();
        ResumedRun Start() =>
            new(folder.Folder)
            {
                Seed = null,
                More = [new CSVLogger(folder["all.csv"], append: true), new TensorBoard(folder["events"], updateFreq: 1)]
            };
        File.WriteAllText(folder["all.csv"], "of an earlier run\n");

        // Killed at its first step, in its first epoch, and again: each resumes from the first backup.
        Assert.Null(Start().Train(dieAtStep: 1));
        byte[] start = File.ReadAllBytes(folder["backup/run-000000.backup"]);
        Assert.Null(Start().Train(dieAtStep: 4));
        Assert.Equal(start, File.ReadAllBytes(folder["backup/run-000000.backup"]));
        ResumedRun last = Start();
        string whole = last.Train()!;
        Assert.Equal(folder["backup/run-000000.backup"], last.Backup!.RestoredFrom);

        string[] rows = File.ReadAllLines(folder["all.csv"]);
        Assert.Equal(["of an earlier run", "0,", "1,", "2,"], rows.Take(4).Select((row, i) => i == 0 ? row : row[..2]));
        foreach (string run in (string[])["train", "validation", ""])
        {
            Assert.Single(Directory.GetFiles(folder[Path.Combine("events", run)]));
        }

        Assert.Single(EventReader.ReadFolder(folder["events/train"]),
            happened => happened.Values.Any(value => value.Tag == "batch_loss" && happened.Step == 1));
        Assert.Single(EventReader.ReadFolder(folder["events/train"]),
            happened => happened.Values.Any(value => value.Tag == "model_summary"));

        // The drawn seed is that of the uninterrupted run.
        Directory.CreateDirectory(folder["backup"]);
        File.WriteAllBytes(folder["backup/run-000000.backup"], start);
        Directory.Delete(folder["events"], recursive: true);
        Assert.Equal(whole, Start().Train());
    }

    private static ResumedRun Create(TemporaryFolder folder, string optimizer, string frequency) => new(folder.Folder)
    {
        SaveFreq = frequency switch
        {
            "epoch" => "epoch",
            "time" => TimeSpan.FromTicks(1),
            "behind" => 1,
            _ =>
            int.Parse(frequency, System.Globalization.CultureInfo.InvariantCulture)
        },
        Optimizer = optimizer switch
        {
            "averages" => () => new Adam(0.02, useEma: true, emaMomentum: 0.9, emaOverwriteFrequency: 7),
            "accumulation" => () => new SGD(0.05, momentum: 0.9, gradientAccumulationSteps: 3),
            "scaled" => () => new RMSprop(0.01, lossScaleFactor: 128, weightDecay: 0.01),
            "scaled dynamically" =>
                () => new LossScaleOptimizer(new Adam(0.02, useEma: true), initialScale: Math.Pow(2, 127), dynamicGrowthSteps: 2),
            "nadam" => () => new Nadam(0.02),
            _ => () => new Adam(0.02),
        },
        Asynchronous = frequency == "behind",
        Scheduled = optimizer == "schedule",
    };

    // Warnings go to standard error, which the tests share.
    private static string Standard(Action act)
    {
        TextWriter before = Console.Error;
        var text = new StringWriter();
        Console.SetError(TextWriter.Synchronized(text));
        try
        {
            act();
        }
        finally
        {
            Console.SetError(before);
        }

        return text.ToString();
    }

    private sealed class Hungry(int step) : Layer("hungry")
    {
        private int steps;

        public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

        protected override Tensor Call(Tensor x, CallContext context) =>
            context.Training && ++steps > step
            ? throw new System.Runtime.InteropServices.ExternalException("DefaultCPUAllocator: can't allocate memory") : x.alias();
    }
}
