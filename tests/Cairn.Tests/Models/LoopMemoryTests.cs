using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Losses;
using Cairn.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests;

/// <summary>A custom loop keeps no tensors beyond the step of its tape.</summary>
public sealed class LoopMemoryTests
{
    [Fact]
    public void The_number_of_live_tensors_is_the_same_after_every_step_of_a_loop_with_a_tape()
    {
        using var model = new Sequential(
            [new Input([4]), new Dense(8, activation: "relu", kernelRegularizer: "l2"), new BatchNormalization(), new Dropout(0.5),
                new Dense(1)]);
        using var optimizer = new Adam(0.01, clipNorm: 1);
        Loss mse = Loss.MeanSquaredError();
        using Tensor x = randn(16, 4), y = randn(16, 1);
        var alive = new List<long>();
        for (int step = 0; step < 60; step++)
        {
            using (var tape = new GradientTape())
            {
                Tensor loss = mse.Compute(y, model.Call(x, training: true)) + model.Losses[0];
                optimizer.Apply(tape.Gradient(loss, model.TrainableWeights), model.TrainableWeights);
            }

            alive.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }

        // The first step creates the state of the optimizer.
        Assert.Single(alive.Skip(2).Distinct());
    }

    [Fact]
    public void Over_5000_steps_nothing_is_left_that_the_user_would_have_to_dispose_besides_the_tape()
    {
        using var model = new Sequential([new Input([4]), new Dense(8, activation: "relu"), new Dropout(0.5), new Dense(1)], seed: 1);
        using var optimizer = new Adam(0.01);
        using Tensor x = randn(16, 4), y = randn(16, 1);
        var alive = new HashSet<long>();
        double last = 0;
        for (int step = 0; step < 5000; step++)
        {
            using var tape = new GradientTape();
            Tensor noisy = x + randn_like(x);
            Tensor error = model.Call(noisy, training: true) - y;
            Tensor loss = error.square().mean() + error.abs().max();
            Tensor?[] gradients = tape.Gradient(loss, model.TrainableWeights);
            optimizer.Apply([.. gradients.Select(gradient => gradient!.clamp(-1, 1))], model.TrainableWeights);
            last = model.Call(x).mean().item<float>();
            if (step >= 2)
            {
                alive.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount);
            }
        }

        // Counted within the step, before its tape is disposed: every step has the same tensors.
        Assert.Single(alive);
        Assert.True(double.IsFinite(last));
    }

    [Fact]
    public void So_it_is_in_Fit_with_a_step_and_with_a_layer_that_is_computed_again()
    {
        using var block = new Sequential([new Input([4]), new Dense(4, activation: "tanh"), new Dropout(0.5)]) { Recompute = true };
        using var model = new Sequential([new Input([4]), block, new Dense(1)]);
        model.Compile("sgd", "mse");
        var alive = new List<long>();

        model.Fit(new float[60, 4], new float[60, 1], batchSize: 1, verbose: 0, callbacks:
            [new LambdaCallback(onTrainBatchEnd: (_, _) => alive.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount))]);

        Assert.Single(alive.Skip(2).Distinct());
    }
}
