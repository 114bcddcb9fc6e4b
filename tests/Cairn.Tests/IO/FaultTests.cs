using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Saving;
using Cairn.Saving.Runs;
using Cairn.Tests.EventFiles;
using Cairn.Tests.Saving.Runs;

namespace Cairn.Tests.Saving;

/// <summary>Whichever call of a save fails, in any way: what could be loaded before can be loaded afterwards, and the model is
/// unchanged.</summary>
public sealed class FaultTests
{
    private static readonly Dictionary<string, Func<Exception>> Faults = new()
    {
        ["disk full"] = () => new IOException("No space left on device"),
        ["read-only"] = () => new IOException("Read-only file system"),
        ["permission lost"] = () => new UnauthorizedAccessException("Access to the path is denied."),
        ["folder deleted"] = () => new DirectoryNotFoundException("Could not find a part of the path"),
        ["target is a folder"] = () => new IOException("Is a directory"),
        ["path too long"] = () => new PathTooLongException("The specified file name or path is too long"),
        ["disk failed"] = () => new IOException("Input/output error"),
    };

    public static TheoryData<string, string> Cases
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string name in (string[])["model.h5", "model.keras", "model.weights.h5", "model.safetensors", "model.dat"])
            {
                foreach (string fault in Faults.Keys)
                {
                    data.Add(name, fault);
                }
            }

            return data;
        }
    }

    public static TheoryData<string> Kinds => [.. Faults.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_model_file_is_complete_after_any_failed_call_of_a_save(string name, string fault)
    {
        using var folder = new TemporaryFolder();
        using Sequential model = Create(1);
        Fill(model, 1);
        Save(model, folder[name]);
        byte[] before = File.ReadAllBytes(folder[name]);
        Fill(model, 2);
        foreach (int call in CallsOf(() => Save(model, folder[name])))
        {
            foreach (bool lasting in (bool[])[false, true])
            {
                File.WriteAllBytes(folder[name], before);
                var files = new FaultyFileSystem(call, Faults[fault], lasting);
                Exception? thrown = With(files, () => Save(model, folder[name]));

                if (thrown is not null)
                {
                    Assert.True(thrown is IOException or UnauthorizedAccessException, $"call {call} ({files.Failed}): {thrown}");
                }

                Assert.Equal(2, Value(model));

                // After the rename the new model is in place, although it might not survive a power failure yet.
                Assert.Equal(thrown is null || files.Renamed ? 2 : 1, Loaded(folder[name]));
                Assert.Null(With(new FaultyFileSystem(0), () => Save(model, folder[name])));
                Assert.Equal(2, Loaded(folder[name]));
                Assert.Equal([name], Directory.EnumerateFileSystemEntries(folder.Folder).Select(Path.GetFileName));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_backup_is_complete_after_any_failed_call_of_the_next_one(string fault)
    {
        using var folder = new TemporaryFolder();
        using var count = new BackupFolder(folder["a"], keep: 1);
        count.Open();
        count.Write(Snapshot("0"));
        foreach (int call in CallsOf(() => count.Write(Snapshot("1"))))
        {
            foreach (bool lasting in (bool[])[false, true])
            {
                using var backups = new BackupFolder(folder["b"], keep: 1);
                backups.Open();
                With(new FaultyFileSystem(0), () => backups.Write(Snapshot("before")));
                var files = new FaultyFileSystem(call, Faults[fault], lasting);
                Exception? thrown = With(files, () => backups.Write(Snapshot("after")));
                string found = backups.ReadNewest(_ => Assert.Fail("no backup is damaged"))!.Value.Snapshot.Identity;
                Assert.Equal(thrown is null || files.Renamed ? "after" : "before", found);
                Assert.Null(With(new FaultyFileSystem(0), () => backups.Write(Snapshot("later"))));
                backups.Dispose();
                Assert.Single(Directory.EnumerateFileSystemEntries(folder["b"]));
                Directory.Delete(folder["b"], recursive: true);
            }
        }
    }

    /// <summary>The files of a run that have to survive; the word is part of their paths.</summary>
    public static TheoryData<string> FilesOfARun => ["log.csv", "events.out", "best.h5", "backup"];

    [Theory]
    [MemberData(nameof(FilesOfARun))]
    public void A_run_that_fails_at_any_file_system_call_resumes_and_ends_like_one_without_a_failure(string word)
    {
        using var folder = new TemporaryFolder();
        var counting = new FaultyFileSystem(0) { Only = word };
        string whole = "";
        Assert.Null(With(counting, () => whole = Start(folder).Train()!));
        List<string> events = EventsOf(folder);
        Func<Exception>[] faults = [.. Faults.Values];
        int wentOn = 0;

        // All calls for files with few calls, those of the first two saves for the others; the kinds of failure alternate.
        for (int call = 1; call <= Math.Min(counting.Calls.Count, 60); call++)
        {
            using var other = new TemporaryFolder();
            Exception? thrown = With(new FaultyFileSystem(call, faults[call % faults.Length], lasting: true) { Only = word },
                () => Start(other).Train());
            if (thrown is not null)
            {
                Assert.True(thrown is IOException or UnauthorizedAccessException, $"call {call}: {thrown}");
            }

            string? again = null;
            ResumedRun second = Start(other);
            thrown = With(new FaultyFileSystem(0), () => again = second.Train());
            Assert.True(thrown is null, $"call {call}: {thrown}");
            Assert.True(whole == again, $"call {call}, {counting.Calls[call - 1]}: the run ended otherwise");
            Assert.Empty(Directory.EnumerateFiles(other.Folder, ".*.cairn-tmp-*", SearchOption.AllDirectories));

            // A run that failed before its first backup has closed its event files; the second run starts new ones.
            if (second.Backup!.RestoredFrom is null)
            {
                continue;
            }

            Assert.True(events.SequenceEqual(EventsOf(other)),
                $"call {call}, {counting.Calls[call - 1]}: the event files hold something else");
            wentOn++;
        }

        Assert.True(wentOn > 0, "no run went on");

        static ResumedRun Start(TemporaryFolder where) =>
            new(where.Folder) { SaveFreq = 2, More = [new TensorBoard(where["events"], updateFreq: 2)] };

        static List<string> EventsOf(TemporaryFolder where) =>
            [.. ((string[])["train", "validation"]).SelectMany(run => EventReader.ReadFolder(where[Path.Combine("events", run)]))
            .SelectMany(happened =>
            happened.Values.Select(value =>
            $"{value.Tag} {happened.Step}: {string.Join(" ", value.Floats)} {string.Join(" ", value.Doubles)}"))];
    }

    [Fact]
    public void A_row_or_record_is_never_half_written()
    {
        using var folder = new TemporaryFolder();
        using var file = new FileStream(folder["log"], FileMode.Create, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        var full = new HalfWriting();
        FileSystem.Current.Append(file, "first\n"u8);
        Assert.Throws<IOException>(() => full.Append(file, "second\n"u8));
        Assert.True(full.Wrote > 0);
        FileSystem.Current.Append(file, "third\n"u8);
        file.Dispose();
        Assert.Equal("first\nthird\n", File.ReadAllText(folder["log"]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_training_with_onError_warn_ends_like_one_without_a_failure(bool asynchronous)
    {
        using var folder = new TemporaryFolder();
        using Sequential model = Create(1);
        using Sequential other = Create(1);
        var error = new List<string>();
        var whole = new ModelCheckpoint(folder["whole.h5"], monitor: "loss", saveBestOnly: true);
        Train(model, whole);
        var checkpoint = new ModelCheckpoint(folder["best.h5"], monitor: "loss", saveBestOnly: true, onError: "warn",
            asynchronous: asynchronous);
        History history = null!;

        // The disk is full while the first save is written.
        Assert.Null(With(new FaultyFileSystem(6, Faults["disk full"]), () => history = Train(other, checkpoint)));
        TrainingEvent warning = Assert.Single(history.Events, e => e.Kind == EventKind.Warning);
        Assert.Contains("ModelCheckpoint could not save; training continues: No space left on device", warning.Message);
        Assert.Equal(File.ReadAllBytes(folder["whole.h5"]), File.ReadAllBytes(folder["best.h5"]));
        Assert.Equal(model.GetWeights().Select(w => w.ToArray()), other.GetWeights().Select(w => w.ToArray()));
    }

    [Fact]
    public void The_best_value_is_that_of_a_saved_file_so_that_a_failed_save_does_not_block_the_next()
    {
        using var folder = new TemporaryFolder();
        using Sequential model = Create(1);
        var checkpoint = new ModelCheckpoint(folder["best.h5"], saveBestOnly: true, onError: "warn");
        var list = new CallbackList([checkpoint], model, new CallbackParams { Error = TextWriter.Null });
        list.OnTrainBegin();
        list.OnEpochEnd(0, new([new("val_loss", 3)]));
        With(new FaultyFileSystem(4, Faults["disk full"]), () => list.OnEpochEnd(1, new([new("val_loss", 1)])));
        Assert.Equal(3, checkpoint.Best);
        Fill(model, 2);
        list.OnEpochEnd(2, new([new("val_loss", 2)]));
        Assert.Equal(2, Loaded(folder["best.h5"]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_training_with_onError_stop_throws_at_the_next_hook_or_at_the_end(bool asynchronous)
    {
        using var folder = new TemporaryFolder();
        foreach (int epochs in (int[])[1, 4])
        {
            using Sequential model = Create(1);
            var checkpoint = new ModelCheckpoint(folder["{epoch}.h5"], monitor: "loss", asynchronous: asynchronous);
            Exception? thrown = With(new FaultyFileSystem(6, Faults["disk full"]), () => Train(model, checkpoint, epochs));
            Assert.Contains("No space left on device", Assert.IsType<IOException>(thrown).Message);
            Assert.Empty(Directory.GetFiles(folder.Folder, ".*"));
        }
    }

    [Fact]
    public void A_save_is_retried_until_the_disk_works_again()
    {
        using var folder = new TemporaryFolder();
        using Sequential model = Create(1);
        Assert.Null(With(new FaultyFileSystem(6, Faults["disk full"]),
            () => Train(model, new ModelCheckpoint(folder["best.h5"], "loss", onError: "retry"), 1)));
        Assert.True(File.Exists(folder["best.h5"]));
    }

    [Theory]
    [InlineData("stop")]
    [InlineData("warn")]
    public void A_folder_in_place_of_the_file_and_a_too_long_path_give_clear_messages(string policy)
    {
        using var folder = new TemporaryFolder();
        using Sequential model = Create(1);
        Directory.CreateDirectory(folder["best.h5"]);
        string tooLong = folder[new string('x', 300) + ".h5"];
        foreach ((string path, string words) in ((string, string)[])[(folder["best.h5"], "it is a folder"),
            (tooLong, "longer than the file system allows")])
        {
            History? history = null;
            var checkpoint = new ModelCheckpoint(path, monitor: "loss", onError: policy);
            Exception? thrown = Record.Exception(() => history = Train(model, checkpoint, 1));
            Assert.Contains(words, policy == "stop" ? Assert.IsType<IOException>(thrown, exactMatch: false).Message
                : Assert.Single(history!.Events).Message);
        }
    }

    [Fact]
    public void A_folder_that_is_deleted_while_training_is_made_again()
    {
        using var folder = new TemporaryFolder();
        using Sequential model = Create(1);
        var vandal = new LambdaCallback(onEpochEnd: (epoch, _) =>
        {
            if (epoch > 0)
            {
                Directory.Delete(folder["models"], recursive: true);
            }
        });
        Train(model, new CallbackList([vandal], null), new ModelCheckpoint(folder["models/{epoch}.h5"], monitor: "loss"), 3);
        Assert.Equal(["3.h5"], Directory.GetFiles(folder["models"]).Select(Path.GetFileName));
    }

    [Fact]
    public void Temporary_files_of_a_killed_save_are_removed_when_the_next_training_begins()
    {
        using var folder = new TemporaryFolder();
        using Sequential model = Create(1);
        string rubbish = folder[AtomicFile.TemporaryPrefix("of-another-epoch.h5") + "0123456789ab"];
        File.WriteAllText(rubbish, "half");
        string others = folder[".hidden"];
        File.WriteAllText(others, "mine");
        Train(model, new ModelCheckpoint(folder["{epoch}.h5"], monitor: "loss"), 1);
        Assert.False(File.Exists(rubbish));
        Assert.True(File.Exists(others));
    }

    private static History Train(Model model, ModelCheckpoint checkpoint, int epochs = 3) =>
        Train(model, new CallbackList([], null), checkpoint, epochs);

    private static History Train(Model model, CallbackList first, ModelCheckpoint checkpoint, int epochs) => model.Fit(
        new float[,] { { 1, 2 }, { 3, 4 } }, new float[,] { { 1 }, { 2 } }, epochs: epochs, verbose: 0, callbacks: [first, checkpoint]);

    private static Exception? With(FileSystem files, Action act)
    {
        FileSystem.Current = files;
        try
        {
            return Record.Exception(act);
        }
        finally
        {
            FileSystem.Current = new FaultyFileSystem(0);
        }
    }

    private static IEnumerable<int> CallsOf(Action save)
    {
        var files = new FaultyFileSystem(0);
        Assert.Null(With(files, save));
        Assert.Subset(files.Calls.ToHashSet(), new HashSet<string> { "list", "open", "write", "flush", "rename", "flush folder" });
        return Enumerable.Range(1, files.Calls.Count);
    }

    private static Sequential Create(long seed)
    {
        var model = new Sequential([new Input([2]), new Dense(1)], seed: seed);
        model.Compile(new Cairn.Optimizers.SGD(0.001), "mse");
        return model;
    }

    private static RunSnapshot Snapshot(string identity) => new() { Identity = identity, Variables = [WeightData.Scalar("w", 1f)] };

    private static void Save(Model model, string path)
    {
        if (!ModelFile.Named(path)!.HoldsModel)
        {
            model.SaveWeights(path);
        }
        else
        {
            model.Save(path);
        }
    }

    private static void Fill(Model model, float value) =>
        model.SetWeights(
        [.. model.Weights.Select(w => NDArray.From(Enumerable.Repeat(value, (int)w.Shape.ElementCount).ToArray(), w.Shape))]);

    private static double Value(Model model) => model.GetWeights().SelectMany(w => w.ToArray()).Distinct().Single();

    private static double Loaded(string path)
    {
        if (ModelFile.Named(path)!.HoldsModel)
        {
            using var whole = Model.Load(path);
            return Value(whole);
        }

        using Sequential model = Create(2);
        model.LoadWeights(path);
        return Value(model);
    }

    /// <summary>A disk that becomes full in the middle of a write.</summary>
    private sealed class HalfWriting : FileSystem
    {
        public long Wrote { get; private set; }

        public override Stream Writing(FileStream file)
        {
            file.Write("sec"u8);
            Wrote = file.Length;
            throw new IOException("No space left on device");
        }
    }
}
