using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Losses;
using Cairn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Layers;

/// <summary>Creation and propagation of masks, and their use in losses and metrics.</summary>
public sealed class MaskTests
{
    [Fact]
    public void Masking_leaves_out_the_steps_whose_features_all_have_the_value()
    {
        using DisposeScope scope = NewDisposeScope();
        using CallContext context = Context();
        Tensor x = tensor(new float[,,] { { { 9, 9 }, { 9, 1 }, { 0, 0 } } });

        Tensor y = new Masking(9).Apply(x, context);

        Assert.Equal([0f, 0, 9, 1, 0, 0], y.data<float>().ToArray());
        Assert.Equal([false, true, true], context.MaskOf(y)!.data<bool>().ToArray());
    }

    [Fact]
    public void Embedding_masks_zeros_where_it_is_asked_to()
    {
        using DisposeScope scope = NewDisposeScope();
        using CallContext context = Context();
        Tensor x = tensor(new float[,] { { 2, 0, 1 } });
        using var model = new Sequential([new Input([3], dtype: "int32"), new Embedding(4, 2, maskZero: true)]);
        model.EnsureBuilt();

        Assert.Equal([true, false, true], context.MaskOf(model.Apply(x, context))!.data<bool>().ToArray());
        using var without = new Sequential([new Input([3]), new Embedding(4, 2)]);
        without.EnsureBuilt();
        Assert.Null(context.MaskOf(without.Apply(x, context)));
    }

    public static TheoryData<string> Passing => [.. Layers().Where(l => l.Passes).Select(l => l.Layer.ToString())];

    public static TheoryData<string> Destroying => [.. Layers().Where(l => !l.Passes).Select(l => l.Layer.ToString())];

    [Theory]
    [MemberData(nameof(Passing))]
    public void A_mask_is_propagated(string layer)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor? mask, string warnings) = MaskBehind(layer);

        Assert.Equal([true, true, false], mask!.data<bool>().ToArray());
        Assert.Empty(warnings);
    }

    [Theory]
    [MemberData(nameof(Destroying))]
    public void A_mask_that_is_dropped_gives_one_warning(string layer)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor? mask, string warnings) = MaskBehind(layer);

        Assert.Null(mask);
        Assert.Equal(1, warnings.Split("UserWarning:").Length - 1);
        Assert.Contains("see the mask", warnings);
    }

    [Fact]
    public void A_layer_that_consumes_a_mask_gives_no_warning()
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (Layer layer in new Layer[] { new LSTM(2), new Bidirectional(new GRU(2)), new GlobalAveragePooling1D() })
        {
            (Tensor? mask, string warnings) = MaskBehind(layer);
            Assert.Null(mask);
            Assert.Empty(warnings);
        }
    }

    [Fact]
    public void Loss_and_metrics_use_the_mask_of_the_output()
    {
        // Outputs (1, masked), (3, 5); targets (0, 7), (1, 5). Squares 1, 4, 0 of three that count; the plain root mean square, as in
        // Keras, of all four with the masked output 0: (1 + 49 + 4 + 0) / 4.
        using Sequential model = Identity();
        model.Compile("sgd", "mse", metrics: ["mae", new Cairn.Metrics.RootMeanSquaredError("rmse")]);

        Logs logs = model.Evaluate(new float[,,] { { { 1 }, { 0 } }, { { 3 }, { 5 } } },
            new float[,,] { { { 0 }, { 7 } }, { { 1 }, { 5 } } }, verbose: 0);

        Assert.Equal(5.0 / 3, logs["loss"], 1e-6);
        Assert.Equal(1, logs["mae"], 1e-6);
        Assert.Equal(Math.Sqrt(54.0 / 4), logs["rmse"], 1e-6);
    }

    [Fact]
    public void Weights_of_samples_multiply_the_mask()
    {
        // The same with the weights 2 and 0.5: (2 · 1 + 0.5 · 4 + 0.5 · 0) / 3; mae (2 · 1 + 0.5 · 2) / (2 + 0.5 + 0.5).
        using Sequential model = Identity();
        model.Compile("sgd", "mse", weightedMetrics: ["mae"]);

        Logs logs = model.Evaluate(
            new float[,,] { { { 1 }, { 0 } }, { { 3 }, { 5 } } }, new float[,,] { { { 0 }, { 7 } }, { { 1 }, { 5 } } }, verbose: 0,
            sampleWeight: new float[] { 2, 0.5f });

        Assert.Equal(4.0 / 3, logs["loss"], 1e-6);
        Assert.Equal(1, logs["mae"], 1e-6);
    }

    [Theory]
    [InlineData("sum_over_batch_size", 2.0), InlineData("mean", 2.0), InlineData("sum", 6.0),
        InlineData("mean_with_sample_weight", 6 / 3.5)]
    public void Each_reduction_takes_weights_of_positions_and_mask_as_Keras_does(string reduction, double expected)
    {
        // Squares 1, 49, 4, 0 with the weights 2, masked, 1, 0.5: a sum of 6 over 3 that count, or over the weights 3.5.
        using DisposeScope scope = NewDisposeScope();
        Tensor mask = tensor(new[] { true, false, true, true }).reshape(2, 2);
        Tensor weights = tensor(new[] { 2f, 1, 1, 0.5f }).reshape(2, 2);

        Tensor loss = new MeanSquaredError(reduction: reduction).Compute(
            tensor(new[] { 0f, 7, 1, 5 }).reshape(2, 2, 1), tensor(new[] { 1f, 0, 3, 5 }).reshape(2, 2, 1), weights, mask);

        Assert.Equal(expected, loss.item<float>(), 1e-5);
    }

    [Fact]
    public void A_fully_masked_batch_has_a_loss_of_zero()
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (string reduction in new[] { "sum_over_batch_size", "sum", "mean_with_sample_weight" })
        {
            Assert.Equal(0, new MeanSquaredError(reduction: reduction)
                .Compute(ones(2, 2, 1), zeros(2, 2, 1), null, zeros(2, 2, dtype: ScalarType.Bool)).item<float>());
        }
    }

    [Fact]
    public void Softmax_refuses_a_mask_of_the_wrong_shape()
    {
        using DisposeScope scope = NewDisposeScope();
        using CallContext context = Context();
        Tensor x = ones(2, 3, 4);
        context.SetMask(x, ones(2, 3, dtype: ScalarType.Bool));

        Assert.Contains("(2, 3, 4)", Assert.Throws<ArgumentException>(() => new Softmax(name: "s").Apply(x, context)).Message);
    }

    private static CallContext Context(TextWriter? error = null) => new(training: false, 0, CPU) { Error = error ?? TextWriter.Null };

    private static Sequential Identity() =>
        new([new Input([2, 1]), new Masking(), new Dense(1, useBias: false, kernelInitializer: "ones")]);

    private static IEnumerable<(Layer Layer, bool Passes)> Layers()
    {
        foreach (Layer layer in new Layer[]
        {
            new Dense(2), new Activation("tanh"), new ReLU(), new LeakyReLU(), new ELU(), new PReLU(), new Dropout(0.5),
            new SpatialDropout1D(0.5), new GaussianNoise(0.1),
            new GaussianDropout(0.1), new ActivityRegularization(0.1), new LayerNormalization(), new GroupNormalization(1),
            new BatchNormalization(),
            new UnitNormalization(), new Rescaling(2), new Sequential([new Dense(3), new Dropout(0.1)], "passing"),
        })
        {
            yield return (layer, true);
        }

        foreach (Layer layer in new Layer[]
        {
            new Conv1D(2, 2), new Flatten(), new Reshape([6]), new Permute([2, 1]), new MaxPooling1D(1), new GlobalMaxPooling1D(),
            new ZeroPadding1D(), new Cropping1D(),
            new UpSampling1D(), new RMSNormalization(), new Sequential([new LSTM(2, returnSequences: true)], "ending"),
            new SimpleRNN(2, returnSequences: true),
            new Bidirectional(new LSTM(2, returnSequences: true)), new TimeDistributed(new Dense(2)),
        })
        {
            yield return (layer, false);
        }
    }

    private static (Tensor? Mask, string Warnings) MaskBehind(string name) =>
        MaskBehind(Layers().Single(l => l.Layer.ToString() == name).Layer);

    private static (Tensor? Mask, string Warnings) MaskBehind(Layer layer)
    {
        var error = new StringWriter();
        using CallContext context = Context(error);
        using (layer)
        {
            layer.BuildFor([Shape.None, 3, 2], new Cairn.Training.BuildContext(1));
            Tensor? mask = null;
            for (int call = 0; call < 2; call++)
            {
                context.BeginStep(0);
                Tensor x = rand(1, 3, 2);
                context.SetMask(x, tensor(new[] { true, true, false }).reshape(1, 3));
                mask = context.MaskOf(layer.Apply(x, context));
            }

            return (mask, error.ToString());
        }
    }
}
