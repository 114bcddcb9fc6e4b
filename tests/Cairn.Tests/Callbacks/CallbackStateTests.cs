using System.Text.Json.Nodes;
using Cairn.Callbacks;

namespace Cairn.Tests.Callbacks;

/// <summary>A run interrupted after any epoch and resumed with new callbacks and their saved states acts like an uninterrupted
/// one.</summary>
public sealed class CallbackStateTests : IDisposable
{
    private static readonly double[] Losses = [3, 2, 2.5, 2.4, 1.9, 2, 2.2, 1.95, double.NaN, 2.1, 2.1, 2.1];
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("state");

    public static TheoryData<int> Cuts => [.. Enumerable.Range(0, Losses.Length)];

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(Cuts))]
    public void A_run_interrupted_after_any_epoch_ends_like_an_uninterrupted_one(int cut)
    {
        using var whole = new Run(folder.CreateSubdirectory("whole"));
        whole.Begin();
        whole.Epochs(0, Losses.Length);

        DirectoryInfo place = folder.CreateSubdirectory("parts");
        IReadOnlyList<SavedState?> states;
        NDArray[] weights;
        double rate;
        using (var first = new Run(place))
        {
            first.Begin();
            first.Epochs(0, cut);
            (states, weights, rate) =
                ([.. first.List.SaveStates().Select(Copied)], first.Model.GetWeights(), first.Model.Optimizer!.LearningRate);

            // Work after the state was saved is lost, and must not appear twice in any file.
            first.Epochs(cut, Math.Min(cut + 2, Losses.Length));
        }

        using var second = new Run(place);
        second.Model.SetWeights(weights);
        second.Model.Optimizer!.LearningRate = rate;
        second.List.AnnounceResuming();
        second.Begin();
        second.List.LoadStates(states, cut, inEpoch: false);
        second.Epochs(cut, Losses.Length);

        Assert.Equal(whole.Csv, second.Csv);
        Assert.Equal(whole.Events, second.Events);
        Assert.Equal(whole.List.History!.Epochs, second.List.History!.Epochs);
        Assert.Equal(whole.List.History.Keys, second.List.History.Keys);
        foreach (string name in whole.List.History.Keys)
        {
            Assert.Equal(whole.List.History[name], second.List.History[name]);
        }

        Assert.Equal(whole.Stopping.BestWeights!.Select(w => w.ToArray()), second.Stopping.BestWeights!.Select(w => w.ToArray()));
        Assert.Equal(whole.States, second.States);
    }

    [Fact]
    public void A_callback_without_state_starts_fresh_with_its_epoch_and_a_single_warning()
    {
        using var model = TinyModel.Create();
        var error = new StringWriter();
        var forgetful = new Forgetful();
        var list = new CallbackList([forgetful, forgetful, new LambdaCallback()], model, new CallbackParams { Error = error },
            addHistory: true);
        list.OnTrainBegin();
        IReadOnlyList<SavedState?> states = list.SaveStates();
        Assert.Equal([null, null], states.Take(2));
        list.AnnounceResuming();
        list.OnTrainBegin();
        list.LoadStates(states, 4, inEpoch: true);
        Assert.Equal([4, 4], forgetful.Begun);
        Assert.Equal("UserWarning: Forgetful does not save its state (see Callback.SaveState); it restarts from scratch.\n",
            error.ToString());
        Assert.Empty(list.History!.Events);
    }

    [Fact]
    public void An_unreadable_state_names_the_callback_and_the_saved_keys()
    {
        using var model = TinyModel.Create();
        var list = new CallbackList([new Picky()], model);
        list.OnTrainBegin();
        CallbackException exception =
            Assert.Throws<CallbackException>(() => list.LoadStates([new SavedState(new JsonObject { ["wiat"] = 1 })], 0, inEpoch: false));
        Assert.Equal("The callback 'Picky' failed in LoadState (epoch 1): The saved state has no 'wait'. Did you mean 'wiat'? "
            + "Known: 'wiat'.", exception.Message);
    }

    [Fact]
    public void Missing_log_rows_give_a_warning_and_the_rest_is_written()
    {
        string path = Path.Combine(folder.FullName, "log.csv");
        using var model = TinyModel.Create();
        var error = new StringWriter();
        SavedState state = new(new JsonObject { ["columns"] = new JsonArray("loss", "val_loss"), ["length"] = 500 });
        var list = new CallbackList([new CSVLogger(path)], model, new CallbackParams { Error = error });
        list.AnnounceResuming();
        list.OnTrainBegin();
        list.LoadStates([state], 3, inEpoch: false);
        list.OnEpochEnd(3, new Logs([new("loss", 0.5)]));
        Assert.Contains("log.csv has 0 bytes and had 500 when the run was last saved", error.ToString());
        Assert.Equal("epoch,loss,val_loss\r\n3,0.5,NA\r\n", File.ReadAllText(path));
    }

    private static SavedState? Copied(SavedState? state)
    {
        var copy = new SavedState(JsonNode.Parse(state!.Values.ToJsonString())!.AsObject());
        foreach ((string name, NDArray array) in state.Arrays)
        {
            copy.Arrays[name] = array;
        }

        return copy;
    }

    private sealed class Run : IDisposable
    {
        private readonly string csv;

        public Run(DirectoryInfo folder)
        {
            csv = Path.Combine(folder.FullName, "log.csv");
            List = new CallbackList(
                [
                    new ReduceLROnPlateau(factor: 0.5, patience: 1, cooldown: 1, restoreBestWeights: true),
                    new ModelCheckpoint(Path.Combine(folder.FullName, "best.h5"), saveBestOnly: true),
                    Stopping,
                    new CSVLogger(csv),
                    new LearningRateScheduler((_, rate) => rate * 0.99),
                    new TerminateOnNaN(),
                    new LambdaCallback(),
                ],
                Model,
                new CallbackParams { Output = TextWriter.Null, Error = TextWriter.Null },
                addHistory: true);
        }

        public TinyModel Model { get; } = TinyModel.Create();

        public EarlyStopping Stopping { get; } = new(monitors: ["val_loss", "loss"], patience: 3, restoreBestWeights: true);

        public CallbackList List { get; }

        public string Csv => File.ReadAllText(csv);

        // The folders of the two runs differ, and so do the paths in messages.
        public IEnumerable<string> Events => List.History!.Events.Select(e => WithoutFolder(e.ToString()));

        public IEnumerable<string> States => List.SaveStates().Select(state => WithoutFolder(state!.Values.ToString()));

        public void Begin() => List.OnTrainBegin();

        public void Epochs(int from, int to)
        {
            for (int epoch = from; epoch < to; epoch++)
            {
                List.OnEpochBegin(epoch);
                TinyModel.Fill(Model, epoch + 1);
                List.OnEpochEnd(epoch, new Logs([new("loss", 1.0 / (epoch + 3)), new("val_loss", Losses[epoch])]));
            }
        }

        public void Dispose() => Model.Dispose();

        private string WithoutFolder(string text) =>
            text.Replace(Path.GetFileName(Path.GetDirectoryName(csv)!), "", StringComparison.Ordinal);
    }

    private sealed class Forgetful : Callback
    {
        public List<int> Begun { get; } = [];

        public override void OnEpochBegin(int epoch, Logs logs) => Begun.Add(epoch);
    }

    private sealed class Picky : Callback
    {
        public override SavedState SaveState() => new();

        public override void LoadState(SavedState state) => _ = state.GetInt32("wait");
    }
}
