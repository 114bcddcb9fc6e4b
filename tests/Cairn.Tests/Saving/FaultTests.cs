using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Saving;
using Cairn.Saving.Runs;

namespace Cairn.Tests.Saving;

/// <summary>Whatever call of a save fails, and however: what could be loaded before can be loaded after, and the model is as it was.</summary>
public sealed class FaultTests
{
    private static readonly Dictionary<string, Func<Exception>> Faults = new()
    {
        ["disk full"] = () => new IOException("No space left on device"),
        ["read-only"] = () => new IOException("Read-only file system"),
        ["permission lost"] = () => new UnauthorizedAccessException("Access to the path is denied."),
        ["folder deleted"] = () => new DirectoryNotFoundException("Could not find a part of the path"),
        ["disk failed"] = () => new IOException("Input/output error"),
    };

    public static TheoryData<string, string, bool> Cases
    {
        get
        {
            var data = new TheoryData<string, string, bool>();
            foreach (string name in (string[])["model.h5", "model.keras", "model.weights.h5"])
            {
                foreach (string fault in Faults.Keys)
                {
                    data.Add(name, fault, false);
                    data.Add(name, fault, true);
                }
            }

            return data;
        }
    }

    public static TheoryData<string> Kinds => [.. Faults.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_model_is_whole_under_its_name_after_any_call_of_a_save_failed(string name, string fault, bool lasting)
    {
        using var folder = new TemporaryFolder();
        using Sequential model = Create(1);
        foreach (int call in CallsToFail(() => Save(model, folder[name])))
        {
            Fill(model, 1);
            Save(model, folder[name]);
            Fill(model, 2);
            var files = new FaultyFileSystem(call, Faults[fault], lasting);
            Exception? thrown = With(files, () => Save(model, folder[name]));

            if (thrown is not null) Assert.True(thrown is IOException or UnauthorizedAccessException, $"call {call} ({files.Failed}): {thrown}");
            Assert.Equal(2, Value(model));

            // Once the name is changed the new model is there, though it is not certain yet that it would survive a power failure.
            Assert.Equal(thrown is null || files.Renamed ? 2 : 1, Loaded(folder[name]));
            Save(model, folder[name]);
            Assert.Equal(2, Loaded(folder[name]));
            Assert.Equal([name], Directory.EnumerateFileSystemEntries(folder.Folder).Select(Path.GetFileName));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_backup_is_whole_after_any_call_of_the_next_one_failed(string fault)
    {
        using var folder = new TemporaryFolder();
        using var count = new BackupFolder(folder["a"], keep: 1);
        count.Open();
        count.Write(Snapshot("0"));
        foreach (int call in CallsToFail(() => count.Write(Snapshot("1"))))
        {
            using var backups = new BackupFolder(folder["b"], keep: 1);
            backups.Open();
            backups.Write(Snapshot("before"));
            var files = new FaultyFileSystem(call, Faults[fault]);
            Exception? thrown = With(files, () => backups.Write(Snapshot("after")));
            string found = backups.ReadNewest(_ => Assert.Fail("no backup is damaged"))!.Value.Snapshot.Identity;
            Assert.Equal(thrown is null || files.Renamed ? "after" : "before", found);
            backups.Write(Snapshot("later"));
            backups.Dispose();
            Assert.Single(Directory.EnumerateFileSystemEntries(folder["b"]));
            Directory.Delete(folder["b"], recursive: true);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_training_that_only_warns_ends_as_if_nothing_had_failed(bool asynchronous)
    {
        using var folder = new TemporaryFolder();
        using Sequential model = Create(1);
        using Sequential other = Create(1);
        var error = new List<string>();
        var whole = new ModelCheckpoint(folder["whole.h5"], monitor: "loss", saveBestOnly: true);
        Train(model, whole);
        var checkpoint = new ModelCheckpoint(folder["best.h5"], monitor: "loss", saveBestOnly: true, onError: "warn", asynchronous: asynchronous);
        History history = null!;

        // The disk is full while the first save is written.
        Assert.Null(With(new FaultyFileSystem(6, Faults["disk full"]), () => history = Train(other, checkpoint)));
        TrainingEvent warning = Assert.Single(history.Events, e => e.Kind == EventKind.Warning);
        Assert.Contains("ModelCheckpoint could not save, and goes on: No space left on device", warning.Message);
        Assert.Equal(File.ReadAllBytes(folder["whole.h5"]), File.ReadAllBytes(folder["best.h5"]));
        Assert.Equal(model.GetWeights().Select(w => w.ToArray()), other.GetWeights().Select(w => w.ToArray()));
    }

    [Fact]
    public void The_best_value_is_that_of_a_file_so_that_what_could_not_be_saved_does_not_stand_in_the_way()
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
    public void A_training_that_stops_tells_why_at_the_next_hook_or_at_the_end(bool asynchronous)
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
    public void A_disk_that_comes_back_is_tried_again()
    {
        using var folder = new TemporaryFolder();
        using Sequential model = Create(1);
        Assert.Null(With(new FaultyFileSystem(6, Faults["disk full"]), () => Train(model, new ModelCheckpoint(folder["best.h5"], "loss", onError: "retry"), 1)));
        Assert.True(File.Exists(folder["best.h5"]));
    }

    [Theory]
    [InlineData("stop")]
    [InlineData("warn")]
    public void A_folder_in_place_of_the_file_and_a_path_too_long_are_told_in_words(string policy)
    {
        using var folder = new TemporaryFolder();
        using Sequential model = Create(1);
        Directory.CreateDirectory(folder["best.h5"]);
        string tooLong = folder[new string('x', 300) + ".h5"];
        foreach ((string path, string words) in ((string, string)[])[(folder["best.h5"], "it is a folder"), (tooLong, "longer than the file system allows")])
        {
            History? history = null;
            var checkpoint = new ModelCheckpoint(path, monitor: "loss", onError: policy);
            Exception? thrown = Record.Exception(() => history = Train(model, checkpoint, 1));
            Assert.Contains(words, policy == "stop" ? Assert.IsType<IOException>(thrown, exactMatch: false).Message : Assert.Single(history!.Events).Message);
        }
    }

    [Fact]
    public void A_folder_that_is_deleted_while_training_is_made_again()
    {
        using var folder = new TemporaryFolder();
        using Sequential model = Create(1);
        var vandal = new LambdaCallback(onEpochEnd: (epoch, _) =>
        {
            if (epoch > 0) Directory.Delete(folder["models"], recursive: true);
        });
        Train(model, new CallbackList([vandal], null), new ModelCheckpoint(folder["models/{epoch}.h5"], monitor: "loss"), 3);
        Assert.Equal(["3.h5"], Directory.GetFiles(folder["models"]).Select(Path.GetFileName));
    }

    [Fact]
    public void What_a_killed_save_left_behind_is_gone_when_the_next_training_begins()
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

    private static History Train(Model model, ModelCheckpoint checkpoint, int epochs = 3) => Train(model, new CallbackList([], null), checkpoint, epochs);

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

    // Every call but the writes, which are hundreds alike in an HDF5 file: of those some, the first and the last among them.
    private static IEnumerable<int> CallsToFail(Action save)
    {
        const int Step = 40;
        var files = new FaultyFileSystem(0);
        Assert.Null(With(files, save));
        Assert.Subset(files.Calls.ToHashSet(), new HashSet<string> { "list", "open", "write", "flush", "rename", "flush folder" });
        return Enumerable.Range(1, files.Calls.Count).Where(call => files.Calls[call - 1] != "write"
            || call % Step == 0 || files.Calls[call - 2] != "write" || files.Calls[call] != "write");
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
        if (path.EndsWith(".weights.h5", StringComparison.Ordinal)) model.SaveWeights(path);
        else model.Save(path);
    }

    private static void Fill(Model model, float value) =>
        model.SetWeights([.. model.Weights.Select(w => NDArray.From(Enumerable.Repeat(value, (int)w.Shape.ElementCount).ToArray(), w.Shape))]);

    private static double Value(Model model) => model.GetWeights().SelectMany(w => w.ToArray()).Distinct().Single();

    private static double Loaded(string path)
    {
        if (!path.EndsWith(".weights.h5", StringComparison.Ordinal))
        {
            using Model whole = Model.Load(path);
            return Value(whole);
        }

        using Sequential model = Create(2);
        model.LoadWeights(path);
        return Value(model);
    }
}
