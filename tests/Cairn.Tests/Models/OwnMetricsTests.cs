using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Metrics;
using Cairn.Optimizers;
using Cairn.Training;
using static TorchSharp.torch;

namespace Cairn.Tests;

/// <summary>Metrics of custom models and layers: reset for each epoch and each evaluation, as Keras resets tracked metrics.</summary>
public sealed class OwnMetricsTests
{
    private static readonly float[,] X = { { 1 }, { 2 }, { 3 }, { 4 } };
    private static readonly float[,] Y = { { 0 }, { 0 }, { 0 }, { 0 } };

    [Fact]
    public void A_metric_in_a_field_is_reset_for_each_epoch_and_each_evaluation()
    {
        using var model = new Tracking();
        model.Compile(new SGD(0), "mse");

        History history = model.Fit(X, Y, batchSize: 2, epochs: 3, shuffle: false, verbose: 0, validationData: (X, Y));

        // The mean of the inputs of this epoch only.
        Assert.Equal([2.5, 2.5, 2.5], history["seen"]);
        Assert.Equal([2.5, 2.5, 2.5], history["val_seen"]);
        Assert.Equal(["loss", "seen"], model.Metrics.Select(m => m.Name));
        Assert.Equal(1.5, model.TrainOnBatch(new float[,] { { 1 }, { 2 } }, new float[,] { { 0 }, { 0 } })["seen"]);
    }

    [Fact]
    public void A_tracker_that_the_step_of_the_model_does_not_log_is_logged_with_the_metrics()
    {
        using var model = new Sequential([new Input([1]), new Measured(), new Dense(1)], seed: 1);
        model.Compile(new SGD(0), "mse");

        History history = model.Fit(X, Y, batchSize: 2, epochs: 2, shuffle: false, verbose: 0);

        // Keras logs the metrics of layers after the compiled ones.
        Assert.Equal([2.5, 2.5], history["largest"]);
        Assert.Equal(2.5, model.Evaluate(X, Y, verbose: 0)["largest"]);
    }

    [Fact]
    public void Model_Metrics_can_be_overridden()
    {
        using var model = new Naming();
        model.Compile(new SGD(0), "mse");

        History history = model.Fit(X, Y, batchSize: 2, epochs: 2, shuffle: false, verbose: 0);

        Assert.Equal([2.5, 2.5], history["seen"]);
        Assert.DoesNotContain("loss", history.Keys);
    }

    private class Tracking : Model
    {
        private readonly Mean seen = new("seen");
        private readonly Dense head;

        public Tracking() => head = AddSublayer(new Dense(1), "head");

        protected Mean Seen => seen;

        protected override Tensor Call(Tensor x, CallContext context) => head.Apply(x, context);

        protected override Logs? TrainStep(Batch batch, CallContext context)
        {
            base.TrainStep(batch, context);
            return Log(batch);
        }

        protected override Logs? TestStep(Batch batch, CallContext context) => Log(batch);

        private Logs Log(Batch batch)
        {
            seen.UpdateState(batch.X);
            return new Logs([KeyValuePair.Create("seen", seen.Result())]);
        }
    }

    private sealed class Naming : Tracking
    {
        private readonly Metric[] named;

        public Naming() => named = [Seen];

        public override IReadOnlyList<Metric> Metrics => named;
    }

    private sealed class Measured() : Layer(null)
    {
        private readonly List<Metric> trackers = [new Mean("largest")];

        public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

        protected override Tensor Call(Tensor x, CallContext context)
        {
            ((Mean)trackers[0]).UpdateState(x);
            return x;
        }
    }
}
