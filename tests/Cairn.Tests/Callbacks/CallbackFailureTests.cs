using Cairn.Callbacks;
using Cairn.Layers;
using static TorchSharp.torch;

namespace Cairn.Tests.Callbacks;

/// <summary>Runs in which a callback throws.</summary>
public sealed class CallbackFailureTests
{
    private static readonly NDArray X = NDArray.From(new float[] { 0, 1, 1, 0, 1, 1, 0, 0 }, [4, 2]);
    private static readonly NDArray Y = NDArray.From(new float[] { 1, 2, 3, 0 }, [4, 1]);
    private readonly List<string> calls = [];

    public static TheoryData<string, string> EveryHookOfFit => new()
    {
        { "OnTrainBegin", "The callback 'Bad' failed in OnTrainBegin: no luck" },
        { "OnEpochBegin", "The callback 'Bad' failed in OnEpochBegin (epoch 3): no luck" },
        { "OnTrainBatchBegin", "The callback 'Bad' failed in OnTrainBatchBegin (epoch 3, batch 1): no luck" },
        { "OnTrainBatchEnd", "The callback 'Bad' failed in OnTrainBatchEnd (epoch 3, batch 1): no luck" },
        { "OnTestBegin", "The callback 'Bad' failed in OnTestBegin (epoch 3): no luck" },
        { "OnTestBatchBegin", "The callback 'Bad' failed in OnTestBatchBegin (epoch 3, batch 1): no luck" },
        { "OnTestBatchEnd", "The callback 'Bad' failed in OnTestBatchEnd (epoch 3, batch 1): no luck" },
        { "OnTestEnd", "The callback 'Bad' failed in OnTestEnd (epoch 3): no luck" },
        { "OnEpochEnd", "The callback 'Bad' failed in OnEpochEnd (epoch 3): no luck" },
        { "OnTrainEnd", "The callback 'Bad' failed in OnTrainEnd: no luck" },
    };

    [Theory]
    [MemberData(nameof(EveryHookOfFit))]
    public void A_callback_that_throws_is_named_with_its_hook_after_the_others_have_ended(string hook, string message)
    {
        using var model = TinyModel.Create();
        var inner = new InvalidDataException("no luck");
        CallbackException error = Assert.Throws<CallbackException>(() => model.Fit(
            X, Y, batchSize: 2, epochs: 4, initialEpoch: 2, verbose: 0, validationData: (X, Y),
            callbacks: [Ending("a"), new Bad(hook, inner), Ending("b")]));
        Assert.Equal(message, error.Message);
        Assert.Equal(("Bad", hook), (error.Callback, error.Hook));
        Assert.Equal(hook is "OnTrainBegin" or "OnTrainEnd" ? null : 2, error.Epoch);
        Assert.Equal(hook.Contains("Batch") ? 0 : null, error.Batch);
        Assert.Same(inner, error.InnerException);

        // Each callback ends once, if it began: "b" comes after a callback that failed to begin.
        Assert.Equal(hook == "OnTrainBegin" ? ["a"] : ["a", "b"], calls);
    }

    [Fact]
    public void Evaluation_and_prediction_name_the_callback_too()
    {
        using var model = TinyModel.Create();
        CallbackException error = Assert.Throws<CallbackException>(
            () => model.Evaluate(X, Y, batchSize: 3, verbose: 0,
                callbacks: [new Bad("OnTestBatchEnd", new InvalidDataException("no luck"))]));
        Assert.Equal("The callback 'Bad' failed in OnTestBatchEnd (batch 1): no luck", error.Message);
        error = Assert.Throws<CallbackException>(
            () => model.Predict(X, verbose: 0, callbacks: [new Bad("OnPredictEnd", new InvalidDataException("no luck"))]));
        Assert.Equal("The callback 'Bad' failed in OnPredictEnd: no luck", error.Message);
    }

    [Fact]
    public void Other_callbacks_see_the_exception_in_OnTrainEnd_and_may_fail_themselves()
    {
        using var model = TinyModel.Create();
        var watcher = new Watcher();
        var warnings = new StringWriter();
        var list = new CallbackList(
            [new Bad("OnTrainEnd", new InvalidDataException("second")), watcher], model, new CallbackParams { Error = warnings });
        list.OnTrainBegin();
        list.OnEpochBegin(0);
        var first = new CallbackException(new Bad("", new InvalidDataException()), "OnEpochEnd", 0, null,
            new InvalidDataException("first"));
        list.EndAfter(first, new Logs([new("loss", 0.5)]));
        Assert.Same(first, watcher.Seen);
        Assert.Equal("UserWarning: Bad failed while ending the training after an exception: second\n", warnings.ToString());

        // The next training with the same list starts fresh.
        list = new CallbackList([watcher], model);
        list.OnTrainBegin();
        list.OnTrainEnd();
        Assert.Null(watcher.Seen);
    }

    [Fact]
    public void A_cancellation_throws_OperationCanceledException()
    {
        using var model = TinyModel.Create();
        Assert.Throws<OperationCanceledException>(
            () => model.Fit(X, Y, verbose: 0, callbacks: [Ending("a"), new Bad("OnEpochEnd", new OperationCanceledException())]));
        Assert.Equal(["a"], calls);
    }

    [Fact]
    public void Exceptions_of_Cairns_own_callbacks_keep_their_type()
    {
        using var model = TinyModel.Create();
        ArgumentException error =
            Assert.Throws<ArgumentException>(() => model.Fit(X, Y, verbose: 0, callbacks: [Ending("a"), new EarlyStopping("los")]));
        Assert.Contains("did you mean 'loss'?", error.Message);
        model.Compile(new Cairn.Optimizers.SGD(float.MaxValue), "mse");
        Assert.Throws<NotFiniteNumberException>(
            () => model.Fit(X, Y, batchSize: 1, epochs: 9, verbose: 0, callbacks: [Ending("a"), new TerminateOnNaN(raiseError: true)]));
        Assert.Empty(calls);
    }

    [Fact]
    public void An_exception_in_a_function_of_a_scheduler_or_a_lambda_is_attributed_to_the_user()
    {
        using var model = TinyModel.Create();
        CallbackException error = Assert.Throws<CallbackException>(
            () => model.Fit(X, Y, verbose: 0,
                callbacks: [Ending("a"), new LearningRateScheduler(_ => throw new InvalidDataException("no rate"))]));
        Assert.Equal("The callback 'LearningRateScheduler' failed in OnEpochBegin (epoch 1): no rate", error.Message);
        error = Assert.Throws<CallbackException>(
            () => model.Fit(X, Y, verbose: 0,
                callbacks: [Ending("b"), new LambdaCallback(onEpochEnd: (_, logs) => logs["copy"] = logs["acc"])]));
        Assert.Equal(("LambdaCallback", "OnEpochEnd"), (error.Callback, error.Hook));
        Assert.IsType<KeyNotFoundException>(error.InnerException);
        Assert.Equal(["a", "b"], calls);
    }

    [Theory]
    [InlineData("callback")]
    [InlineData("Cairn's callback")]
    [InlineData("step")]
    public void An_open_progress_line_is_ended_before_the_exception_is_seen(string where)
    {
        var bomb = new Bomb();
        using var model = new Sequential([new Input([2]), new Dense(1), bomb]);
        model.Compile(where == "Cairn's callback" ? new Cairn.Optimizers.SGD(float.MaxValue) : "sgd", "mse");
        var output = new StringWriter();
        model.Output = output;
        var bar = new ProgbarLogger(new TerminalStyle(Live: true, Color: false, Width: 200, Bar: '='), new OneSecondAtATime());
        Callback second = where switch
        {
            "callback" => new LambdaCallback(onTrainBatchEnd: (batch, _) => Throw(batch == 1)),
            "step" => new LambdaCallback(onTrainBatchBegin: (batch, _) => bomb.Armed = batch == 2),
            _ => new TerminateOnNaN(raiseError: true),
        };
        Exception? error = Record.Exception(() => model.Fit(X, Y, batchSize: 1, epochs: 3, verbose: 1, callbacks: [bar, second]));
        Assert.IsType(where switch
        {
            "callback" => typeof(CallbackException),
            "step" => typeof(InvalidOperationException),
            _ =>
            typeof(NotFiniteNumberException)
        }, error);
        Assert.Matches(@"\AEpoch 1/3\n(\r[^\r\n]*step[^\r\n]*)+\n\z", output.ToString());
    }

    private static void Throw(bool now)
    {
        if (now)
        {
            throw new InvalidDataException("no luck");
        }
    }

    private LambdaCallback Ending(string name) => new(onTrainEnd: _ => calls.Add(name));

    /// <summary>Throws in one hook.</summary>
    private sealed class Bad(string hook, Exception exception) : Callback
    {
        public override void OnTrainBegin(Logs logs) => Fail(nameof(OnTrainBegin));

        public override void OnTrainEnd(Logs logs) => Fail(nameof(OnTrainEnd));

        public override void OnEpochBegin(int epoch, Logs logs) => Fail(nameof(OnEpochBegin));

        public override void OnEpochEnd(int epoch, Logs logs) => Fail(nameof(OnEpochEnd));

        public override void OnTrainBatchBegin(int batch, Logs logs) => Fail(nameof(OnTrainBatchBegin));

        public override void OnTrainBatchEnd(int batch, Logs logs) => Fail(nameof(OnTrainBatchEnd));

        public override void OnTestBegin(Logs logs) => Fail(nameof(OnTestBegin));

        public override void OnTestEnd(Logs logs) => Fail(nameof(OnTestEnd));

        public override void OnTestBatchBegin(int batch, Logs logs) => Fail(nameof(OnTestBatchBegin));

        public override void OnTestBatchEnd(int batch, Logs logs) => Fail(nameof(OnTestBatchEnd));

        public override void OnPredictEnd(Logs logs) => Fail(nameof(OnPredictEnd));

        private void Fail(string here)
        {
            if (here == hook)
            {
                throw exception;
            }
        }
    }

    private sealed class OneSecondAtATime : TimeProvider
    {
        private long seconds;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => seconds++;
    }

    private sealed class Watcher : Callback
    {
        public Exception? Seen { get; private set; }

        public override void OnTrainEnd(Logs logs) => Seen = Failure;
    }

    private sealed class Bomb() : Layer("bomb")
    {
        public bool Armed { get; set; }

        public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

        protected override Tensor Call(Tensor x, CallContext context) => Armed ? throw new InvalidOperationException("boom") : x.alias();
    }
}
