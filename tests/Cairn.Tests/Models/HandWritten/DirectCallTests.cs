using Cairn.Layers;
using Cairn.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.HandWritten;

/// <summary>Layers and models called as functions of tensors, outside of Fit.</summary>
public sealed class DirectCallTests
{
    [Fact]
    public void A_layer_makes_its_weights_at_the_first_call_and_gives_gradients_of_weights_and_input()
    {
        using var tape = new GradientTape();
        using var layer = new Dense(1, kernelInitializer: "ones");
        Tensor x = tensor(new float[,] { { 1, 2 }, { 3, 4 } });

        Tensor y = layer.Call(tape.Watch(x));
        Tensor?[] gradients = tape.Gradient(y, layer.TrainableWeights);

        // y = x·(1, 1): the gradient of the sum of y is the sum over x for the kernel, 2 for the bias, 1 for every element of x.
        Assert.Equal([3f, 7f], y.detach().data<float>());
        Assert.Equal([4f, 6f], gradients[0]!.data<float>());
        Assert.Equal([2f], gradients[1]!.data<float>());
        Assert.Equal([1f, 1f, 1f, 1f], tape.Gradient(y, x).data<float>());
        Assert.Equal("dense/kernel", layer.Weights[0].Path);
        Assert.Equal([Shape.None, 2], layer.InputShape);
    }

    [Theory]
    [InlineData(new long[] { 2, 3 }, new long[] { 4, 2 })]
    [InlineData(new long[] { 3 }, new long[] { 2 })]
    [InlineData(new long[] { 5, 2, 3 }, new long[] { 4, 3, 2 })]
    [InlineData(new long[] { }, new long[] { 2, 2 })]
    public void Ops_Matmul_refuses_what_would_end_the_process(long[] left, long[] right)
    {
        using DisposeScope scope = NewDisposeScope();
        Assert.Contains("can't be multiplied as matrices",
            Assert.Throws<ArgumentException>(() => Ops.Matmul(ones(left), ones(right))).Message);
        Assert.Throws<ArgumentException>(() => Ops.Matmul(ones(2, 2), ones(2, 2, dtype: ScalarType.Int64)));
    }

    [Theory]
    [InlineData(new long[] { 2, 3 }, new long[] { 3, 4 }, new long[] { 2, 4 })]
    [InlineData(new long[] { 3 }, new long[] { 3 }, new long[] { })]
    [InlineData(new long[] { 3 }, new long[] { 5, 3, 2 }, new long[] { 5, 2 })]
    [InlineData(new long[] { 6, 1, 2, 3 }, new long[] { 5, 3, 2 }, new long[] { 6, 5, 2, 2 })]
    public void Ops_Matmul_multiplies_vectors_matrices_and_batches(long[] left, long[] right, long[] product)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor result = Ops.Matmul(ones(left), ones(right));
        Assert.Equal(product, result.shape);

        // Each element is a sum of three products of ones.
        Assert.All(result.flatten().data<float>().ToArray(), value => Assert.Equal(3, value));
    }

    [Fact]
    public void A_built_layer_that_gets_a_tensor_of_another_width_throws_instead_of_ending_the_process()
    {
        using DisposeScope scope = NewDisposeScope();
        using var dense = new Dense(2, useBias: false);
        using var attention = new Attention();
        dense.Call(ones(3, 4));
        attention.Call([ones(1, 3, 4), ones(1, 3, 4)]);

        Assert.Contains("(3, 5) and (4, 2)", Assert.ThrowsAny<Exception>(() => dense.Call(ones(3, 5))).ToString());
        Assert.ThrowsAny<Exception>(() => attention.Call([ones(1, 3, 4), ones(1, 3, 5)]));
    }

    [Fact]
    public void Training_is_false_unless_said_and_holds_for_all_within()
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new Sequential([new Input([50]), new Sequential([new Dropout(0.5)])], seed: 1);
        Tensor x = ones(4, 50);

        Assert.Equal(200, model.Call(x).sum().item<float>());
        Assert.Contains(0f, model.Call(x, training: true).data<float>());
        Assert.NotEqual(model.Call(x, training: true).data<float>(), model.Call(x, training: true).data<float>());
    }

    [Fact]
    public void The_same_seed_draws_the_same_numbers()
    {
        using DisposeScope scope = NewDisposeScope();
        Assert.Equal(Draw(), Draw());

        static float[] Draw()
        {
            using var model = new Sequential([new Dense(8), new Dropout(0.5)], seed: 7);
            model.Call(ones(2, 4), training: true);
            return [.. model.Call(ones(2, 4), training: true).detach().data<float>()];
        }
    }

    [Fact]
    public void Masks_go_with_the_tensors_from_call_to_call()
    {
        using DisposeScope scope = NewDisposeScope();
        using var embedding = new Embedding(5, 3, maskZero: true);
        using var lstm = new LSTM(2);
        using var both = new Sequential([embedding, lstm]);
        Tensor words = tensor(new long[,] { { 1, 2, 0, 0 } });

        Tensor apart = lstm.Call(embedding.Call(words));

        Assert.Equal(both.Call(words).detach().data<float>(), apart.detach().data<float>());
        Assert.NotEqual(apart.detach().data<float>(), lstm.Call(embedding.Call(words).clone()).detach().data<float>());
    }

    [Fact]
    public void Losses_are_those_of_the_last_call_and_the_penalties_of_weights()
    {
        using var tape = new GradientTape();
        using var model = new Sequential(
            [
                new Input([2]),
                new Dense(1, kernelInitializer: "ones", kernelRegularizer: new Cairn.Regularizers.L2(0.5)),
                new ActivityRegularization(l1: 1),
            ]);

        model.Call(ones(3, 2));
        model.Call(ones(1, 2));

        // |1 + 1| of one sample, and 0.5·(1 + 1).
        Assert.Equal([2f, 1f], model.Losses.Select(loss => loss.item<float>()));
    }

    [Fact]
    public void Several_inputs_and_outputs()
    {
        using DisposeScope scope = NewDisposeScope();
        using var add = new Add();
        using var lstm = new LSTM(2, returnState: true);

        Assert.Equal(3, add.Call([ones(1, 1), ones(1, 1) * 2]).item<float>());
        Assert.Equal(3, lstm.CallMany(ones(1, 2, 2)).Length);
        Assert.Contains(
            "CallMany",
            Assert.Throws<InvalidOperationException>(() => lstm.Call(ones(1, 2, 2))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => add.Call([]));
    }

    [Fact]
    public void Frozen_weights_have_no_gradients_and_what_does_not_matter_has_none()
    {
        using var tape = new GradientTape();
        using var model = new Sequential([new Dense(2) { Trainable = false }, new Dense(1)]);
        using var other = new Dense(1);
        other.Build([1, 2]);

        Tensor loss = model.Call(ones(1, 3)).sum();

        Assert.Equal([true, true, false, false], tape.Gradient(loss, model.Weights).Select(g => g is null));
        Assert.All(tape.Gradient(loss, other.Weights), Assert.Null);
        Assert.Throws<InvalidOperationException>(() => tape.Gradient(loss, ones(1)));
        Assert.Contains(
            "not depend on anything",
            Assert.Throws<InvalidOperationException>(() => tape.Gradient(ones(1), model.Weights)).Message);
        Assert.Throws<ArgumentException>(() => tape.Watch(tensor(new long[] { 1 })));
    }

    [Fact]
    public void A_tape_in_a_tape_gives_second_derivatives()
    {
        using var outer = new GradientTape();
        Tensor x = outer.Watch(tensor(3f));
        Tensor first;
        using (var inner = new GradientTape())
        {
            first = inner.Gradient(x * x * x, x).MoveToOuterDisposeScope();
        }

        // (x³)' = 3x², (x³)'' = 6x.
        Assert.Equal(27, first.item<float>());
        Assert.Equal(18, outer.Gradient(first, x).item<float>());
    }

    [Fact]
    public void A_layer_has_weights_to_build_read_and_set()
    {
        using var layer = new Dense(2);
        Assert.Empty(layer.GetWeights());
        Assert.Contains(
            "call Build",
            Assert.Throws<ArgumentException>(() => layer.SetWeights([new float[3, 2], new float[2]])).Message, StringComparison.Ordinal);

        layer.Build([Shape.None, 3]);
        layer.SetWeights([new float[,] { { 1, 2 }, { 3, 4 }, { 5, 6 } }, new float[] { 7, 8 }]);

        Assert.Equal([1, 2, 3, 4, 5, 6], layer.GetWeights()[0].ToArray());
        Assert.Equal(8, layer.CountParams());
        Assert.Throws<ArgumentException>(() => layer.SetWeights([new float[2, 3], new float[2]]));
    }

    [Fact]
    public void A_step_of_Fit_calls_its_parts_by_Call_and_numbers_follow_from_the_seed()
    {
        Assert.Equal(Weights(), Weights());

        static float[] Weights()
        {
            using var model = new OwnLoop { Seed = 5 };
            model.Compile(new SGD(0.1));
            model.Fit(new float[8, 3], new float[8, 1], batchSize: 4, epochs: 2, verbose: 0);
            Assert.True(model.SawDropout);
            return [.. model.GetWeights().SelectMany(w => w.ToArray())];
        }
    }

    [Fact]
    public void Memory_of_a_loop_is_flat()
    {
        using var model = new Sequential([new Input([64]), new Dense(256, activation: "relu"), new Dropout(0.2), new Dense(64)], seed: 1);
        using var optimizer = new Adam();
        using Tensor x = ones(128, 64);
        var mse = new Cairn.Losses.MeanSquaredError();
        Run(10);
        long tensors = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

        Run(500);

        Assert.Equal(tensors, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);

        void Run(int steps)
        {
            for (int step = 0; step < steps; step++)
            {
                using var tape = new GradientTape();
                Tensor loss = mse.Compute(x, model.Call(x, training: true));
                optimizer.Apply(tape.Gradient(loss, model.TrainableWeights), model.TrainableWeights);
            }
        }
    }

    private sealed class OwnLoop : Model
    {
        private readonly Sequential inner;

        public OwnLoop() => inner = AddSublayer(new Sequential([new Dense(16), new Dropout(0.5), new Dense(1)]), "inner");

        public bool SawDropout { get; private set; }

        protected override Tensor Call(Tensor x, CallContext context) => inner.Call(x);

        protected override Cairn.Callbacks.Logs? TrainStep(Cairn.Data.Batch batch, CallContext context)
        {
            Tensor first = inner.Call(batch.X + 1, training: true);
            SawDropout |= !first.allclose(inner.Call(batch.X + 1, training: true));
            using var tape = new GradientTape();
            Tensor loss = (inner.Call(batch.X + 1, training: true) - batch.Y! - 1).square().mean();
            Optimizer!.Apply(tape.Gradient(loss, TrainableWeights), TrainableWeights);
            return new() { ["loss"] = loss.item<float>() };
        }
    }
}
