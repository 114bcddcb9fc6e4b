using Cairn.Layers;
using Cairn.Optimizers;
using Cairn.Tests.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests;

/// <summary>Layers that are recomputed in the backward pass give the same results with less memory.</summary>
public sealed class RecomputeTests
{
    [Fact]
    public void Training_ends_with_the_same_weights_with_dropout_normalization_masks_and_losses()
    {
        Assert.Equal(Trained(recompute: false), Trained(recompute: true), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void So_do_the_gradients_of_a_tape_also_those_of_the_input()
    {
        using Sequential block = Block();
        using Tensor x = randn(4, 6);
        using var tape = new GradientTape();
        block.Build([null, 6]);
        Tensor watched = tape.Watch(x);
        Tensor kept = block.Call(watched, training: true).square().sum();
        Tensor?[] expected = [.. tape.Gradient(kept, block.TrainableWeights), tape.Gradient(kept, x)];
        block.Recompute = true;

        Tensor loss = block.Call(watched, training: true).square().sum();
        Tensor?[] gradients = [.. tape.Gradient(loss, block.TrainableWeights), tape.Gradient(loss, x)];

        Assert.All(expected.Zip(gradients), pair => Assert.True(pair.First!.allclose(pair.Second!)));
    }

    [Fact]
    public void Only_the_outputs_of_a_block_are_alive_after_the_forward_pass()
    {
        Assert.True(AliveAfterForward(recompute: true) + 20 < AliveAfterForward(recompute: false));
    }

    private static long AliveAfterForward(bool recompute)
    {
        using Sequential block = Block();
        block.Build([null, 6]);
        block.Recompute = recompute;
        using DisposeScope scope = NewDisposeScope();
        Tensor x = randn(4, 6);
        block.Call(x, training: true);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        block.Call(x, training: true);
        return DisposeScopeManager.Statistics.ThreadTotalLiveCount - before;
    }

    private static Sequential Block() => new(
        [.. Enumerable.Range(0, 12).Select(_ => new Dense(6, activation: "gelu"))], name: "block", seed: 2);

    private static float[] Trained(bool recompute)
    {
        var input = new Input([5, 6]);
        var block = new Sequential(
            [
                new Input([5, 6]), new Masking(), new LSTM(4, returnSequences: true, dropout: 0.2), new Dropout(0.3),
                new BatchNormalization(), new Dense(4, activityRegularizer: "l2"), new LSTM(3),
            ],
            name: "block")
        { Recompute = recompute };
        using var model = new Functional(input, new Dense(1).Apply(block.Apply(input)), seed: 5);
        model.Compile(new SGD(0.1), "mse");
        float[,,] x = new float[8, 5, 6];
        for (int i = 0; i < 8 * 3 * 6; i++)
        {
            x[i / 18, i / 6 % 3, i % 6] = MathF.Sin(i);
        }

        model.Fit(x, new float[8, 1], batchSize: 4, epochs: 2, verbose: 0);
        return ReferenceRun.Flatten(model);
    }
}
