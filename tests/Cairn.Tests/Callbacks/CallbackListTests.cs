using Cairn.Callbacks;

namespace Cairn.Tests.Callbacks;

public sealed class CallbackListTests
{
    [Fact]
    public void Every_hook_reaches_every_callback_in_order()
    {
        var calls = new List<string>();
        var list = new CallbackList([new Recorder("a", calls), new Recorder("b", calls)], TinyModel.Create());
        list.OnTrainBegin();
        list.OnEpochBegin(3);
        list.OnTrainBatchBegin(0);
        list.OnTrainBatchEnd(0);
        list.OnTestBegin();
        list.OnTestBatchBegin(1);
        list.OnTestBatchEnd(1);
        list.OnTestEnd();
        list.OnEpochEnd(3);
        list.OnTrainEnd();
        list.OnPredictBegin();
        list.OnPredictBatchBegin(2);
        list.OnPredictBatchEnd(2);
        list.OnPredictEnd();
        string[] expected =
        [
            "train begin", "epoch begin 3", "batch begin 0", "batch end 0", "test begin", "test batch begin 1",
            "test batch end 1", "test end",
            "epoch end 3", "train end", "predict begin", "predict batch begin 2", "predict batch end 2", "predict end",
        ];
        Assert.Equal(expected.SelectMany(call => new[] { "a " + call, "b " + call }), calls);
    }

    [Fact]
    public void All_callbacks_share_one_sorted_copy_of_the_logs_and_later_ones_see_what_earlier_ones_add()
    {
        var original = new Logs([new("val_loss", 2), new("accuracy", 3), new("loss", 1)]);
        Logs? first = null;
        var seen = new List<string>();
        var list = new CallbackList(
            [
                new OnEnd(logs =>
                {
                    first = logs;
                    logs["added"] = 4;
                }),
                new OnEnd(logs =>
                {
                    Assert.Same(first, logs);
                    seen.AddRange(logs.Keys);
                }),
            ],
            TinyModel.Create());
        list.OnEpochEnd(0, original);
        Assert.Equal(["accuracy", "loss", "val_loss", "added"], seen);
        Assert.False(original.ContainsKey("added"));
    }

    [Fact]
    public void Callbacks_without_batch_hooks_make_batches_free()
    {
        var list = new CallbackList([new OnEnd(_ => { }), new EarlyStopping(), new ReduceLROnPlateau(), new ModelCheckpoint("m.keras"),
            new History()], TinyModel.Create());
        Assert.False(list.UsesTrainBatchHooks || list.UsesTestBatchHooks || list.UsesPredictBatchHooks);
        bool computed = false;
        list.OnTrainBatchEnd(0, new Logs(() =>
        {
            computed = true;
            return [];
        }));
        Assert.False(computed);
        Assert.True(new CallbackList([new ModelCheckpoint("m.keras", saveFreq: 3)], TinyModel.Create()).UsesTrainBatchHooks);
        Assert.True(new CallbackList([new TerminateOnNaN()], TinyModel.Create()).UsesTrainBatchHooks);
        Assert.True(new OldStyle().UsesTrainBatchHooks);
        Assert.False(new OldStyle().UsesTestBatchHooks || new OldStyle().UsesPredictBatchHooks);
        Assert.True(new Recorder("", []) is { UsesTrainBatchHooks: true, UsesTestBatchHooks: true, UsesPredictBatchHooks: true });
    }

    [Fact]
    public void Keras_older_names_of_the_batch_hooks_are_called()
    {
        var callback = new OldStyle();
        var list = new CallbackList([callback], TinyModel.Create());
        list.OnTrainBatchBegin(5);
        list.OnTrainBatchEnd(5, new Logs([new("loss", 0.5)]));
        Assert.Equal(["begin 5", "end 5 loss 0.5"], callback.Calls);

        // As in Keras, the list itself has the older names too and then calls nothing else.
        list.OnBatchBegin(6);
        list.OnBatchEnd(6, new Logs([new("loss", 0.25)]));
        Assert.Equal(["begin 6", "end 6 loss 0.25"], callback.Calls[2..]);
    }

    [Fact]
    public void Batch_logs_are_computed_once_when_first_read_and_not_after_the_batch()
    {
        int computed = 0;
        IEnumerable<KeyValuePair<string, double>> Compute()
        {
            computed++;
            return [new("loss", 1), new("accuracy", 2)];
        }

        Logs? kept = null;
        bool reads = false;
        void Hook(Logs logs)
        {
            kept = logs;
            if (reads)
            {
                Assert.Equal(["accuracy", "loss"], logs.Keys);
                Assert.Equal(1, logs["loss"]);
            }
        }

        var list = new CallbackList([new OnBatch(Hook), new OnBatch(Hook)], TinyModel.Create());
        list.OnTrainBatchEnd(0, new Logs(Compute));
        Assert.Equal(0, computed);
        Assert.Throws<InvalidOperationException>(() => kept!["loss"]);
        reads = true;
        list.OnTrainBatchEnd(1, new Logs(Compute));
        Assert.Equal(1, computed);
        Assert.Equal(2, kept!["accuracy"]);
    }

    [Fact]
    public void History_and_progress_bar_are_added_once_and_at_the_end()
    {
        var list = new CallbackList([new EarlyStopping()], TinyModel.Create(), addHistory: true, addProgbar: true);
        Assert.Equal(["EarlyStopping", "History", "ProgbarLogger"], list.Select(callback => callback.Name));
        var own = new History();
        list = new CallbackList([own, new ProgbarLogger()], TinyModel.Create(), addHistory: true, addProgbar: true);
        Assert.Equal(2, list.Count);
        Assert.Same(own, list.History);
        Assert.Null(new CallbackList(null, null).History);
    }

    [Fact]
    public void A_list_within_a_list_is_replaced_by_its_callbacks()
    {
        var calls = new List<string>();
        var pair = new CallbackList([new Recorder("b", calls), new History()], null);
        var list = new CallbackList([new Recorder("a", calls), new CallbackList([pair, new Recorder("c", calls)], null)],
            TinyModel.Create(), addHistory: true);
        Assert.Equal(["Recorder", "Recorder", "History", "Recorder"], list.Select(callback => callback.Name));
        Assert.Same(pair.History, list.History);
        list.OnEpochBegin(1);
        Assert.Equal(["a epoch begin 1", "b epoch begin 1", "c epoch begin 1"], calls);
        Assert.All(list, callback => Assert.Same(list.Model, callback.Model));
    }

    [Fact]
    public void Parameters_reach_every_callback_and_the_list_itself()
    {
        var parameters = new CallbackParams { Epochs = 7, Steps = 3, Verbose = 2 };
        var list = new CallbackList([new EarlyStopping(), new History()], TinyModel.Create(), parameters);
        Assert.All(list.Append(list), callback => Assert.Same(parameters, callback.Params));
    }

    [Fact]
    public void An_end_hook_without_its_begin_hook_throws()
    {
        var calls = new List<string>();
        var list = new CallbackList([new Recorder("a", calls)], TinyModel.Create());
        Assert.Equal("OnTrainEnd was called without a corresponding OnTrainBegin.",
            Assert.Throws<InvalidOperationException>(() => list.OnTrainEnd()).Message);
        list.OnTrainBegin();
        list.OnTestBegin();
        list.OnTestEnd();
        list.OnTrainEnd();
        Assert.Equal("OnTestEnd was called without a corresponding OnTestBegin.",
            Assert.Throws<InvalidOperationException>(() => list.OnTestEnd()).Message);
        Assert.Throws<InvalidOperationException>(() => list.OnPredictEnd());
        Assert.Equal(["a train begin", "a test begin", "a test end", "a train end"], calls);
    }

    [Fact]
    public void A_missing_callback_is_named_by_its_index()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => new CallbackList([new History(), null!], null));
        Assert.Contains("index 1", error.Message);
    }

    [Fact]
    public void An_unattached_callback_throws_a_clear_exception()
    {
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => new EarlyStopping().Model);
        Assert.Contains("EarlyStopping is not attached to a model", error.Message);
        Assert.Equal(1, new EarlyStopping().Params.Epochs);
    }

    [Fact]
    public void Messages_warnings_and_events_have_the_position_of_the_training()
    {
        var output = new StringWriter();
        var error = new StringWriter();
        var list = new CallbackList([new Talker()], TinyModel.Create(), new CallbackParams { Output = output, Error = error },
            addHistory: true);
        list.OnTrainBegin();
        list.OnEpochBegin(2);
        list.OnTrainBatchEnd(7);
        list.OnEpochEnd(2);
        Assert.Equal("hello\n", output.ToString());

        // The same text is shown once per run, and recorded each time.
        Assert.Equal("UserWarning: careful\n", error.ToString());
        Assert.Equal(
            [
                new TrainingEvent(2, 7, "Talker", EventKind.Warning, null, null, "careful", null),
                new TrainingEvent(2, null, "Talker", EventKind.Warning, null, null, "careful", null),
                new TrainingEvent(2, null, "Talker", "greeting", 1, 2, "said hello", "there"),
            ],
            list.History!.Events);
        Assert.Equal("Epoch 3, batch 8: Talker: careful", list.History.Events[0].ToString());
    }

    private sealed class Talker : Callback
    {
        public override void OnBatchEnd(int batch, Logs logs) => Warn("careful");

        public override void OnEpochEnd(int epoch, Logs logs)
        {
            Print("hello");
            Warn("careful");
            Record("greeting", "said hello", 1, 2, "there");
        }
    }

    private sealed class OnEnd(Action<Logs> act) : Callback
    {
        public override void OnEpochEnd(int epoch, Logs logs) => act(logs);
    }

    private sealed class OnBatch(Action<Logs> act) : Callback
    {
        public override void OnTrainBatchEnd(int batch, Logs logs) => act(logs);
    }

    private sealed class OldStyle : Callback
    {
        public List<string> Calls { get; } = [];

        public override void OnBatchBegin(int batch, Logs logs) => Calls.Add($"begin {batch}");

        public override void OnBatchEnd(int batch, Logs logs) => Calls.Add($"end {batch} loss {logs["loss"]}");
    }

    private sealed class Recorder(string name, List<string> calls) : Callback
    {
        public override void OnTrainBegin(Logs logs) => Add("train begin");

        public override void OnTrainEnd(Logs logs) => Add("train end");

        public override void OnEpochBegin(int epoch, Logs logs) => Add($"epoch begin {epoch}");

        public override void OnEpochEnd(int epoch, Logs logs) => Add($"epoch end {epoch}");

        public override void OnTrainBatchBegin(int batch, Logs logs) => Add($"batch begin {batch}");

        public override void OnTrainBatchEnd(int batch, Logs logs) => Add($"batch end {batch}");

        public override void OnTestBegin(Logs logs) => Add("test begin");

        public override void OnTestEnd(Logs logs) => Add("test end");

        public override void OnTestBatchBegin(int batch, Logs logs) => Add($"test batch begin {batch}");

        public override void OnTestBatchEnd(int batch, Logs logs) => Add($"test batch end {batch}");

        public override void OnPredictBegin(Logs logs) => Add("predict begin");

        public override void OnPredictEnd(Logs logs) => Add("predict end");

        public override void OnPredictBatchBegin(int batch, Logs logs) => Add($"predict batch begin {batch}");

        public override void OnPredictBatchEnd(int batch, Logs logs) => Add($"predict batch end {batch}");

        private void Add(string call) => calls.Add($"{name} {call}");
    }
}
