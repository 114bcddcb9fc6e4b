using Cairn.Callbacks;
using Cairn.Saving;
using Cairn.Tests.Saving;

namespace Cairn.Tests.Callbacks;

/// <summary>The files that a checkpoint keeps, in the background and synchronously, and after a restart.</summary>
public sealed class ModelCheckpointFilesTests : IDisposable
{
    private static readonly double[] Losses = [5, 3, 4, double.NaN, 2, 3, 6, 1.5];
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(2, null, false, "7 8")]
    [InlineData(1, null, true, "8")]
    [InlineData(null, 3, false, "2 5 8")]
    [InlineData(null, 1, true, "8")]
    [InlineData(2, 3, true, "2 5 7 8")]
    [InlineData(null, null, true, "1 2 3 4 5 6 7 8")]
    public void The_last_ones_and_the_best_ones_stay(int? keepLast, int? keepBest, bool asynchronous, string expected)
    {
        History history =
            Train(new ModelCheckpoint(folder["{epoch}.h5"], keepLast: keepLast, keepBest: keepBest, asynchronous: asynchronous));
        string[] PathsOf(string kind) => [.. history.Events.Where(one => one.Kind == kind).Select(one => one.Path!)];
        Assert.Equal(PathsOf(EventKind.ModelSaved).Where(path => !File.Exists(path)).Order(), PathsOf(EventKind.ModelDropped).Order());
        Assert.Equal(expected, string.Join(' ', Directory.GetFiles(folder.Folder).Select(Path.GetFileNameWithoutExtension).Order()));
    }

    [Fact]
    public void On_a_tie_the_earlier_file_stays_and_files_that_would_be_deleted_are_not_written()
    {
        using var model = TinyModel.Create();
        var list = new CallbackList([new ModelCheckpoint(folder["{epoch}.h5"], keepBest: 1)], model, addHistory: true);
        list.OnTrainBegin();
        foreach ((int epoch, double loss) in ((int, double)[])[(0, 2), (1, 2), (2, 3)])
        {
            list.OnEpochEnd(epoch, new Logs([new("val_loss", loss)]));
        }

        list.OnTrainEnd();
        Assert.Equal(["1.h5"], Directory.GetFiles(folder.Folder).Select(Path.GetFileName));
        Assert.Single(list.History!.Events);
    }

    [Theory]
    [InlineData(false, "best.keras", "last.keras")]
    [InlineData(true, "best.weights.h5", "last.weights.h5")]
    public void The_last_model_is_saved_next_to_the_best_one(bool weightsOnly, string best, string last)
    {
        History history =
            Train(new ModelCheckpoint(folder[best], saveBestOnly: true, saveWeightsOnly: weightsOnly, saveLast: true), epochs: 7);
        Assert.Equal((5, 7), (Value(folder[best]), Value(folder[last])));
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], history.Events.Where(one => one.Kind == EventKind.LastModelSaved && one.Path == folder[last])
            .Select(one => one.Epoch));
    }

    [Fact]
    public void Background_saves_give_the_same_files_and_events_although_the_weights_change_meanwhile()
    {
        History atOnce = Train(new ModelCheckpoint(folder["at-once/{epoch}.h5"]));
        History behind = Train(new ModelCheckpoint(folder["behind/{epoch}.h5"], asynchronous: true), new SlowFileSystem());
        string[] names = [.. Directory.GetFiles(folder["at-once"]).Select(Path.GetFileName).Order()!];
        Assert.Equal(8, names.Length);
        foreach (string name in names)
        {
            Assert.Equal(File.ReadAllBytes(folder["at-once/" + name]), File.ReadAllBytes(folder["behind/" + name]));
        }

        Assert.Equal(atOnce.Events.Select(e => e.Message.Replace("at-once", "behind", StringComparison.Ordinal)),
            behind.Events.Select(e => e.Message));
    }

    [Fact]
    public void Files_are_written_one_at_a_time_in_order_and_the_training_does_not_wait()
    {
        var files = new SlowFileSystem();
        int ahead = 0;
        var watch = new LambdaCallback(onEpochEnd: (epoch, _) => ahead += files.Renamed.Count < epoch + 1 ? 1 : 0);
        Train(new ModelCheckpoint(folder["{epoch}.h5"], asynchronous: true), files, watch);
        Assert.Equal(["1.h5", "2.h5", "3.h5", "4.h5", "5.h5", "6.h5", "7.h5", "8.h5"], files.Renamed);
        Assert.Equal(1, files.MostAtOnce);
        Assert.True(ahead > 0, "every epoch waited for its file");
    }

    [Fact]
    public void A_state_is_returned_only_when_all_files_it_refers_to_are_on_the_disk()
    {
        using var model = TinyModel.Create();
        FileSystem.Current = new SlowFileSystem();
        var checkpoint = new ModelCheckpoint(folder["{epoch}.h5"], asynchronous: true, keepLast: 2);
        var list = new CallbackList([checkpoint], model);
        list.OnTrainBegin();
        list.OnEpochEnd(0, new Logs([new("val_loss", 1)]));
        _ = checkpoint.SaveState();
        Assert.True(File.Exists(folder["1.h5"]));
        list.OnTrainEnd();
    }

    [Fact]
    public void After_a_restart_a_worse_model_never_replaces_the_better_one_in_the_file()
    {
        using var model = TinyModel.Create();
        var first = new ModelCheckpoint(folder["best.h5"], saveBestOnly: true);
        var list = new CallbackList([first], model);
        list.OnTrainBegin();
        list.OnEpochEnd(0, new Logs([new("val_loss", 4)]));
        SavedState state = first.SaveState()!;
        TinyModel.Fill(model, 1);
        list.OnEpochEnd(1, new Logs([new("val_loss", 2)]));

        // Killed here; the second epoch is then slightly worse.
        var error = new StringWriter();
        list = new CallbackList([new ModelCheckpoint(folder["best.h5"], saveBestOnly: true)], model, new CallbackParams { Error = error });
        list.AnnounceResuming();
        list.OnTrainBegin();
        list.LoadStates([state], 0, inEpoch: false);
        TinyModel.Fill(model, 9);
        list.OnEpochEnd(1, new Logs([new("val_loss", 3)]));
        list.OnTrainEnd();
        Assert.Equal(1, Value(folder["best.h5"]));
        Assert.Contains("holds a model with val_loss 2.00000, saved before the restart; the best since then, with 3.00000, did "
            + "not replace it", error.ToString());
    }

    [Fact]
    public void The_best_value_in_a_file_made_in_the_background_is_found_by_the_next_training()
    {
        Train(new ModelCheckpoint(folder["best.keras"], saveBestOnly: true, asynchronous: true));
        var next = new ModelCheckpoint(folder["best.keras"], saveBestOnly: true, initialValueThreshold: "auto");
        using var model = TinyModel.Create();
        new CallbackList([next], model).OnTrainBegin();
        Assert.Equal(1.5, next.Best);
    }

    [Fact]
    public void Invalid_arguments_are_refused()
    {
        Assert.Contains("keepLast needs a filepath with fields",
            Assert.Throws<ArgumentException>(() => new ModelCheckpoint("best.h5", keepLast: 2)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ModelCheckpoint("{epoch}.h5", keepBest: 0));
        Assert.Contains("Did you mean 'retry'?",
            Assert.Throws<ArgumentException>(() => new ModelCheckpoint("best.h5", onError: "retri")).Message);
    }

    [Fact]
    public void All_values_and_events_survive_JSON()
    {
        var checkpoint = new ModelCheckpoint("{epoch}.h5", asynchronous: true, keepLast: 2, keepBest: 3, saveLast: true, onError: "warn");
        var again = (ModelCheckpoint)CallbackSerialization.Deserialize(CallbackSerialization.Serialize(checkpoint));
        Assert.Equal((true, 2, 3, true, SaveErrorPolicy.Warn),
            (again.Asynchronous, again.KeepLast, again.KeepBest, again.SaveLast, again.OnError));
        foreach (BackupFrequency frequency in (BackupFrequency[])["epoch", 7, TimeSpan.FromMinutes(3)])
        {
            var backup = (BackupAndRestore)CallbackSerialization.Deserialize(
                CallbackSerialization.Serialize(
                    new BackupAndRestore("here", frequency, 5, deleteCheckpoint: false, "retry", asynchronous: true)));
            Assert.Equal(("here", frequency, 5, false), (backup.BackupDir, backup.SaveFreq, backup.Keep, backup.DeleteCheckpoint));
            Assert.Equal((SaveErrorPolicy.Retry, true), (backup.OnError, backup.Asynchronous));
        }
    }

    private static History Train(ModelCheckpoint checkpoint, FileSystem? files = null, Callback? more = null, int epochs = 8)
    {
        if (files is not null)
        {
            FileSystem.Current = files;
        }

        using var model = TinyModel.Create();
        var list = new CallbackList(more is null ? [checkpoint] : [checkpoint, more], model, addHistory: true);
        list.OnTrainBegin();
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            TinyModel.Fill(model, epoch + 1);
            list.OnEpochEnd(epoch, new Logs([new("val_loss", Losses[epoch])]));
        }

        list.OnTrainEnd();
        return list.History!;
    }

    private static double Value(string path)
    {
        if (path.EndsWith(".weights.h5", StringComparison.Ordinal))
        {
            using var model = new Sequential([new Cairn.Layers.Input([2]), new Cairn.Layers.Dense(1)]);
            model.LoadWeights(path);
            return TinyModel.Value(model);
        }

        using var loaded = Model.Load(path);
        return TinyModel.Value(loaded);
    }

    /// <summary>Writes each file slowly, and records concurrent writes.</summary>
    private sealed class SlowFileSystem : FileSystem
    {
        private int open;

        public List<string> Renamed { get; } = [];

        public int MostAtOnce { get; private set; }

        protected override void Before(string operation, string path)
        {
            if (operation == "open")
            {
                MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref open));
            }

            if (operation != "rename")
            {
                return;
            }

            Thread.Sleep(20);
            Interlocked.Decrement(ref open);
            Renamed.Add(Path.GetFileName(path));
        }
    }
}
