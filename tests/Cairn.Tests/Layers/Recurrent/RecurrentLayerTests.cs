using Cairn.Layers;
using Cairn.Tests.Saving;
using Cairn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Layers;

public sealed class RecurrentLayerTests
{
    [Fact]
    public void A_stateful_layer_keeps_its_state_between_batches_until_it_is_reset()
    {
        float[,,] x = new float[,,] { { { 1 }, { 2 } }, { { 3 }, { 4 } } };
        using Sequential model = Stateful(out SimpleRNN layer);

        // h = x + h / 2 without activation: 1 → 1, 2.5 and 3 → 3, 5.5; then 1 + 1.25 = 2.25, 3.125 and 3 + 2.75 = 5.75, 6.875.
        Assert.Equal([2.5f, 5.5f], model.Predict(x, batchSize: 2, verbose: 0).ToArray());
        Assert.Equal([2.5f, 5.5f], layer.States![0].ToArray());
        Assert.Equal([3.125f, 6.875f], model.Predict(x, batchSize: 2, verbose: 0).ToArray());
        layer.ResetState();
        Assert.Null(layer.States);
        Assert.Equal([2.5f, 5.5f], model.Predict(x, batchSize: 2, verbose: 0).ToArray());

        // From 4 and 8: 1 + 2 = 3, 3.5 and 3 + 4 = 7, 7.5.
        layer.ResetState([new float[,] { { 4 }, { 8 } }]);
        Assert.Equal([3.5f, 7.5f], model.Predict(x, batchSize: 2, verbose: 0).ToArray());
        model.ResetStates();
        Assert.Equal([2.5f, 5.5f], model.Predict(x, batchSize: 2, verbose: 0).ToArray());
    }

    [Fact]
    public void A_stateful_layer_trains_behind_a_prediction_and_predicts_behind_a_training()
    {
        float[,,] x = new float[,,] { { { 0.1f }, { 0.2f } }, { { 0.3f }, { 0.4f } } };
        using Sequential model = Stateful(out SimpleRNN layer);
        model.Compile("sgd", "mse");

        model.Predict(x, batchSize: 2, verbose: 0);
        float before = layer.States![0].ToArray()[0];
        model.Fit(x, new float[,] { { 1 }, { 1 } }, batchSize: 2, epochs: 3, validationData: (x, new float[,] { { 1 }, { 1 } }),
            verbose: 0);

        Assert.NotEqual(before, layer.States![0].ToArray()[0]);
        Assert.Equal([2, 1], model.Predict(x, batchSize: 2, verbose: 0).Shape);
    }

    [Fact]
    public void A_stateful_layer_needs_batches_of_one_size()
    {
        using var open = new Sequential([new Input([2, 1]), new LSTM(2, stateful: true)]);
        Assert.Contains("batchSize", Assert.Throws<ArgumentException>(() => open.EnsureBuilt()).Message);

        using Sequential model = Stateful(out SimpleRNN layer);
        Assert.ThrowsAny<ArgumentException>(() => model.Predict(new float[3, 2, 1], batchSize: 2, verbose: 0));
        Assert.Contains("(2, 1)", Assert.Throws<ArgumentException>(() => layer.ResetState([new float[3, 1]])).Message);
        Assert.Contains("stateful", Assert.Throws<InvalidOperationException>(() => new LSTM(2).ResetState()).Message);
    }

    [Theory]
    [InlineData(0.5, 0), InlineData(0, 0.5), InlineData(0.4, 0.3)]
    public void Dropout_masks_are_the_same_for_all_steps_of_a_call_and_differ_between_calls(double dropout, double recurrentDropout)
    {
        using DisposeScope scope = NewDisposeScope();
        using var layer = new SimpleRNN(
            4, activation: "linear", useBias: false, kernelInitializer: "ones", recurrentInitializer: "zeros", dropout: dropout,
            recurrentDropout: recurrentDropout, returnSequences: true);
        layer.BuildFor([2, 6, 8], new BuildContext(1));
        using (no_grad())
        {
            layer.Cell.Weights[1].Value.copy_(eye(4));
        }

        using var context = new CallContext(training: true, 3, CPU);
        Tensor x = ones(2, 6, 8);
        x[.., 1..] = 0;

        // The input of step 0 alone, then h · mask again and again: where the state is kept it grows by 1 / (1 - rate) a step, else it is
        // gone.
        float[] first = layer.Apply(x, context).data<float>().ToArray();
        float[] second = layer.Apply(x, context).data<float>().ToArray();
        Assert.NotEqual(first, second);
        if (recurrentDropout == 0)
        {
            return;
        }

        float kept = (float)(1 / (1 - recurrentDropout));
        for (int unit = 0; unit < 4; unit++)
        {
            bool dropped = first[4 + unit] == 0;
            for (int step = 1; step < 6; step++)
            {
                float expected = dropped ? 0 : first[unit] * MathF.Pow(kept, step);
                Assert.Equal(expected, first[(step * 4) + unit], 1e-3f * MathF.Max(1, expected));
            }
        }
    }

    [Fact]
    public void Dropout_follows_from_the_seed_and_the_step()
    {
        float[,,] x = new float[8, 5, 3];
        for (int i = 0; i < x.Length; i++)
        {
            System.Runtime.InteropServices.MemoryMarshal.CreateSpan(ref x[0, 0, 0], x.Length)[i] = i % 7;
        }

        float[] Trained(long seed)
        {
            using var model = new Sequential([new Input([5, 3]), new LSTM(3, dropout: 0.3, recurrentDropout: 0.2), new Dense(1)],
                seed: seed);
            model.Compile("adam", "mse");
            model.Fit(x, new float[8, 1], batchSize: 4, epochs: 2, verbose: 0);
            return [.. model.GetWeights().SelectMany(w => w.ToArray())];
        }

        Assert.Equal(Trained(5), Trained(5));
        Assert.NotEqual(Trained(5), Trained(6));
    }

    [Fact]
    public void The_bias_of_the_forget_gate_starts_at_one()
    {
        using var model =
            new Sequential([new Input([4, 2]), new LSTM(2, biasInitializer: new Cairn.Initializers.Constant(0.5)), new Reshape([1, 2]),
            new LSTM(2, unitForgetBias: false)]);

        Assert.Equal([0.5f, 0.5f, 1, 1, 0.5f, 0.5f, 0.5f, 0.5f], model.Weights[2].ToNDArray().ToArray());
        Assert.Equal(new float[8], model.Weights[5].ToNDArray().ToArray());
    }

    [Fact]
    public void A_custom_cell_processes_a_sequence()
    {
        // Twice the sum of the inputs so far.
        using var model = new Sequential([new Input([3, 1]), new RNN(new Adding(), returnSequences: true)]);

        Assert.Equal([2f, 6, 12], model.Predict(new float[,,] { { { 1 }, { 2 }, { 3 } } }, verbose: 0).ToArray());
        Assert.Contains("backwardLayer", Assert.Throws<ArgumentException>(() => new Bidirectional(new RNN(new Adding()))).Message);
        using var both = new Sequential(
            [new Input([3, 1]), new Bidirectional(new RNN(new Adding()), backwardLayer: new RNN(new Adding(), goBackwards: true))]);
        Assert.Equal([12f, 12], both.Predict(new float[,,] { { { 1 }, { 2 }, { 3 } } }, verbose: 0).ToArray());
    }

    [Fact]
    public void Weights_have_the_paths_of_Keras()
    {
        using var model = new Sequential([
            new Input([3, 2]), new Bidirectional(new LSTM(2, returnSequences: true)),
            new RNN([new GRUCell(2), new GRUCell(2)], returnSequences: true), new TimeDistributed(new Dense(1))]);

        Assert.Equal(
            [
                "bidirectional/forward_lstm/lstm_cell", "bidirectional/backward_lstm/lstm_cell", "rnn/stacked_rnn_cells/gru_cell",
                "rnn/stacked_rnn_cells/gru_cell_1",
                "time_distributed/dense",
            ],
            model.Weights.Select(w => w.Path[(w.Path.IndexOf('/') + 1)..w.Path.LastIndexOf('/')]).Distinct());
    }

    [Theory]
    [InlineData("m.h5"), InlineData("m.keras")]
    public void Every_recurrent_layer_is_saved_and_loaded(string file)
    {
        using var folder = new TemporaryFolder();
        using var model = new Sequential([
            new Input([4], batchSize: 2, dtype: "int32"), new Embedding(6, 3, maskZero: true), new Masking(0.5),
            new RNN([new LSTMCell(3), new SimpleRNNCell(2)], returnSequences: true),
            new GRU(3, resetAfter: false, returnSequences: true, goBackwards: true),
            new Bidirectional(new GRU(2, dropout: 0.1, returnSequences: true), "ave"),
            new TimeDistributed(new Dense(2, activation: "relu")),
            new LSTM(2, recurrentActivation: "hard_sigmoid", kernelRegularizer: "l2", recurrentConstraint: "unit_norm", stateful: true)]);
        float[,] x = new float[,] { { 1, 2, 0, 0 }, { 5, 4, 3, 0 } };
        float[] expected = model.Predict(x, verbose: 0).ToArray();
        model.Save(folder[file]);

        using var again = Model.Load(folder[file]);

        Assert.Equal(expected, again.Predict(x, verbose: 0).ToArray());
        Assert.Equal(model.ToJson(), again.ToJson());
        again.SaveWeights(folder["w.weights.h5"]);
        model.LoadWeights(folder["w.weights.h5"]);
    }

    [Fact]
    public void Initial_states_in_a_functional_model_are_checked()
    {
        var x = new Input([4, 2]);
        var state = new Input([3]);

        KerasTensor y = new GRU(3).Apply(x, initialState: [state]);

        Assert.Equal([Shape.None, 3], y.Shape);
        Assert.Equal("initial_state", y.Producer.Arguments.Tensors[1].Parameter);
        Assert.Contains("(None, 5)", Assert.Throws<ArgumentException>(() => new GRU(5, name: "g").Apply(x, initialState: [state])).Message);
        Assert.Contains("ApplyMany", Assert.Throws<InvalidOperationException>(() => new LSTM(3, returnState: true).Apply(x)).Message);
        Assert.Equal(3, new LSTM(3, returnState: true).ApplyMany(x).Count);
    }

    [Fact]
    public void Forward_and_backward_layers_may_differ_only_in_direction()
    {
        Assert.Contains("goBackwards", Assert.Throws<ArgumentException>(() => new Bidirectional(new LSTM(2, goBackwards: true))).Message);
        Assert.Contains("returnSequences", Assert.Throws<ArgumentException>(
            () => new Bidirectional(new LSTM(2), backwardLayer: new LSTM(2, goBackwards: true, returnSequences: true))).Message);
        Assert.Contains("'mul'", Assert.Throws<ArgumentException>(() => new Bidirectional(new LSTM(2), "mull")).Message);
        Assert.Contains("(None, 3)", Assert.Throws<ArgumentException>(
            () => new Bidirectional(new LSTM(2), "sum", new LSTM(3, goBackwards: true)).ComputeOutputShape([Shape.None, 4, 1])).Message);
    }

    [Fact]
    public void Steps_of_a_convolution_are_computed_as_if_each_were_alone()
    {
        using DisposeScope scope = NewDisposeScope();
        using var context = new CallContext(training: false, 0, CPU);
        using var conv = new Conv2D(3, 2, activation: "relu");
        using var layer = new TimeDistributed(conv);
        layer.BuildFor([2, 3, 4, 5, 2], new BuildContext(1));
        Tensor x = rand([2, 3, 4, 5, 2]);

        Tensor y = layer.Apply(x, context);

        Assert.Equal([2, 3, 3, 4, 3], (Shape)y.shape);
        for (int t = 0; t < 3; t++)
        {
            Assert.True(y.select(1, t).allclose(conv.Apply(x.select(1, t), context), 1e-5, 1e-6));
        }
    }

    [Fact]
    public void Bad_arguments_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new LSTM(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GRU(1, dropout: 1.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SimpleRNNCell(1, recurrentDropout: -0.1));
        Assert.Throws<ArgumentException>(() => new RNN([]));
        Assert.Contains("int33", Assert.Throws<ArgumentException>(() => new Input([1], dtype: "int33")).Message);
        Assert.Contains("(batch, steps, features)",
            Assert.Throws<ArgumentException>(() => new LSTM(2).ComputeOutputShape([Shape.None, 3])).Message);
        Assert.Throws<ArgumentException>(() => new TimeDistributed(new Dense(1)).ComputeOutputShape([Shape.None, 3]));
    }

    private static Sequential Stateful(out SimpleRNN layer)
    {
        layer = new SimpleRNN(1, activation: "linear", kernelInitializer: "ones",
            recurrentInitializer: new Cairn.Initializers.Constant(0.5), stateful: true);
        return new Sequential([new Input([2, 1], batchSize: 2), layer]);
    }

    private sealed class Adding() : RNNCell("adding")
    {
        public override IReadOnlyList<int> StateSizes => [1];

        protected override (Tensor Output, Tensor[] States) Step(Tensor x, Tensor[] states, CallContext context)
        {
            Tensor sum = x + states[0];
            return (sum * 2, [sum]);
        }
    }
}
