using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Tests.Data;
using Cairn.Tests.Training;
using Cairn.Training;
using static TorchSharp.torch;

namespace Cairn.Tests;

/// <summary>Classes with a custom training step.</summary>
public sealed class OwnStepTests
{
    [Fact]
    public void A_custom_step_equal_to_that_of_Fit_gives_the_same_weights_and_logs()
    {
        using var plain = new Plain();
        using var own = new OwnStep();

        History expected = plain.Train();
        History actual = own.Train();

        // Fit has its own pass for this loss, which rounds differently.
        Tolerance.Near(ReferenceRun.Flatten(plain), ReferenceRun.Flatten(own), 1e-5, "weight");
        Tolerance.Near([.. expected["loss"].Select(v => (float)v)], [.. actual["loss"].Select(v => (float)v)], 1e-5, "loss");
        Assert.Equal(expected["accuracy"], actual["accuracy"]);
    }

    [Fact]
    public void Callbacks_and_the_history_get_the_logs_of_a_step()
    {
        using var model = new LoggingStep();
        var seen = new List<double>();

        History history = model.Train(new LambdaCallback(onTrainBatchEnd: (_, logs) => seen.Add(logs["distance"])));

        // Five batches per epoch, two epochs: the history has the last step of each, as in Keras.
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], seen);
        Assert.Equal([5, 10], history["distance"]);
        Assert.DoesNotContain("loss", history.Keys);
        Assert.Equal(23, model.Evaluate(SmallData.X, SmallData.Y, verbose: 0)["samples"]);
    }

    [Fact]
    public void A_custom_loss_replaces_the_compiled_one_in_training_and_evaluation()
    {
        using var plain = new Plain();
        using var doubled = new DoubledLoss();

        Assert.Equal(2 * plain.Evaluate(SmallData.X, SmallData.Y, verbose: 0)["loss"],
            doubled.Evaluate(SmallData.X, SmallData.Y, verbose: 0)["loss"], 1e-6);
        plain.Fit(SmallData.X, SmallData.Y, batchSize: 64, verbose: 0);
        doubled.Fit(SmallData.X, SmallData.Y, batchSize: 64, verbose: 0);

        // One step of gradient descent: twice the gradient, twice the change.
        Tolerance.Near(
            [.. Start().Zip(ReferenceRun.Flatten(plain), (start, end) => 2 * (end - start))],
            [.. Start().Zip(ReferenceRun.Flatten(doubled), (start, end) => end - start)],
            1e-5,
            "way");
    }

    [Fact]
    public void A_custom_PredictStep_determines_the_result_of_Predict()
    {
        using var model = new ClassStep();

        NDArray classes = model.Predict(SmallData.X, verbose: 0);

        Assert.Equal(new long[] { SmallData.Count }, classes.Shape);
        Assert.All(classes.ToArray(), c => Assert.InRange(c, 0, 2));
    }

    private static float[] Start()
    {
        using var model = new Plain();
        model.Build([Shape.None, 4]);
        return ReferenceRun.Flatten(model);
    }

    private class Plain : Model
    {
        private readonly Dense hidden = new(6, activation: "tanh", name: "hidden");
        private readonly Dense last = new(3, name: "last");

        public Plain()
            : base("own")
        {
            Seed = 4;
            Output = TextWriter.Null;
            Compile(new Cairn.Optimizers.SGD(0.1), new Cairn.Losses.SparseCategoricalCrossentropy(fromLogits: true), ["accuracy"]);
        }

        public override IReadOnlyList<Layer> Layers => [hidden, last];

        public override IReadOnlyList<Variable> Weights => [.. Layers.SelectMany(l => l.Weights)];

        public override IReadOnlyList<Variable> TrainableWeights => [.. Layers.SelectMany(l => l.TrainableWeights)];

        public override Shape ComputeOutputShape(Shape inputShape) => [inputShape[0], 3];

        public History Train(params Callback[] callbacks) =>
            Fit(SmallData.X, SmallData.Y, batchSize: SmallData.BatchSize, epochs: 2, verbose: 0, callbacks: callbacks);

        internal override void BuildFor(IReadOnlyList<Shape> inputShapes, CallArguments arguments, BuildContext context)
        {
            hidden.BuildFor([Shape.None, 4], context.Within(Name));
            last.BuildFor([Shape.None, 6], context.Within(Name));
            base.BuildFor(inputShapes, arguments, context);
        }

        private protected override IReadOnlyList<Shape>? DeclaredInputShapes => null;

        protected override Tensor Call(Tensor x, CallContext context) => last.Apply(hidden.Apply(x, context), context);
    }

    private sealed class OwnStep : Plain
    {
        protected override Logs? TrainStep(Batch batch, CallContext context)
        {
            Tensor yPred = Apply(batch.X, context);
            Tensor loss = ComputeLoss(batch, [yPred], context);
            loss.backward();
            ApplyGradients();
            UpdateMetrics(loss, batch, [yPred]);
            return null;
        }
    }

    private sealed class LoggingStep : Plain
    {
        private int steps;
        private double samples;

        protected override Logs? TrainStep(Batch batch, CallContext context)
        {
            base.TrainStep(batch, context);
            return new Logs([KeyValuePair.Create("distance", (double)++steps)]);
        }

        protected override Logs? TestStep(Batch batch, CallContext context) =>
            new([KeyValuePair.Create("samples", samples += batch.Count)]);
    }

    private sealed class DoubledLoss : Plain
    {
        protected override Tensor ComputeLoss(Batch batch, IReadOnlyList<Tensor> yPred, CallContext context) =>
            2 * base.ComputeLoss(batch, yPred, context);
    }

    private sealed class ClassStep : Plain
    {
        protected override Tensor[] PredictStep(Batch batch, CallContext context) => [base.PredictStep(batch, context)[0].argmax(-1)];
    }
}
