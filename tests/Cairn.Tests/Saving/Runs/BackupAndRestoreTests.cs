using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Optimizers;
using Cairn.Saving;
using Cairn.Tests.Data;
using Cairn.Tests.EventFiles;
using static TorchSharp.torch;

namespace Cairn.Tests.Saving.Runs;

/// <summary>A run that is killed and started again ends with the same bits as an uninterrupted one.</summary>
public sealed class BackupAndRestoreTests
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

    [Fact]
    public void A_different_run_starts_fresh_if_nothing_was_trained_yet()
    {
        using var folder = new TemporaryFolder();
        using var other = new TemporaryFolder();
        Assert.Null(new ResumedRun(folder.Folder).Train(dieAtStep: 4));
        var changed = new ResumedRun(folder.Folder) { Optimizer = () => new Adam(0.03) };
        Assert.Equal(new ResumedRun(other.Folder) { Optimizer = () => new Adam(0.03) }.Train(), changed.Train());
        Assert.Null(changed.Backup!.RestoredFrom);

        // The discarded backup is not one of those that are kept.
        Assert.Null(new ResumedRun(folder.Folder).Train(dieAtStep: 4));
        Assert.Null(new ResumedRun(folder.Folder) { Optimizer = () => new Adam(0.03) }.Train(dieAtStep: 4));
        Assert.Equal(["run-000001.backup"], Directory.GetFiles(folder["backup"]).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData(2, 2, true)]
    [InlineData(2, 3, false)]
    [InlineData(null, 3, false)]
    [InlineData(null, null, true)]
    public void Weights_set_by_the_program_are_not_replaced_by_those_of_an_untrained_backup(int? first, int? second, bool goesOn)
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<ResumedRun.DiedException>(() => Train(first, dieAtStep: 0));
        (bool wentOn, float[] begun) = Train(second, dieAtStep: null);
        Assert.Equal(goesOn, wentOn);
        if (second is { } given)
        {
            Assert.All(begun, weight => Assert.Equal(given, weight));
        }

        (bool WentOn, float[] Begun) Train(int? weights, int? dieAtStep)
        {
            using var model = new Sequential([new Input([1]), new Dense(4), new Dense(1), new Bomb(dieAtStep)]);
            model.Compile("sgd", "mse");
            if (weights is { } number)
            {
                model.SetWeights(
                    [.. model.GetWeights()
                        .Select(w => NDArray.From(Enumerable.Repeat((float)number, w.ToArray().Length).ToArray(), w.Shape))]);
            }

            float[] begun = [];
            var backup = new BackupAndRestore(folder["backup"]);
            var look = new LambdaCallback(onEpochBegin: (epoch, _) => begun = epoch == 0
                ? [.. model.GetWeights().SelectMany(w => w.ToArray())] : begun);
            model.Fit(new float[4, 1], new float[4, 1], epochs: 1, verbose: 0, callbacks: [backup, look]);
            return (backup.RestoredFrom is not null, begun);
        }
    }

    [Fact]
    public void An_interrupted_run_backs_up_immediately_without_an_event()
    {
        using var folder = new TemporaryFolder();
        using var other = new TemporaryFolder();
        string whole = new ResumedRun(folder.Folder).Train()!;
        using var source = new CancellationTokenSource();
        var run = new ResumedRun(other.Folder)
        { More = [new LambdaCallback(onTrainBatchEnd: (batch, _) => { if (batch == 2) { source.Cancel(); } })] };
        string stopped = run.Train(cancellation: source.Token)!;
        Assert.Contains("training was interrupted after batch 3 of epoch 1", stopped);
        Assert.Equal("run-000001.backup", Path.GetFileName(run.Backup!.LastBackup));

        var again = new ResumedRun(other.Folder) { More = [new LambdaCallback()] };
        Assert.Equal(whole, again.Train());
    }

    [Fact]
    public void A_damaged_backup_is_replaced_by_the_previous_one_with_a_warning_that_names_both()
    {
        using var folder = new TemporaryFolder();
        using var other = new TemporaryFolder();
        string whole = new ResumedRun(folder.Folder) { SaveFreq = 2 }.Train()!;
        var run = new ResumedRun(other.Folder) { SaveFreq = 2 };
        Assert.Null(run.Train(dieAtStep: 9));
        string newest = run.Backup!.LastBackup!;
        byte[] bytes = File.ReadAllBytes(newest);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(newest, bytes);

        string error = Standard(() => Assert.Equal(whole, run.Train()));
        Assert.Contains($"The newest backup can't be used: '{newest}': its checksum is wrong", error);
        Assert.Contains($"Using the previous one, '{newest.Replace("000004", "000003", StringComparison.Ordinal)}'", error);
    }

    [Fact]
    public void A_damaged_backup_does_not_count_among_those_that_are_kept()
    {
        using var folder = new TemporaryFolder();
        var run = new ResumedRun(folder.Folder) { SaveFreq = 2 };
        Assert.Null(run.Train(dieAtStep: 9));
        File.WriteAllText(run.Backup!.LastBackup!, "");
        Standard(() => Assert.Null(run.Train(dieAtStep: 3)));
        string[] kept = Directory.GetFiles(run.Backups);
        Assert.Equal(["run-000003.backup", "run-000005.backup"], kept.Select(Path.GetFileName).Order());

        // So that there is still a previous one if the next one is damaged too.
        File.WriteAllText(run.Backup!.LastBackup!, "");
        Standard(() => Assert.NotNull(run.Train()));
    }

    [Fact]
    public void A_complete_run_continues_if_it_is_given_more_epochs()
    {
        using var folder = new TemporaryFolder();
        using var other = new TemporaryFolder();
        string whole = new ResumedRun(folder.Folder) { DeleteCheckpoint = false }.Train()!;
        Assert.NotEqual(whole, new ResumedRun(other.Folder) { DeleteCheckpoint = false, Epochs = 2 }.Train());
        Assert.Equal(whole, new ResumedRun(other.Folder) { DeleteCheckpoint = false }.Train());
    }

    [Fact]
    public void A_link_to_a_folder_elsewhere_stays_for_the_next_run()
    {
        using var folder = new TemporaryFolder();
        using var elsewhere = new TemporaryFolder();
        var run = new ResumedRun(folder.Folder) { SaveFreq = 1 };
        Directory.CreateSymbolicLink(run.Backups, elsewhere.Folder);
        Assert.Null(run.Train(dieAtStep: 3));
        Assert.Equal(2, Directory.GetFiles(elsewhere.Folder).Count(file => file.EndsWith(".backup", StringComparison.Ordinal)));
        Assert.NotNull(run.Train());
        Assert.Empty(Directory.GetFiles(elsewhere.Folder));
        Assert.True(Directory.Exists(run.Backups));
    }

    [Fact]
    public void A_best_model_that_is_damaged_between_two_processes_is_replaced_by_the_next_with_a_warning()
    {
        using var folder = new TemporaryFolder();
        var run = new ResumedRun(folder.Folder) { SaveFreq = 1 };
        Assert.Null(run.Train(dieAtStep: 14));
        File.WriteAllText(Path.Combine(folder.Folder, "best.h5"), "");
        string error = Standard(() => Assert.NotNull(run.Train()));
        Assert.Contains("ModelCheckpoint: the best model so far is lost; its value no longer needs to be improved on", error);
        Model.CheckFile(Path.Combine(folder.Folder, "best.h5"));
    }

    [Fact]
    public void If_all_backups_are_damaged_nothing_is_trained_or_deleted()
    {
        using var folder = new TemporaryFolder();
        var run = new ResumedRun(folder.Folder) { SaveFreq = 1, Keep = 1 };
        Assert.Null(run.Train(dieAtStep: 3));
        string only = Assert.Single(Directory.GetFiles(run.Backups));
        File.WriteAllText(only, "");
        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => run.Train());
        Assert.Equal($"'{only}': the file is empty. The folder has no undamaged backup. To start over, delete the folder.",
            exception.Message);
        Assert.Equal([only], Directory.GetFiles(run.Backups));
    }

    [Fact]
    public void A_backup_of_another_run_is_refused_with_all_that_differs()
    {
        using var folder = new TemporaryFolder();
        Assert.Null(new ResumedRun(folder.Folder) { SaveFreq = 1 }.Train(dieAtStep: 3));
        BackupMismatchException exception = Assert.Throws<BackupMismatchException>(() => new ResumedRun(folder.Folder)
        {
            BatchSize = 9,
            Units = 7,
            Seed = 12,
            Optimizer = () => new Adam(0.03, beta1: 0.8),
            More = [new TerminateOnNaN()],
        }.Train());
        Assert.Contains("data.batch size: 8 in the backup, 9 now", exception.Differences);
        Assert.Contains("optimizer.config.beta_1: 0.9 in the backup, 0.8 now", exception.Differences);
        Assert.Contains(exception.Differences, d => d.StartsWith("optimizer.config.learning_rate: 0.0", StringComparison.Ordinal));
        Assert.Contains(exception.Differences, d => d.EndsWith(".config.units: 6 in the backup, 7 now", StringComparison.Ordinal));
        Assert.Contains("seed: 11 in the backup, 12 now", exception.Differences);
        Assert.Contains(exception.Differences, d => d.StartsWith("callbacks: 6 in the backup, 7 now", StringComparison.Ordinal));
        Assert.Contains("run-000003.backup' belongs to a different run", exception.Message);

        // Nothing is lost: the run itself can still be resumed.
        Assert.NotNull(new ResumedRun(folder.Folder) { SaveFreq = 1 }.Train());
    }

    [Fact]
    public void A_run_with_other_class_weights_or_validations_is_refused()
    {
        using var folder = new TemporaryFolder();
        Train(new Dictionary<int, double> { [1] = 2.5 }, 1, new LambdaCallback(onEpochEnd: (_, _) => throw new InvalidDataException()));

        BackupMismatchException exception = Assert.Throws<BackupMismatchException>(
            () => Train(new Dictionary<int, double> { [1] = 3 }, (int[])[1, 3], new LambdaCallback()));

        Assert.Equal(
            ["data.weights of samples: \"class 1: 2.5\" in the backup, \"class 1: 3\" now",
                "data.validation after epochs: \"every 1\" in the backup, \"1, 3\" now"], exception.Differences);

        void Train(Dictionary<int, double> classWeight, ValidationFrequency validationFreq, Callback last)
        {
            using Sequential model = SmallData.Model();
            try
            {
                model.Fit(
                    SmallData.X, SmallData.Y, SmallData.BatchSize, epochs: 2, verbose: 0, validationSplit: 0.2, classWeight: classWeight,
                    validationFreq: validationFreq,
                    callbacks: [new BackupAndRestore(folder.Folder, saveFreq: 1), last]);
            }
            catch (CallbackException)
            {
                // The run was killed, and its backups remain.
            }
        }
    }

    [Fact]
    public void As_many_backups_are_kept_as_asked_for()
    {
        using var folder = new TemporaryFolder();
        var run = new ResumedRun(folder.Folder) { SaveFreq = 1, Keep = 3 };
        Assert.Null(run.Train(dieAtStep: 12));
        Assert.Equal(["run-000010.backup", "run-000011.backup", "run-000012.backup"],
            Directory.GetFiles(run.Backups).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_run_that_a_callback_ends_with_an_exception_keeps_its_backup()
    {
        using var folder = new TemporaryFolder();
        var run = new ResumedRun(folder.Folder)
        { More = [new LambdaCallback(onEpochEnd: (epoch, _) => { if (epoch == 2) { throw new InvalidDataException(); } })] };
        Assert.Throws<CallbackException>(() => run.Train());
        Assert.Equal(2, Directory.GetFiles(run.Backups).Length);
    }

    [Fact]
    public void Two_runs_do_not_share_a_folder()
    {
        using var folder = new TemporaryFolder();
        string? message = null;
        var second = new ResumedRun(folder.Folder);
        var run = new ResumedRun(folder.Folder)
        {
            More = [new LambdaCallback(onTrainBegin: _ => message = Assert.Throws<IOException>(() => second.Train()).Message)],
        };
        Assert.NotNull(run.Train());
        Assert.Equal($"The folder '{run.Backups}' is in use by another training; each run needs its own folder.", message);
    }

    [Fact]
    public void Temporary_files_of_a_killed_process_are_removed_at_the_next_start()
    {
        using var folder = new TemporaryFolder();
        var run = new ResumedRun(folder.Folder);
        Assert.Null(run.Train(dieAtStep: 7));
        string rubbish = Path.Combine(run.Backups, AtomicFile.TemporaryPrefix("run-000009.backup") + "0123456789ab");
        File.WriteAllText(rubbish, "half");
        Assert.Null(run.Train(dieAtStep: 0));
        Assert.False(File.Exists(rubbish));
    }

    [Fact]
    public void Out_of_memory_names_the_last_backup_and_how_to_resume()
    {
        using var folder = new TemporaryFolder();
        using var model = new Sequential([new Input([1]), new Dense(1), new Hungry(5)], seed: 1);
        model.Compile("sgd", "mse");
        float[,] x = new float[12, 1];
        OutOfMemoryException exception = Assert.Throws<OutOfMemoryException>(
            () => model.Fit(x, x, batchSize: 3, epochs: 2, verbose: 0, callbacks: [new BackupAndRestore(folder["backup"], saveFreq: 1)]));
        Assert.Equal(
            $"Out of memory in epoch 2, batch 2. The last backup, '{folder["backup/run-000005.backup"]}', is complete: run the same "
                + "program again to resume from it.",
            exception.Message);
        exception = Assert.Throws<OutOfMemoryException>(() => model.Fit(x, x, batchSize: 3, verbose: 0));
        Assert.Contains("Use smaller batches", exception.Message);
    }

    [Fact]
    public void Resuming_is_printed_and_the_progress_bar_continues_within_the_epoch()
    {
        using var folder = new TemporaryFolder();
        float[,] x = new float[12, 1];
        string Train(int stopAfter)
        {
            using var model = new Sequential([new Input([1]), new Dense(1)], seed: 1);
            model.Compile("sgd", "mse");
            var output = new StringWriter();
            model.Output = output;
            using var source = new CancellationTokenSource();
            var stop = new LambdaCallback(onTrainBatchEnd: (batch, _) => { if (batch == stopAfter) { source.Cancel(); } });
            model.Fit(x, x, batchSize: 3, epochs: 2, verbose: 2, callbacks: [stop, new BackupAndRestore(folder["backup"])],
                cancellationToken: source.Token);
            return output.ToString();
        }

        Train(1);
        string[] lines = Train(9).Split('\n');
        Assert.Equal($"Resuming from the backup {folder["backup/run-000001.backup"]} (epoch 1, after batch 2)", lines[0]);
        Assert.Equal("Epoch 1/2", lines[1]);
        Assert.StartsWith("4/4 - 0s", lines[2]);
        Assert.Equal("Epoch 2/2", lines[3]);
    }

    [Fact]
    public void Backups_that_fail_in_the_background_end_the_training_after_the_next_batch_or_at_the_end()
    {
        foreach (BackupFrequency frequency in (BackupFrequency[])[1, 22])
        {
            using var folder = new TemporaryFolder();
            FileSystem.Current = new FaultyFileSystem(8, () => new IOException("No space left on device"), lasting: true)
            { Only = "backup" };
            var run = new ResumedRun(folder.Folder) { SaveFreq = frequency, Asynchronous = true };
            Assert.Equal("No space left on device", Assert.Throws<IOException>(() => run.Train()).Message);
            FileSystem.Current = new FaultyFileSystem(0);
        }
    }

    [Fact]
    public void Backups_that_cannot_be_written_end_the_training_or_only_warn()
    {
        using var folder = new TemporaryFolder();
        using var other = new TemporaryFolder();
        string whole = new ResumedRun(folder.Folder).Train()!;
        static Exception Full() => new IOException("No space left on device");
        FileSystem.Current = new FaultyFileSystem(8, Full, lasting: true) { Only = "backup" };
        var run = new ResumedRun(other.Folder) { OnError = "warn" };
        Assert.Equal(whole, run.Train());
        Assert.Null(run.Backup!.LastBackup);
        FileSystem.Current = new FaultyFileSystem(8, Full, lasting: true) { Only = "backup" };
        Assert.Equal("No space left on device", Assert.Throws<IOException>(() => new ResumedRun(other.Folder).Train()).Message);
    }

    [Fact]
    public void One_run_has_one_backup()
    {
        using var folder = new TemporaryFolder();
        var run = new ResumedRun(folder.Folder) { More = [new BackupAndRestore(folder["other"])] };
        Assert.Contains("Only one BackupAndRestore is allowed per run; the list has 2",
            Assert.Throws<ArgumentException>(() => run.Train()).Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_frequency_is_at_least_one(int batches)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => (BackupFrequency)batches);
        Assert.Throws<ArgumentOutOfRangeException>(() => (BackupFrequency)TimeSpan.FromSeconds(batches));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BackupAndRestore("x", keep: batches));
        Assert.Contains("'epoch', a number of batches", Assert.Throws<ArgumentException>(() => (BackupFrequency)"batch").Message);
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
