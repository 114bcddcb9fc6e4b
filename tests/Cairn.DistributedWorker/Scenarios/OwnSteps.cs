using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Distributed;
using Cairn.Layers;
using Cairn.Metrics;
using Cairn.Optimizers;
using static TorchSharp.torch;

namespace Cairn.DistributedWorker.Scenarios;

internal static class OwnSteps
{
    /// <summary>A custom step with the compiled loss and a metric of its own.</summary>
    public static (Model Model, History History) Train(DataParallel? distribution) => Fit(
        distribution, (inputs, outputs) => new Tracking(inputs, outputs), new SGD(0.05));

    /// <summary>A custom step that returns its own numbers: the means over the rows so far.</summary>
    public static (Model Model, History History) Logging(DataParallel? distribution) => Fit(
        distribution, (inputs, outputs) => new Telling(inputs, outputs), new SGD(0.05));

    /// <summary>Two optimizers, each of a part of the weights: two exchanges a step.</summary>
    public static (Model Model, History History) TwoOptimizers(DataParallel? distribution) => Fit(
        distribution, (inputs, outputs) => new Divided(inputs, outputs), new SGD(0.05));

    /// <summary>Several steps make one update.</summary>
    public static (Model Model, History History) Accumulation(DataParallel? distribution) => Fit(
        distribution, (inputs, outputs) => new Functional(inputs, outputs, seed: 5), new SGD(0.05, gradientAccumulationSteps: 3));

    /// <summary>A loss that is scaled.</summary>
    public static (Model Model, History History) LossScale(DataParallel? distribution) => Fit(
        distribution, (inputs, outputs) => new Functional(inputs, outputs, seed: 5), new LossScaleOptimizer(new SGD(0.05), 1024, 3));

    /// <summary>Gradients that are clipped by the norm of all together.</summary>
    public static (Model Model, History History) Clipping(DataParallel? distribution) => Fit(
        distribution, (inputs, outputs) => new Functional(inputs, outputs, seed: 5), new SGD(0.05, globalClipNorm: 0.1));

    /// <summary>A custom step of the validation, whose last batch has one row.</summary>
    public static (Model Model, History History) Testing(DataParallel? distribution)
    {
        (NDArray x, NDArray y) = TrainingData.Regression(17, 6, seed: 9);
        return Fit(distribution, (inputs, outputs) => new Tested(inputs, outputs), new SGD(0.05), (x, y));
    }

    private static (Model Model, History History) Fit(
        DataParallel? distribution, Func<KerasTensor, KerasTensor, Model> build, Optimizer optimizer,
        (NDArrays X, NDArrays? Y)? validation = null)
    {
        var input = new Input([6]);
        Model model = build(input, new Dense(1).Apply(new Dense(8, activation: "tanh").Apply(input)));
        model.Seed = 5;
        model.Distribute(distribution);
        model.Compile(optimizer, "mse", ["mae"]);
        (NDArray x, NDArray y) = TrainingData.Regression(35, 6);
        return (model, model.Fit(x, y, batchSize: 8, epochs: 2, verbose: 0, validationData: validation));
    }

    private sealed class Tracking(KerasTensor inputs, KerasTensor outputs) : Functional(inputs, outputs)
    {
        private readonly Mean tracked = new("tracked");

        protected override Logs? TrainStep(Batch batch, CallContext context)
        {
            Tensor yPred = Apply(batch.X, context);
            Tensor loss = ComputeLoss(batch, [yPred], context) + yPred.square().mean();
            loss.backward();
            ApplyGradients();
            UpdateMetrics(loss, batch, [yPred]);
            tracked.UpdateState(yPred.detach());
            return null;
        }
    }

    private sealed class Divided(KerasTensor inputs, KerasTensor outputs) : Functional(inputs, outputs)
    {
        private readonly SGD first = new(0.05);
        private readonly Adam second = new(0.01);

        protected override Logs? TrainStep(Batch batch, CallContext context)
        {
            using var tape = new GradientTape();
            Tensor yPred = Apply(batch.X, context);
            Tensor loss = ComputeLoss(batch, [yPred], context);
            IReadOnlyList<Variable> weights = TrainableWeights;
            Tensor?[] gradients = tape.Gradient(loss, weights);
            first.Apply(gradients[..2], [.. weights.Take(2)]);
            second.Apply(gradients[2..], [.. weights.Skip(2)]);
            UpdateMetrics(loss, batch, [yPred]);
            return null;
        }
    }

    private sealed class Tested(KerasTensor inputs, KerasTensor outputs) : Functional(inputs, outputs)
    {
        private readonly Mean tracked = new("tracked");

        protected override Logs? TestStep(Batch batch, CallContext context)
        {
            Tensor yPred = Apply(batch.X, context);
            tracked.UpdateState((yPred - batch.Y!).abs());
            return new() { ["distance"] = tracked.Result() };
        }
    }

    private sealed class Telling(KerasTensor inputs, KerasTensor outputs) : Functional(inputs, outputs)
    {
        private readonly Mean tracked = new("tracked");

        protected override Logs? TrainStep(Batch batch, CallContext context)
        {
            Tensor yPred = Apply(batch.X, context);
            Tensor loss = ComputeLoss(batch, [yPred], context);
            loss.backward();
            ApplyGradients();
            tracked.UpdateState((yPred.detach() - batch.Y!).abs());
            return new() { ["distance"] = tracked.Result() };
        }
    }
}
