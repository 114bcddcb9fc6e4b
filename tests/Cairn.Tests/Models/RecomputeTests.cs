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

    [Theory]
    [InlineData("mixed_bfloat16")]
    [InlineData("mixed_float16")]
    public void So_it_does_with_a_mixed_policy_in_which_layers_compute_with_copies_of_the_weights(string policy)
    {
        float[] expected = Trained(recompute: false, policy);
        Assert.NotEqual(Trained(recompute: false), expected);
        Assert.Equal(expected, Trained(recompute: true, policy), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    // These layers change weights that their own function reads: the second computation must start from the same values.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Spectral_normalization_and_batch_renormalization_are_computed_again_from_the_same_weights(bool twice)
    {
        Assert.Equal(Run(recompute: false), Run(recompute: true), (a, b) => Math.Abs(a - b) < 1e-6);

        float[] Run(bool recompute)
        {
            var input = new Input([6]);
            var block = new Sequential(
                [new Input([6]), new SpectralNormalization(new Dense(6)), new BatchNormalization(renorm: true, momentum: 0.5)],
                name: "block")
            { Recompute = recompute };
            KerasTensor y = block.Apply(input);
            using var model = new Functional(input, new Dense(1).Apply(twice ? block.Apply(y) : y), seed: 5);
            model.Compile(new SGD(0.05), "mse");
            float[,] x = new float[8, 6];
            for (int i = 0; i < 48; i++)
            {
                x[i / 6, i % 6] = MathF.Sin(i) * 3;
            }

            model.Fit(x, new float[8, 1], batchSize: 4, epochs: 2, shuffle: false, verbose: 0);
            return ReferenceRun.Flatten(model);
        }
    }

    [Fact]
    public void A_recomputed_layer_within_spectral_normalization_has_the_same_gradients()
    {
        Assert.Equal(Run(recompute: false), Run(recompute: true), (a, b) => Math.Abs(a - b) < 1e-6);

        static float[] Run(bool recompute)
        {
            var input = new Input([6]);
            var shared = new SpectralNormalization(new Dense(6) { Recompute = recompute });
            using var model = new Functional(input, new Dense(1).Apply(shared.Apply(shared.Apply(input))), seed: 5);
            model.Compile(new SGD(0.05), "mse");
            model.Fit(new float[,] { { 1, 2, 3, 4, 5, 6 }, { -1, 2, 0, 1, 3, 1 } }, new float[2, 1], epochs: 2, verbose: 0);
            return ReferenceRun.Flatten(model);
        }
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

    private static float[] Trained(bool recompute, string policy = "float32")
    {
        var input = new Input([5, 6]);
        var block = new Sequential(
            [
                new Input([5, 6]), new Masking(), new LSTM(4, returnSequences: true, dropout: 0.2), new Dropout(0.3),
                new BatchNormalization(), new Dense(4, activityRegularizer: "l2"), new LSTM(3),
            ],
            name: "block")
        { Recompute = recompute };
        using var model = new Functional(input, new Dense(1).Apply(block.Apply(input)), seed: 5) { DTypePolicy = policy };
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
