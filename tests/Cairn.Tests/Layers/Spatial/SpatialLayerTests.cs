using System.Text.Json.Nodes;
using Cairn.Layers;
using Cairn.Saving;

namespace Cairn.Tests.Layers;

/// <summary>Convolution, pooling, padding, cropping and upsampling over one, two and three axes, with values computed by hand.</summary>
public sealed class SpatialLayerTests
{
    [Fact]
    public void A_causal_Conv1D_sees_nothing_later()
    {
        // Kernel of ones over 2 steps, 2 apart: y[t] = x[t - 2] + x[t].
        Assert.Equal([1f, 2, 4, 6],
            Run(new Conv1D(1, 2, padding: "causal", dilationRate: 2, kernelInitializer: "ones"), [4, 1], [1, 2, 3, 4]), Close);

        // With strides of 2 the outputs at 0 and 2 are left: x[0] and x[1] + x[2].
        Assert.Equal([1f, 5], Run(new Conv1D(1, 2, strides: 2, padding: "causal", kernelInitializer: "ones"), [4, 1], [1, 2, 3, 4]), Close);
        Assert.Contains("'causal' is for Conv1D", Assert.Throws<ArgumentException>(() => new Conv2D(1, 1, padding: "causal")).Message);
        Assert.Contains("'causal' is for Conv1D", Assert.Throws<ArgumentException>(() => new MaxPooling1D(padding: "causal")).Message);
    }

    [Fact]
    public void Conv3D_sums_over_its_window()
    {
        // The numbers 0 to 7 in a cube of 2: their sum with "valid", and one output at the first corner with "same" and strides of 2.
        float[] cube = [0, 1, 2, 3, 4, 5, 6, 7];
        Assert.Equal([28f], Run(new Conv3D(1, 2, kernelInitializer: "ones"), [2, 2, 2, 1], cube), Close);
        Assert.Equal([28f], Run(new Conv3D(1, 3, strides: 2, padding: "same", kernelInitializer: "ones"), [2, 2, 2, 1], cube), Close);

        // Same, strides 1: the window (1, 1, 2) sums neighbours in a row, the last one stands alone.
        Assert.Equal([1f, 1, 5, 3, 9, 5, 13, 7],
            Run(new Conv3D(1, (1, 1, 2), padding: "same", kernelInitializer: "ones"), [2, 2, 2, 1], cube), Close);
    }

    [Theory]

    // Each input x at position i adds x times the kernel (1, 2, 3) from 2i on: 1 2 3+2 4 6 for the inputs 1, 2.
    [InlineData(3, 2, "valid", null, new float[] { 1, 2, 5, 4, 6 })]
    [InlineData(3, 2, "valid", 1, new float[] { 1, 2, 5, 4, 6, 0 })]

    // Of these "same" keeps 2 · 2 elements. Keras pads 2 + 3 - 2 = 3 in all, 2 of them before: nothing is cut before, one element after.
    [InlineData(3, 2, "same", null, new float[] { 1, 2, 5, 4 })]

    // (2 - 1) · 2 + 3 % 2 + extra elements: padding 3 + 1 - 2 + 0 = 2, 1 before: one element is cut before and one after; with 1 extra as
    // above.
    [InlineData(3, 2, "same", 0, new float[] { 2, 5, 4 })]
    [InlineData(3, 2, "same", 1, new float[] { 1, 2, 5, 4 })]

    // The window is smaller than the step: the gaps are zeros, up to the whole 2 · 3 elements.
    [InlineData(1, 3, "valid", null, new float[] { 1, 0, 0, 2, 0, 0 })]
    [InlineData(1, 3, "same", null, new float[] { 1, 0, 0, 2, 0, 0 })]
    public void Transposed_convolution_adds_its_kernel_for_every_input(int kernel, int stride, string padding, int? outputPadding,
    float[] expected)
    {
        float[] weights = [.. Enumerable.Range(1, kernel).Select(i => (float)i)];
        Assert.Equal(expected, Run(new Conv1DTranspose(1, kernel, stride, padding, outputPadding), [2, 1], [1, 2], weights, [0]), Close);

        Size2D? extra2 = outputPadding is { } two ? (0, two) : null;
        Assert.Equal(expected,
            Run(new Conv2DTranspose(1, (1, kernel), (1, stride), padding, extra2), [1, 2, 1], [1, 2], weights, [0]), Close);

        Size3D? extra3 = outputPadding is { } three ? (0, three, 0) : null;
        Assert.Equal(expected, Run(new Conv3DTranspose(1, (1, kernel, 1), (1, stride, 1), padding, outputPadding: extra3), [1, 2, 1, 1],
            [1, 2], weights, [0]), Close);
    }

    [Fact]
    public void Transposed_convolution_adds_its_bias_everywhere_and_mixes_channels()
    {
        // Kernel [1 step, 2 filters, 2 channels]: filter 0 takes 1·a + 2·b, filter 1 takes 3·a + 4·b; steps of 2 leave only the bias
        // between.
        float[] y = Run(new Conv1DTranspose(2, 1, strides: 2), [1, 2], [10, 1], [1, 2, 3, 4], [0.5f, -0.5f]);

        Assert.Equal([12.5f, 33.5f, 0.5f, -0.5f], y, Close);
        Assert.Contains("less than strides (2,)",
            Assert.Throws<ArgumentOutOfRangeException>(() => new Conv1DTranspose(1, 3, 2, outputPadding: 2)).Message);
    }

    [Fact]
    public void Depthwise_convolution_keeps_channels_apart()
    {
        // Steps (1, 10), (2, 20); kernel [2 steps, 2 channels, 2 each]: channel 0 has kernels (1, 3) and (2, 4), channel 1 has (5, 7) and
        // (6, 8).
        float[] kernel = [1, 2, 5, 6, 3, 4, 7, 8];
        float[] expected = [1 + 6, 2 + 8, 50 + 140, 60 + 160];

        Assert.Equal(expected, Run(new DepthwiseConv1D(2, depthMultiplier: 2), [2, 2], [1, 10, 2, 20], kernel, [0, 0, 0, 0]), Close);
        Assert.Equal(expected,
            Run(new DepthwiseConv2D((1, 2), depthMultiplier: 2), [1, 2, 2], [1, 10, 2, 20], kernel, [0, 0, 0, 0]), Close);
    }

    [Fact]
    public void Separable_convolution_is_a_depthwise_one_and_a_mix_of_its_channels()
    {
        // As above, then the mix 7 - 10 + 2 · 190 - 220 = 157, and the bias 1.
        float[] kernel = [1, 2, 5, 6, 3, 4, 7, 8];
        float[] mix = [1, -1, 2, -1];

        Assert.Equal([158f], Run(new SeparableConv1D(1, 2, depthMultiplier: 2), [2, 2], [1, 10, 2, 20], kernel, mix, [1]), Close);
        Assert.Equal([158f], Run(new SeparableConv2D(1, (1, 2), depthMultiplier: 2), [1, 2, 2], [1, 10, 2, 20], kernel, mix, [1]), Close);
    }

    [Fact]
    public void Pooling_over_one_and_three_axes_ignores_the_padding()
    {
        float[] row = [-1, -2, -3];
        Assert.Equal([-1f], Run(new MaxPooling1D(), [3, 1], row), Close);
        Assert.Equal([-1f, -3], Run(new MaxPooling1D(padding: "same"), [3, 1], row), Close);
        Assert.Equal([-1.5f, -3], Run(new AveragePooling1D(2, padding: "same"), [3, 1], row), Close);
        Assert.Equal([-1.5f, -2.5f], Run(new AveragePooling1D(2, strides: 1), [3, 1], row), Close);
        Assert.Equal([-1f, -3], Run(new MaxPooling3D((1, 2, 1), padding: "same"), [1, 3, 1, 1], row), Close);
        Assert.Equal([-1.5f, -3], Run(new AveragePooling3D((1, 2, 1), padding: "same"), [1, 3, 1, 1], row), Close);
        Assert.Contains("sequences no smaller than its window (4,)",
            Assert.Throws<ArgumentException>(() => Run(new MaxPooling1D(4), [3, 1], row)).Message);
    }

    [Fact]
    public void Global_pooling_reduces_each_channel_to_one_number()
    {
        // Two channels, 1 3 5 7 and 2 4 0 -2.
        float[] x = [1, 2, 3, 4, 5, 0, 7, -2];
        foreach (Shape shape in new Shape[] { [4, 2], [2, 2, 2], [1, 2, 2, 2] })
        {
            (Layer max, Layer mean, Layer kept) = shape.Rank switch
            {
                2 => ((Layer)new GlobalMaxPooling1D(), (Layer)new GlobalAveragePooling1D(), (Layer)new GlobalMaxPooling1D(keepDims: true)),
                3 => (new GlobalMaxPooling2D(), new GlobalAveragePooling2D(), new GlobalAveragePooling2D(keepDims: true)),
                _ => (new GlobalMaxPooling3D(), new GlobalAveragePooling3D(), new GlobalAveragePooling3D(keepDims: true)),
            };
            Assert.Equal([7f, 4], Run(max, shape, x), Close);
            Assert.Equal([4f, 1], Run(mean, shape, x), Close);
            Assert.Equal([Shape.None, .. Enumerable.Repeat(1L, shape.Rank - 1), 2], kept.ComputeOutputShape(shape.WithBatch()));
        }

        // The same numbers as two channels of four steps with the channels first.
        Assert.Equal([4f, 7], Run(new GlobalMaxPooling1D(DataFormat.ChannelsFirst), [2, 4], x), Close);
    }

    [Fact]
    public void Zeros_are_padded_as_requested()
    {
        Assert.Equal([0f, 1, 2, 0], Run(new ZeroPadding1D(), [2, 1], [1, 2]));
        Assert.Equal([1f, 2, 0, 0], Run(new ZeroPadding1D((0, 2)), [2, 1], [1, 2]));
        Assert.Equal([0f, 0, 0, 0, 1, 2], Run(new ZeroPadding2D(((1, 0), (1, 0))), [1, 2, 1], [1, 2]));
        Assert.Equal([0f, 0, 0, 0, 1, 2], Run(new ZeroPadding2D(((1, 0), (1, 0)), DataFormat.ChannelsFirst), [1, 1, 2], [1, 2]));
        Assert.Equal([0f, 1, 0, 0, 2, 0], Run(new ZeroPadding2D((0, 1)), [2, 1, 1], [1, 2]));
        Assert.Equal([0f, 0, 1, 2], Run(new ZeroPadding3D(((1, 0), (0, 0), (0, 0))), [1, 1, 2, 1], [1, 2]));
        Assert.Equal([Shape.None, 3, 4, 5, 1], new ZeroPadding3D().ComputeOutputShape([Shape.None, 1, 2, 3, 1]));
        Assert.Contains("0 or more", Assert.Throws<ArgumentOutOfRangeException>(() => new ZeroPadding1D(-1)).Message);
    }

    [Fact]
    public void Elements_are_cropped_as_requested()
    {
        float[] six = [1, 2, 3, 4, 5, 6];
        Assert.Equal([2f, 3, 4, 5], Run(new Cropping1D(), [6, 1], six));
        Assert.Equal(six, Run(new Cropping2D(), [2, 3, 1], six));
        Assert.Equal([5f, 6], Run(new Cropping2D(((1, 0), (1, 0))), [2, 3, 1], six));
        Assert.Equal([5f, 6], Run(new Cropping2D(((1, 0), (1, 0)), DataFormat.ChannelsFirst), [1, 2, 3], six));
        Assert.Equal([2f, 5], Run(new Cropping3D(((0, 0), (0, 0), (1, 1))), [1, 2, 3, 1], six));
        Assert.Contains("larger than its cropping (1, 1)",
            Assert.Throws<ArgumentException>(() => Run(new Cropping1D(), [2, 1], [1, 2])).Message);
    }

    [Fact]
    public void UpSampling_repeats_or_interpolates()
    {
        Assert.Equal([1f, 10, 1, 10, 2, 20, 2, 20], Run(new UpSampling1D(), [2, 2], [1, 10, 2, 20]));
        Assert.Equal([1f, 1, 2, 2, 1, 1, 2, 2], Run(new UpSampling2D(), [1, 2, 1], [1, 2]));
        Assert.Equal([1f, 1, 1, 2, 2, 2], Run(new UpSampling2D((1, 3), DataFormat.ChannelsFirst), [1, 1, 2], [1, 2]));
        Assert.Equal([1f, 2, 1, 2], Run(new UpSampling3D((2, 1, 1)), [1, 1, 2, 1], [1, 2]));

        // Centres of the new pixels lie at -1/4, 1/4, 3/4 and 5/4 of the old ones; outside, the border pixel is repeated.
        Assert.Equal([1f, 1.25f, 1.75f, 2], Run(new UpSampling2D((1, 2), interpolation: "bilinear"), [1, 2, 1], [1, 2]), Close);
        Assert.Contains("'nearest', 'bilinear' or 'bicubic'",
            Assert.Throws<ArgumentException>(() => new UpSampling2D(interpolation: "cubic")).Message);
    }

    public static TheoryData<string> Kinds => [.. Samples.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_configuration_survives_JSON(string kind)
    {
        using Layer layer = Samples[kind]();
        var expected = new JsonObject { ["class_name"] = layer.ClassName, ["config"] = layer.GetConfig() };

        using Layer again = LayerRegistry.Deserialize(JsonNode.Parse(expected.ToJsonString()), "layer");

        Assert.Equal(layer.GetType(), again.GetType());
        Assert.Equal(expected["config"]!.ToJsonString(), again.GetConfig().ToJsonString());
    }

    [Fact]
    public void Configurations_hold_the_keys_of_Keras_in_its_order()
    {
        Assert.Equal(
            ["name", "trainable", "dtype", "filters", "kernel_size", "strides", "padding", "output_padding", "data_format", "dilation_rate",
                "activation", "use_bias",
                "kernel_initializer", "bias_initializer", "kernel_regularizer", "bias_regularizer", "activity_regularizer",
                "kernel_constraint", "bias_constraint"],
            new Conv2DTranspose(1, 3).GetConfig().Select(pair => pair.Key));
        Assert.Equal(["name", "trainable", "dtype", "cropping"], new Cropping1D().GetConfig().Select(pair => pair.Key));
        Assert.Equal("[[1,2],[3,4]]", new ZeroPadding2D(((1, 2), (3, 4))).GetConfig()["padding"]!.ToJsonString());
        Assert.Equal("[1,2]", new ZeroPadding1D((1, 2)).GetConfig()["padding"]!.ToJsonString());
        Assert.Equal("2", new UpSampling1D().GetConfig()["size"]!.ToJsonString());
        Assert.Equal("[3]", new Conv1D(1, 3).GetConfig()["kernel_size"]!.ToJsonString());
    }

    [Fact]
    public void Margins_are_read_as_in_Keras()
    {
        static string Read(string padding) => LayerRegistry
            .Deserialize(JsonNode.Parse($$"""{ "class_name": "ZeroPadding2D", "config": { "padding": {{padding}} } }"""), "layer")
            .GetConfig()["padding"]!.ToJsonString();
        Assert.Equal("[[2,2],[2,2]]", Read("2"));
        Assert.Equal("[[1,1],[2,2]]", Read("[1,2]"));
        Assert.Equal("[[1,0],[2,3]]", Read("[[1,0],[2,3]]"));
        Assert.Contains("padding", Assert.Throws<ConfigException>(() => Read("[1,2,3]")).Message);
        Assert.Contains("padding[1]", Assert.Throws<ConfigException>(() => Read("[1,[2,\"x\"]]")).Message);
    }

    private static readonly Dictionary<string, Func<Layer>> Samples = new Func<Layer>[]
    {
        () => new Conv1D(4, 3, 2, "causal", groups: 2, activation: "relu", kernelRegularizer: "l2", name: "a"),
        () => new Conv3D(4, (1, 2, 3), padding: "same", dataFormat: DataFormat.ChannelsFirst, dilationRate: 2, useBias: false),
        () => new Conv1DTranspose(4, 3, 2, "same", 1),
        () => new Conv2DTranspose(4, (3, 2), 2, "same", (1, 0), activation: "tanh"),
        () => new Conv3DTranspose(4, 3, (1, 2, 2), biasInitializer: "ones"),
        () => new DepthwiseConv1D(3, 2, "same", 2),
        () => new DepthwiseConv2D((3, 2), depthMultiplier: 3, depthwiseInitializer: "ones", depthwiseRegularizer: "l1"),
        () => new SeparableConv1D(4, 3, dilationRate: 2, pointwiseInitializer: "ones"),
        () => new SeparableConv2D(4, (3, 2), depthMultiplier: 2, pointwiseRegularizer: "l2", activityRegularizer: "l1"),
        () => new MaxPooling1D(3, 2, "same"),
        () => new MaxPooling3D((1, 2, 3)),
        () => new AveragePooling1D(3, dataFormat: DataFormat.ChannelsFirst),
        () => new AveragePooling3D(2, (2, 1, 1), "same"),
        () => new GlobalMaxPooling1D(keepDims: true),
        () => new GlobalMaxPooling2D(),
        () => new GlobalMaxPooling3D(DataFormat.ChannelsFirst),
        () => new GlobalAveragePooling1D(),
        () => new GlobalAveragePooling3D(keepDims: true),
        () => new ZeroPadding1D((1, 2)),
        () => new ZeroPadding2D(((1, 2), (3, 4))),
        () => new ZeroPadding3D((1, 2, 3)),
        () => new Cropping1D((1, 2)),
        () => new Cropping2D(((1, 2), (3, 4))),
        () => new Cropping3D(((1, 2), (3, 4), (5, 6)), DataFormat.ChannelsFirst),
        () => new UpSampling1D(3),
        () => new UpSampling2D((2, 3), interpolation: "bilinear"),
        () => new UpSampling3D((1, 2, 3)),
    }.ToDictionary(make => make().ClassName);

    private static float[] Run(Layer layer, Shape sample, float[] x, params float[][] weights)
    {
        using var model = new Sequential([new Input(sample), layer]);
        model.EnsureBuilt();
        if (weights.Length > 0)
        {
            model.SetWeights([.. weights.Zip(model.Weights, (numbers, variable) => NDArray.From(numbers, variable.Shape))]);
        }

        NDArray y = model.Predict(NDArray.From(x, sample.WithBatch(1)), verbose: 0);
        Assert.Equal(layer.ComputeOutputShape(sample.WithBatch(1)), y.Shape);
        return y.ToArray();
    }

    private static bool Close(float a, float b) => Math.Abs(a - b) <= 1e-5f;
}
