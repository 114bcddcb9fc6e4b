using Cairn.Callbacks;

namespace Cairn.Tests.Callbacks;

public sealed class LambdaCallbackTests
{
    private static readonly NDArray X = NDArray.From(new float[] { 0, 1, 1, 0, 1, 1, 0, 0 }, [4, 2]);
    private static readonly NDArray Y = NDArray.From(new float[] { 1, 2, 3, 0 }, [4, 1]);

    [Fact]
    public void Each_function_is_called_at_its_moment()
    {
        var calls = new List<string>();
        Action<Logs> At(string what) => _ => calls.Add(what);
        Action<int, Logs> AtIndex(string what) => (index, _) => calls.Add($"{what} {index}");
        var callback = new LambdaCallback(
            AtIndex("epoch begin"),
            AtIndex("epoch end"),
            At("train begin"),
            At("train end"),
            AtIndex("batch begin"),
            AtIndex("batch end"),
            onTestBegin: At("test begin"),
            onTestEnd: At("test end"),
            onTestBatchBegin: AtIndex("test batch begin"),
            onTestBatchEnd: AtIndex("test batch end"),
            onPredictBegin: At("predict begin"),
            onPredictEnd: At("predict end"),
            onPredictBatchBegin: AtIndex("predict batch begin"),
            onPredictBatchEnd: AtIndex("predict batch end"));
        using var model = TinyModel.Create();
        model.Fit(X, Y, batchSize: 2, verbose: 0, validationSplit: 0.5, callbacks: [callback]);
        model.Predict(X, verbose: 0, callbacks: [callback]);
        Assert.Equal(
            [
                "train begin", "epoch begin 0", "batch begin 0", "batch end 0", "test begin", "test batch begin 0",
                "test batch end 0", "test end",
                "epoch end 0", "train end", "predict begin", "predict batch begin 0", "predict batch end 0", "predict end",
            ],
            calls);
    }

    [Fact]
    public void The_logs_are_those_of_the_moment_and_can_be_added_to()
    {
        var losses = new List<double>();
        var add = new LambdaCallback(onEpochEnd: (epoch, logs) => logs["twice"] = 2 * logs["loss"],
            onTrainBatchEnd: (_, logs) => losses.Add(logs["loss"]));
        using var model = TinyModel.Create();
        History history = model.Fit(X, Y, batchSize: 2, epochs: 2, verbose: 0, callbacks: [add]);
        Assert.Equal(4, losses.Count);

        // The loss after the last batch is that of the epoch.
        Assert.Equal([losses[1], losses[3]], history["loss"]);
        Assert.Equal([2 * losses[1], 2 * losses[3]], history["twice"]);
    }

    [Fact]
    public void Keras_older_names_are_called_unless_the_newer_ones_are_given()
    {
        var calls = new List<string>();
        using var model = TinyModel.Create();
        model.Fit(X, Y, batchSize: 4, verbose: 0,
            callbacks: [new LambdaCallback(onBatchBegin: (_, _) => calls.Add("begin"),
                onBatchEnd: (_, logs) => calls.Add($"end {logs.ContainsKey("loss")}"))]);
        model.Fit(
            X, Y, batchSize: 4, verbose: 0,
            callbacks: [new LambdaCallback(onTrainBatchEnd: (_, _) => calls.Add("newer"), onBatchEnd: (_, _) => calls.Add("older"))]);
        Assert.Equal(["begin", "end True", "newer"], calls);
    }

    [Fact]
    public void Batches_cost_nothing_without_a_batch_function()
    {
        var none = new LambdaCallback(onEpochEnd: (_, _) => { });
        Assert.False(none.UsesTrainBatchHooks || none.UsesTestBatchHooks || none.UsesPredictBatchHooks);
        Assert.True(new LambdaCallback(onTrainBatchBegin: (_, _) => { }).UsesTrainBatchHooks);
        Assert.True(new LambdaCallback(onTrainBatchEnd: (_, _) => { }).UsesTrainBatchHooks);
        Assert.True(new LambdaCallback(onTestBatchEnd: (_, _) => { }).UsesTestBatchHooks);
        Assert.True(new LambdaCallback(onPredictBatchEnd: (_, _) => { }).UsesPredictBatchHooks);
    }

    [Fact]
    public void It_cannot_be_read_from_JSON()
    {
        ArgumentException error =
            Assert.Throws<ArgumentException>(() => CallbackSerialization.DeserializeList("""[{"class_name": "LambdaCallback"}]"""));
        Assert.Contains("consists of functions", error.Message);
    }
}
