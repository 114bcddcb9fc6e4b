using Cairn.Initializers;
using Cairn.Layers;

namespace Cairn;

public static partial class Applications
{
    private const double NASNetMomentum = 0.9997;

    /// <summary>
    /// NASNet for mobile devices (Zoph et al., 2018). Keras: <c>applications.NASNetMobile</c>. Expects pixel values from -1 to 1.
    /// </summary>
    /// <param name="inputShape">
    /// Height, width and channels of an image, at least 32 × 32; null for 224 × 224 × 3 (<c>NASNetLarge</c>: 331 × 331 × 3).
    /// </param>
    /// <param name="includeTop">Whether to include the classification layers (the top); true by default.</param>
    /// <param name="weights">
    /// A local weights file for exactly this network, in one of Keras' formats; null (default) for random weights.
    /// </param>
    /// <param name="inputTensor">The input tensor of the network, from an existing graph; null (default) to create a new input.</param>
    /// <param name="pooling">Without the top: <c>"avg"</c> or <c>"max"</c> for global pooling, null (default) for none.</param>
    /// <param name="classes">Number of classes, 1 or more; 1000 by default.</param>
    /// <param name="classifierActivation">
    /// Activation of the top; <c>"softmax"</c> by default, null for logits. If weights are loaded, only these two are allowed.
    /// </param>
    /// <param name="name">Name of the model.</param>
    /// <returns>The model, not compiled.</returns>
    /// <exception cref="ArgumentException">An argument is outside its range.</exception>
    /// <exception cref="FileNotFoundException">The weights file does not exist.</exception>
    /// <exception cref="Saving.ModelFormatException">The file does not contain the weights of this network.</exception>
    public static Functional NASNetMobile(
        Shape? inputShape = null, bool includeTop = true, string? weights = null, KerasTensor? inputTensor = null, string? pooling = null,
        int classes = 1000, string? classifierActivation = "softmax", string name = "nasnet_mobile") =>
        NASNet(
            new ImageModel(
                name, includeTop, weights, inputTensor, inputShape ?? (includeTop ? null : [224, 224, 3]), pooling, classes,
                classifierActivation),
            224, 1056, 4, 32, skipsReduction: false);

    /// <summary>NASNet (Zoph et al., 2018). Keras: <c>applications.NASNetLarge</c>. Expects pixel values from -1 to 1.</summary>
    /// <inheritdoc cref="NASNetMobile"/>
    public static Functional NASNetLarge(
        Shape? inputShape = null, bool includeTop = true, string? weights = null, KerasTensor? inputTensor = null, string? pooling = null,
        int classes = 1000, string? classifierActivation = "softmax", string name = "nasnet_large") =>
        NASNet(
            new ImageModel(name, includeTop, weights, inputTensor, inputShape, pooling, classes, classifierActivation),
            331, 4032, 6, 96, skipsReduction: true);

    /// <summary>Keras: <c>applications.nasnet.NASNet</c>, with a filter multiplier of 2.</summary>
    /// <param name="model">The common arguments.</param>
    /// <param name="size">Default height and width.</param>
    /// <param name="penultimateFilters">Number of features of the last stage, a multiple of 96.</param>
    /// <param name="blocks">Number of cells of each stage.</param>
    /// <param name="stemFilters">Number of filters of the first convolution.</param>
    /// <param name="skipsReduction">Whether the cell after a reduction also gets the input of the reduction.</param>
    internal static Functional NASNet(ImageModel model, int size, int penultimateFilters, int blocks, int stemFilters, bool skipsReduction)
    {
        int filters = penultimateFilters / 24;
        KerasTensor x = model.Begin(size, 32, out _);
        x = Conv(x, stemFilters, 3, 2, bias: false, initializer: Initializer.HeNormal, name: "stem_conv1");
        x = NASNetNorm(x, "stem_bn1");
        KerasTensor? before = null;
        (x, before) = (ReductionCell(x, before, filters / 4, "stem_1"), x);
        (x, before) = (ReductionCell(x, before, filters / 2, "stem_2"), x);
        for (int stage = 0; stage < 3; stage++)
        {
            if (stage > 0)
            {
                KerasTensor reduced = ReductionCell(x, before, filters << stage, $"reduce_{stage * blocks}");
                before = skipsReduction ? before : x;
                x = reduced;
            }

            for (int i = 0; i < blocks; i++)
            {
                (x, before) = (NormalCell(x, before, filters << stage, $"{(stage * blocks) + (stage > 0 ? 1 : 0) + i}"), x);
            }
        }

        return model.End(model.Top(Activate(x)));
    }

    private static KerasTensor NormalCell(KerasTensor inputs, KerasTensor? before, int filters, string id)
    {
        KerasTensor p = Adjust(before, inputs, filters, id);
        KerasTensor h = NASNetNorm(NASNetConv(Activate(inputs), filters, $"normal_conv_1_{id}"), $"normal_bn_1_{id}");
        KerasTensor x1 = SeparableBlock(h, filters, 5, 1, $"normal_left1_{id}");
        x1 = Sum(x1, SeparableBlock(p, filters, 3, 1, $"normal_right1_{id}"), $"normal_add_1_{id}");
        KerasTensor x2 = SeparableBlock(p, filters, 5, 1, $"normal_left2_{id}");
        x2 = Sum(x2, SeparableBlock(p, filters, 3, 1, $"normal_right2_{id}"), $"normal_add_2_{id}");
        KerasTensor x3 = Sum(AveragePool(h, 3, 1, $"normal_left3_{id}", Same), p, $"normal_add_3_{id}");
        KerasTensor x4 = AveragePool(p, 3, 1, $"normal_left4_{id}", Same);
        x4 = Sum(x4, AveragePool(p, 3, 1, $"normal_right4_{id}", Same), $"normal_add_4_{id}");
        KerasTensor x5 = Sum(SeparableBlock(h, filters, 3, 1, $"normal_left5_{id}"), h, $"normal_add_5_{id}");
        return Join($"normal_concat_{id}", -1, p, x1, x2, x3, x4, x5);
    }

    private static KerasTensor ReductionCell(KerasTensor inputs, KerasTensor? before, int filters, string id)
    {
        KerasTensor p = Adjust(before, inputs, filters, id);
        KerasTensor h = NASNetNorm(NASNetConv(Activate(inputs), filters, $"reduction_conv_1_{id}"), $"reduction_bn_1_{id}");
        KerasTensor padded = Pad(h, CorrectPad(h, 3), $"reduction_pad_1_{id}");
        KerasTensor x1 = SeparableBlock(h, filters, 5, 2, $"reduction_left1_{id}");
        x1 = Sum(x1, SeparableBlock(p, filters, 7, 2, $"reduction_right1_{id}"), $"reduction_add_1_{id}");
        KerasTensor x2 = MaxPool(padded, 3, 2, $"reduction_left2_{id}");
        x2 = Sum(x2, SeparableBlock(p, filters, 7, 2, $"reduction_right2_{id}"), $"reduction_add_2_{id}");
        KerasTensor x3 = AveragePool(padded, 3, 2, $"reduction_left3_{id}");
        x3 = Sum(x3, SeparableBlock(p, filters, 5, 2, $"reduction_right3_{id}"), $"reduction_add3_{id}");
        KerasTensor x4 = Sum(x2, AveragePool(x1, 3, 1, $"reduction_left4_{id}", Same));
        KerasTensor x5 = SeparableBlock(x1, filters, 3, 1, $"reduction_left4_{id}");
        x5 = Sum(x5, MaxPool(padded, 3, 2, $"reduction_right5_{id}"), $"reduction_add4_{id}");
        return Join($"reduction_concat_{id}", -1, x2, x3, x4, x5);
    }

    // Adjusts the output of the second-to-last cell to the size and number of features of the last one.
    private static KerasTensor Adjust(KerasTensor? before, KerasTensor inputs, int filters, string id)
    {
        if (before is not { } p)
        {
            return inputs;
        }

        if (p.Shape[2] != inputs.Shape[2])
        {
            p = Activate(p, name: $"adjust_relu_1_{id}");
            KerasTensor one = NASNetConv(AveragePool(p, 1, 2, $"adjust_avg_pool_1_{id}"), filters / 2, $"adjust_conv_1_{id}");
            KerasTensor two = new Cropping2D(((1, 0), (1, 0))).Apply(Pad(p, ((0, 1), (0, 1))));
            two = NASNetConv(AveragePool(two, 1, 2, $"adjust_avg_pool_2_{id}"), filters / 2, $"adjust_conv_2_{id}");
            return NASNetNorm(Join(null, -1, one, two), $"adjust_bn_{id}");
        }

        return Channels(p) == filters ? p : NASNetNorm(NASNetConv(Activate(p), filters, $"adjust_conv_projection_{id}"), $"adjust_bn_{id}");
    }

    private static KerasTensor SeparableBlock(KerasTensor x, int filters, int kernel, int strides, string id)
    {
        x = Activate(x);
        x = strides == 2 ? Pad(x, CorrectPad(x, kernel), $"separable_conv_1_pad_{id}") : x;
        x = Separable(x, filters, kernel, $"separable_conv_1_{id}", strides, strides == 2 ? Valid : Same);
        x = Activate(NASNetNorm(x, $"separable_conv_1_bn_{id}"));
        return NASNetNorm(Separable(x, filters, kernel, $"separable_conv_2_{id}"), $"separable_conv_2_bn_{id}");
    }

    private static KerasTensor NASNetConv(KerasTensor x, int filters, string name) =>
        Conv(x, filters, 1, padding: Same, bias: false, initializer: Initializer.HeNormal, name: name);

    private static KerasTensor NASNetNorm(KerasTensor x, string name) => Norm(x, name, momentum: NASNetMomentum);
}
