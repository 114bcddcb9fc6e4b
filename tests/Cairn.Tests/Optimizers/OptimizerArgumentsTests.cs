using Cairn.Callbacks;
using Cairn.Optimizers;
using Cairn.Tests.Training;

namespace Cairn.Tests.Optimizers;

/// <summary>Features of all optimizers: EMA, accumulation, loss scale, and invalid arguments.</summary>
public sealed class OptimizerArgumentsTests
{
    [Fact]
    public void Arguments_out_of_their_range_are_refused_by_name()
    {
        Refused("emaMomentum", () => new SGD(useEma: true, emaMomentum: 1.1));
        Refused("emaOverwriteFrequency", () => new SGD(useEma: true, emaOverwriteFrequency: 0));
        Refused("gradientAccumulationSteps", () => new SGD(gradientAccumulationSteps: 1));
        Refused("lossScaleFactor", () => new SGD(lossScaleFactor: 0));
        Refused("weightDecay", () => new Lion(weightDecay: -1));
        Refused("learningRate", () => new Lion(double.NaN));
        Refused("beta1", () => new Lion(beta1: 0));
        Refused("beta2", () => new Nadam(beta2: 1));
        Refused("rho", () => new Adadelta(rho: 1.1));
        Refused("epsilon", () => new Adamax(epsilon: -1));
        Refused("initialAccumulatorValue", () => new Adagrad(initialAccumulatorValue: -0.1));
        Refused("learningRatePower", () => new Ftrl(learningRatePower: 0.1));
        Refused("l1RegularizationStrength", () => new Ftrl(l1RegularizationStrength: -1));
        Refused("clipThreshold", () => new Adafactor(clipThreshold: 0));
        Refused("adamWeightDecay", () => new Muon(adamWeightDecay: -1));
        Refused("nsSteps", () => new Muon(nsSteps: -1));
        Assert.Equal("excludeLayers", Assert.Throws<ArgumentException>(() => new Muon(excludeLayers: ["("])).ParamName);
        Assert.Contains("clipNorm: 1", Assert.Throws<ArgumentException>(() => new Lamb(clipNorm: 1, clipValue: 2)).Message);

        static void Refused(string argument, Func<Optimizer> make) =>
            Assert.Equal(argument, Assert.Throws<ArgumentOutOfRangeException>(make).ParamName);
    }

    [Fact]
    public void A_loss_scale_of_a_power_of_two_changes_neither_the_weights_nor_the_loss_that_is_shown()
    {
        // Multiplying and dividing floats by a power of two is exact as long as nothing overflows.
        (float[] weights, double loss) = Train(new SGD(0.1));
        (float[] scaledWeights, double scaledLoss) = Train(new SGD(0.1, lossScaleFactor: 1024));

        Assert.Equal(loss, scaledLoss, 1e-6);
        Tolerance.Near(weights, scaledWeights, 1e-6, "weight");
    }

    [Fact]
    public void Accumulated_gradients_of_equal_batches_change_the_weights_like_one_large_batch()
    {
        // The loss is a mean over the batch, so the mean of the gradients of three batches of 10 is the gradient of one of 30.
        float[] large = Train(new SGD(0.1), batchSize: 30).Weights;
        float[] small = Train(new SGD(0.1, gradientAccumulationSteps: 3), batchSize: 10).Weights;

        Tolerance.Near(large, small, Tolerance.Dense, "weight");
    }

    [Fact]
    public void With_accumulation_a_schedule_counts_batches_and_Iterations_counts_changes()
    {
        var schedule = new Cairn.Optimizers.Schedules.InverseTimeDecay(0.1, 1, 1);
        (float[,] x, int[] y) = FitTests.Data(90);
        using Sequential model = FitTests.Classifier(1);
        model.Compile(new Adam(schedule, gradientAccumulationSteps: 2), "sparse_categorical_crossentropy");

        model.Fit(x, y, batchSize: 10, verbose: 0);

        // 9 batches are 4 updates and a gradient sum that waits for the next batch.
        Assert.Equal(4, model.Optimizer!.Iterations);
        Assert.Equal(schedule.At(9), (float)model.Optimizer.LearningRate);
    }

    [Fact]
    public void Without_a_step_the_averages_do_not_touch_the_weights()
    {
        (float[,] x, int[] y) = FitTests.Data(30);
        using Sequential model = FitTests.Classifier(1);
        model.Compile(new SGD(0.1, useEma: true), "sparse_categorical_crossentropy");
        model.Build([Shape.None, 4]);
        float[] before = ReferenceRun.Flatten(model);

        model.Fit(x, y, epochs: 0, verbose: 0);

        Assert.Equal(before, ReferenceRun.Flatten(model));
    }

    [Fact]
    public void A_training_that_is_interrupted_keeps_the_weights_instead_of_their_averages()
    {
        using var source = new CancellationTokenSource();
        float[] plain = Train(new SGD(0.1), callback: new CancelAfterTwoBatches(source), token: source.Token).Weights;
        using var other = new CancellationTokenSource();
        float[] averaged = Train(new SGD(0.1, useEma: true), callback: new CancelAfterTwoBatches(other), token: other.Token).Weights;

        Assert.Equal(plain, averaged);
    }

    private static (float[] Weights, double Loss) Train(Optimizer optimizer, int batchSize = 10, Callback? callback = null,
        CancellationToken token = default)
    {
        (float[,] x, int[] y) = FitTests.Data(90);
        using var model = new Sequential([new Cairn.Layers.Dense(8, activation: "tanh"), new Cairn.Layers.Dense(3)], seed: 4);
        model.Compile(optimizer, new Cairn.Losses.SparseCategoricalCrossentropy(fromLogits: true));
        History history = model.Fit(x, y, batchSize: batchSize, epochs: 2, verbose: 0, shuffle: false,
            callbacks: callback is null ? null : [callback], cancellationToken: token);
        return (ReferenceRun.Flatten(model), history.Epochs.Count == 0 ? double.NaN : history["loss"][^1]);
    }

    private sealed class CancelAfterTwoBatches(CancellationTokenSource source) : Callback
    {
        public override void OnTrainBatchEnd(int batch, Logs logs)
        {
            if (batch == 1)
            {
                source.Cancel();
            }
        }
    }
}
