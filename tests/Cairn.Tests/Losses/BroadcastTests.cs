using Cairn.Layers;
using Cairn.Losses;
using Cairn.Metrics;
using Cairn.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Losses;

/// <summary>
/// Targets and predictions of different shapes: user-defined functions get them in the same shapes as in Keras, and nothing is broadcast
/// silently.
/// </summary>
public sealed class BroadcastTests
{
    private static readonly float[,] X = { { 1, 2 }, { 3, 5 }, { 0, 1 } };
    private static readonly float[] Y = [1, 0, 2];

    [Fact]
    public void A_loss_and_a_metric_of_ones_own_get_targets_like_predictions()
    {
        var loss = new Seen();
        var metric = new SeenMetric();
        var mean = new SeenMean();
        using Model own = Model(loss, metric, mean);
        using Model known = Model("mse");

        Assert.Equal(known.Fit(X, Y, epochs: 2, verbose: 0)["loss"], own.Fit(X, Y, epochs: 2, verbose: 0)["loss"]);
        Assert.All((Shape[])[loss.Last!, metric.Last!, mean.Last!], shape => Assert.Equal([3, 1], shape));
    }

    [Fact]
    public void A_function_in_the_place_of_a_loss_or_a_metric_too()
    {
        using DisposeScope scope = NewDisposeScope();
        Shape? seen = null;
        var loss = new FunctionLoss("own", (t, p) =>
        {
            seen = t.shape;
            return (t - p).square().mean([-1]);
        });

        Assert.Equal(2f, loss.Compute(tensor(new[] { 1f, 2f }), tensor(new[] { 1f, 4f }).unsqueeze(-1)).item<float>());
        Assert.Equal([2, 1], seen);
        Assert.Throws<ArgumentException>(() => loss.CheckShapes([5, 3], [5, 1], "y"));
        Assert.Throws<ArgumentException>(() => loss.CheckShapes([5, 1, 3], [5, 4, 3], "y"));
        loss.CheckShapes([5], [5, 3], "y"); // class numbers
        loss.CheckShapes([5, 1], [5, 3], "y");
    }

    [Theory]
    [InlineData("mae")]
    [InlineData("binary_accuracy")]
    [InlineData("categorical_accuracy")]
    [InlineData("root_mean_squared_error")]
    public void A_metric_that_would_broadcast_class_numbers_is_refused_before_anything_is_trained(string metric)
    {
        // As many samples as classes, so that [3] and [3, 3] broadcast.
        using var model = new Sequential([new Input([2]), new Dense(3, activation: "softmax")], seed: 1);
        model.Compile("sgd", "sparse_categorical_crossentropy", [metric]);
        model.EnsureBuilt();
        float[] before = model.Weights[0].ToFloats();

        for (int i = 0; i < 2; i++)
        {
            ArgumentException refused = Assert.ThrowsAny<ArgumentException>(() => model.Fit(X, new[] { 0, 1, 2 }, verbose: 0));
            Assert.Contains("(3, 3)", refused.Message.Replace("None", "3", StringComparison.Ordinal));
        }

        Assert.Equal(before, model.Weights[0].ToFloats());
    }

    [Fact]
    public void Losses_and_metrics_refuse_shapes_that_differ()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor three = zeros(3), square = zeros(3, 3), column = zeros(3, 1);
        Loss[] losses = ["mse", "mae", "hinge", "huber", "poisson", "kl_divergence", "binary_crossentropy", "categorical_crossentropy",
            "log_cosh", "cosine_similarity"];
        Assert.All(losses, loss => Assert.Throws<ArgumentException>(() => loss.Call(three, square)));
        Assert.All(losses, loss => Assert.Throws<ArgumentException>(() => loss.Call(column, square)));
        Metric[] metrics = ["mse", "binary_accuracy", "categorical_accuracy", new Accuracy()];
        Assert.All(metrics, metric => Assert.Throws<ArgumentException>(() => metric.UpdateState(three, square)));
        Metric[] sparse = ["sparse_categorical_accuracy", new SparseTopKCategoricalAccuracy(1)];
        Assert.All(sparse, metric => Assert.Throws<ArgumentException>(() => metric.UpdateState(square, square)));
    }

    // As many samples as steps: a weight per sample is not a weight per step. Keras only rejects this if the numbers differ.
    [Fact]
    public void A_weight_for_each_sample_is_not_taken_for_one_of_each_step()
    {
        using DisposeScope scope = NewDisposeScope();
        Loss loss = "mse";

        Assert.Throws<ArgumentException>(() => loss.Compute(zeros(2, 2, 1), ones(2, 2, 1), ones(2)));
        Assert.Throws<ArgumentException>(() => loss.Compute(zeros(2, 2), ones(2, 2), ones(2, 2)));
        Assert.Equal(1, loss.Compute(zeros(2, 2, 1), ones(2, 2, 1), ones(2, 2)).item<float>());
    }

    private static Sequential Model(Loss loss, params Metric[] metrics)
    {
        var model = new Sequential([new Input([2]), new Dense(1)], seed: 6);
        model.Compile("sgd", loss, metrics);
        return model;
    }

    private sealed class Seen() : Loss("seen")
    {
        public Shape? Last { get; private set; }

        public override Tensor Call(Tensor yTrue, Tensor yPred)
        {
            Last = yTrue.shape;
            return (yTrue - yPred).square();
        }
    }

    private sealed class SeenMetric() : Metric("seen_metric")
    {
        public Shape? Last { get; private set; }

        public override void UpdateState(Tensor yTrue, Tensor yPred, Tensor? sampleWeight = null) => Last = yTrue.shape;

        public override double Result() => 0;

        public override void ResetState()
        {
        }
    }

    private sealed class SeenMean() : MeanMetric("seen_mean")
    {
        public Shape? Last { get; private set; }

        protected override Tensor Values(Tensor yTrue, Tensor yPred)
        {
            Last = yTrue.shape;
            return yTrue - yPred;
        }
    }
}
