using Cairn.Callbacks;
using Cairn.Optimizers;
using Cairn.Optimizers.Schedules;
using Cairn.Tests.Saving;

namespace Cairn.Tests.Callbacks;

/// <summary>Cases beyond the reference data, which <see cref="ReferenceReplayTests"/> replays.</summary>
public sealed class LearningRateSchedulerTests
{
    private static readonly NDArray X = NDArray.From(new float[] { 0, 1, 1, 0, 1, 1, 0, 0 }, [4, 2]);
    private static readonly NDArray Y = NDArray.From(new float[] { 1, 2, 3, 0 }, [4, 1]);

    [Fact]
    public void Every_epoch_trains_with_the_rate_of_the_schedule_and_prints_it()
    {
        using var model = TinyModel.Create(0.5);
        var output = new StringWriter();
        model.Output = output;
        var asked = new List<(int, double)>();
        var scheduler = new LearningRateScheduler(
            (epoch, rate) =>
            {
                asked.Add((epoch, rate));
                return rate / 2;
            },
            verbose: 1);
        History history = model.Fit(X, Y, epochs: 5, initialEpoch: 2, verbose: 0, callbacks: [scheduler]);
        Assert.Equal([(2, 0.5), (3, 0.25), (4, 0.125)], asked);
        Assert.Equal([0.25, 0.125, 0.0625], history["learning_rate"]);
        Assert.Equal(
            [
                new TrainingEvent(2, null, "LearningRateScheduler", EventKind.LearningRateSet, 0.5, 0.25,
                "learning rate set to 0.25", null),
                new TrainingEvent(3, null, "LearningRateScheduler", EventKind.LearningRateSet, 0.25, 0.125,
                    "learning rate set to 0.125", null),
                new TrainingEvent(4, null, "LearningRateScheduler", EventKind.LearningRateSet, 0.125, 0.0625,
                    "learning rate set to 0.0625", null),
            ],
            history.Events);
        Assert.Equal(
            "\nEpoch 3: LearningRateScheduler setting learning rate to 0.25.\n"
            + "\nEpoch 4: LearningRateScheduler setting learning rate to 0.125.\n"
            + "\nEpoch 5: LearningRateScheduler setting learning rate to 0.0625.\n",
            output.ToString());
    }

    [Fact]
    public void The_schedule_may_use_only_the_epoch()
    {
        using var model = TinyModel.Create(0.5);
        History history = model.Fit(X, Y, epochs: 3, verbose: 0, callbacks: [new LearningRateScheduler(epoch => 1.0 / (1 << epoch))]);
        Assert.Equal([1.0, 0.5, 0.25], history["learning_rate"]);
    }

    [Theory]
    [InlineData(double.NaN, "returned nan for epoch index 0 and learning rate 0.5")]
    [InlineData(double.NegativeInfinity, "returned -inf")]
    [InlineData(1e39, "returned 1e+39")]
    public void A_rate_that_is_not_finite_in_float32_gives_a_warning_and_is_used_as_in_Keras(double rate, string expected)
    {
        using var folder = new TemporaryFolder();
        using var model = TinyModel.Create(0.5);
        History history =
            model.Fit(X, Y, verbose: 0, callbacks: [new LearningRateScheduler(_ => rate), new ModelCheckpoint(folder["model.h5"])]);
        Assert.Contains(history.Events, happened => happened.Kind == EventKind.Warning
            && happened.Message.Contains(expected, StringComparison.Ordinal));
        Assert.Equal((float)rate, model.Optimizer!.LearningRate);
        Assert.Equal([(float)rate], history["learning_rate"]);
        using var loaded = Model.Load(folder["model.h5"], compile: false);
        Assert.Equal(model.GetWeights().SelectMany(weight => weight.ToArray()), loaded.GetWeights().SelectMany(weight => weight.ToArray()));
    }

    [Fact]
    public void An_optimizer_with_a_schedule_is_refused_before_the_function_is_called()
    {
        using var model = TinyModel.Create();
        model.Compile(new SGD(new ExponentialDecay(0.1, 10, 0.5)), "mse");
        bool asked = false;
        var scheduler = new LearningRateScheduler(_ =>
        {
            asked = true;
            return 0.1;
        });
        InvalidOperationException error =
            Assert.Throws<InvalidOperationException>(() => model.Fit(X, Y, verbose: 0, callbacks: [scheduler]));
        Assert.Contains("created with the learning-rate schedule ExponentialDecay, so its learning rate is not settable", error.Message);
        Assert.False(asked);
    }

    [Fact]
    public void It_cannot_be_written_as_or_read_from_JSON()
    {
        Assert.Throws<ArgumentException>(() => CallbackSerialization.Serialize(new LearningRateScheduler(_ => 0.1)));
        ArgumentException error =
            Assert.Throws<ArgumentException>(() => CallbackSerialization.DeserializeList("""[{"class_name": "LearningRateScheduler"}]"""));
        Assert.Contains("consists of functions", error.Message);
        Assert.Throws<ArgumentNullException>(() => new LearningRateScheduler((Func<int, double>)null!));
    }
}
