using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Optimizers;
using Cairn.Saving;
using Cairn.Tests.Data;
using Cairn.Tests.EventFiles;
using static TorchSharp.torch;

namespace Cairn.Tests.Saving.Runs;

// Which backups are used, kept, replaced or refused, and what happens when they fail.
public sealed partial class BackupAndRestoreTests
{
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
}
