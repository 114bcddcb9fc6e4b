using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Optimizers;
using Cairn.Tests.Data;
using Cairn.Tests.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests;

/// <summary>Models that override only their steps, such as a GAN or an autoencoder: they have no function from input to output.</summary>
public sealed class StepOnlyModelTests
{
    [Fact]
    public void It_trains_its_parts_and_gets_the_targets()
    {
        using var model = new Halves { Seed = 9 };
        model.Compile(new SGD(0.1));

        History history = model.Fit(SmallData.X, SmallData.Y, batchSize: SmallData.Count, epochs: 30, verbose: 0);

        Assert.True(history["distance"][^1] < history["distance"][0], string.Join(", ", history["distance"]));
        Assert.Equal(
            ["halves/inner/dense/kernel", "halves/inner/dense/bias", "halves/head/kernel", "halves/head/bias"],
            model.Weights.Select(weight => weight.Path));
        Assert.Equal(3, model.Evaluate(SmallData.X, SmallData.Y, verbose: 0)["three"]);
    }

    [Fact]
    public void A_compiled_loss_and_compiled_metrics_do_not_hinder_it()
    {
        using var model = new Halves();
        model.Compile(new SGD(0.1), "mse", metrics: ["mae"]);

        Assert.Equal(2, model.Fit(SmallData.X, SmallData.Y, epochs: 2, verbose: 0)["distance"].Count);
        Assert.Single(model.Fit(SmallData.X, new float[SmallData.Count, 1], verbose: 0, epochs: 1)["distance"]);
    }

    [Fact]
    public void Numbers_follow_from_its_seed()
    {
        Assert.Equal(Trained(), Trained());

        static float[] Trained()
        {
            using var model = new Halves { Seed = 9 };
            model.Compile(new SGD(0.1));
            model.Fit(SmallData.X, SmallData.Y, batchSize: SmallData.BatchSize, epochs: 2, verbose: 0);
            return ReferenceRun.Flatten(model);
        }
    }

    [Fact]
    public void It_can_be_summarized_and_its_weights_saved_but_it_predicts_nothing()
    {
        using var folder = new Saving.TemporaryFolder();
        using var model = new Halves();
        model.Compile(new SGD(0.1));
        model.Fit(SmallData.X, SmallData.Y, verbose: 0);
        using var summary = new StringWriter();

        model.Summary(summary);
        model.SaveWeights(folder["w.weights.h5"]);
        using var other = new Halves();
        other.Compile(new SGD(0.1));
        other.Fit(SmallData.X, SmallData.Y, verbose: 0);
        other.LoadWeights(folder["w.weights.h5"]);

        Assert.Contains("inner", summary.ToString(), StringComparison.Ordinal);
        Assert.Equal(ReferenceRun.Flatten(model), ReferenceRun.Flatten(other));
        Assert.Contains(
            "overrides neither Call",
            Assert.ThrowsAny<Exception>(() => model.Predict(SmallData.X, verbose: 0)).ToString(), StringComparison.Ordinal);
    }

    private sealed class Halves : Model
    {
        private readonly Sequential inner;
        private readonly Dense head;

        public Halves()
        {
            inner = AddSublayer(new Sequential([new Input([4]), new Dense(6, activation: "tanh")], name: "inner"), "inner");
            head = AddSublayer(new Dense(3, name: "head"), "head");
        }

        protected override Logs? TrainStep(Batch batch, CallContext context)
        {
            using var tape = new GradientTape();
            Tensor one = nn.functional.one_hot(batch.Y!.to(int64).reshape(-1), 3);
            Tensor distance = (head.Call(inner.Call(batch.X, training: true), training: true) - one).square().mean();
            Optimizer!.Apply(tape.Gradient(distance, TrainableWeights), TrainableWeights);
            return new() { ["distance"] = distance.item<float>() };
        }

        protected override Logs? TestStep(Batch batch, CallContext context) => new() { ["three"] = 3 };
    }
}
