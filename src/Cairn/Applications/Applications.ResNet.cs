namespace Cairn;

public static partial class Applications
{
    private const double ResNetEpsilon = 1.001e-5;

    /// <summary>ResNet with 50 layers (He et al., 2015). Keras: <c>applications.ResNet50</c>.</summary>
    /// <param name="includeTop">Whether to include the classification layers (the top); true by default.</param>
    /// <param name="weights">
    /// A local weights file for exactly this network, in one of Keras' formats (<c>.h5</c>, <c>.weights.h5</c>, <c>.keras</c>); null
    /// (default) for random weights. Nothing is downloaded.
    /// </param>
    /// <param name="inputTensor">The input tensor of the network, from an existing graph; null (default) to create a new input.</param>
    /// <param name="inputShape">
    /// Height, width and channels of an image, at least 32 × 32. Null (default) for 224 × 224 × 3 with the top, or any size with 3 channels
    /// without it.
    /// </param>
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
    public static Functional ResNet50(
        bool includeTop = true, string? weights = null, KerasTensor? inputTensor = null, Shape? inputShape = null, string? pooling = null,
        int classes = 1000, string? classifierActivation = "softmax", string name = "resnet50") =>
        ResNet(
            new ImageModel(name, includeTop, weights, inputTensor, inputShape, pooling, classes, classifierActivation),
            preactivated: false, [3, 4, 6, 3]);

    /// <summary>ResNet with 101 layers (He et al., 2015). Keras: <c>applications.ResNet101</c>.</summary>
    /// <inheritdoc cref="ResNet50"/>
    public static Functional ResNet101(
        bool includeTop = true, string? weights = null, KerasTensor? inputTensor = null, Shape? inputShape = null, string? pooling = null,
        int classes = 1000, string? classifierActivation = "softmax", string name = "resnet101") =>
        ResNet(
            new ImageModel(name, includeTop, weights, inputTensor, inputShape, pooling, classes, classifierActivation),
            preactivated: false, [3, 4, 23, 3]);

    /// <summary>ResNet with 152 layers (He et al., 2015). Keras: <c>applications.ResNet152</c>.</summary>
    /// <inheritdoc cref="ResNet50"/>
    public static Functional ResNet152(
        bool includeTop = true, string? weights = null, KerasTensor? inputTensor = null, Shape? inputShape = null, string? pooling = null,
        int classes = 1000, string? classifierActivation = "softmax", string name = "resnet152") =>
        ResNet(
            new ImageModel(name, includeTop, weights, inputTensor, inputShape, pooling, classes, classifierActivation),
            preactivated: false, [3, 8, 36, 3]);

    /// <summary>
    /// ResNet with 50 layers (He et al., 2016: normalization and activation before the convolutions). Keras:
    /// <c>applications.ResNet50V2</c>.
    /// </summary>
    /// <inheritdoc cref="ResNet50"/>
    public static Functional ResNet50V2(
        bool includeTop = true, string? weights = null, KerasTensor? inputTensor = null, Shape? inputShape = null, string? pooling = null,
        int classes = 1000, string? classifierActivation = "softmax", string name = "resnet50v2") =>
        ResNet(
            new ImageModel(name, includeTop, weights, inputTensor, inputShape, pooling, classes, classifierActivation), preactivated: true,
            [3, 4, 6, 3]);

    /// <summary>
    /// ResNet with 101 layers (He et al., 2016: normalization and activation before the convolutions). Keras:
    /// <c>applications.ResNet101V2</c>.
    /// </summary>
    /// <inheritdoc cref="ResNet50"/>
    public static Functional ResNet101V2(
        bool includeTop = true, string? weights = null, KerasTensor? inputTensor = null, Shape? inputShape = null, string? pooling = null,
        int classes = 1000, string? classifierActivation = "softmax", string name = "resnet101v2") =>
        ResNet(
            new ImageModel(name, includeTop, weights, inputTensor, inputShape, pooling, classes, classifierActivation),
            preactivated: true, [3, 4, 23, 3]);

    /// <summary>
    /// ResNet with 152 layers (He et al., 2016: normalization and activation before the convolutions). Keras:
    /// <c>applications.ResNet152V2</c>.
    /// </summary>
    /// <inheritdoc cref="ResNet50"/>
    public static Functional ResNet152V2(
        bool includeTop = true, string? weights = null, KerasTensor? inputTensor = null, Shape? inputShape = null, string? pooling = null,
        int classes = 1000, string? classifierActivation = "softmax", string name = "resnet152v2") =>
        ResNet(
            new ImageModel(name, includeTop, weights, inputTensor, inputShape, pooling, classes, classifierActivation),
            preactivated: true, [3, 8, 36, 3]);

    /// <summary>A residual network with four stages. Keras: <c>applications.resnet.ResNet</c>.</summary>
    /// <param name="model">The common arguments.</param>
    /// <param name="preactivated">Whether to normalize and activate before the convolutions (version 2).</param>
    /// <param name="repeats">Number of blocks of each stage.</param>
    internal static Functional ResNet(ImageModel model, bool preactivated, int[] repeats)
    {
        KerasTensor x = Pad(model.Begin(224, 32, out _), 3, "conv1_pad");
        x = Conv(x, 64, 7, 2, name: "conv1_conv");
        x = preactivated ? x : Activate(Norm(x, "conv1_bn", ResNetEpsilon, axis: 3), name: "conv1_relu");
        x = MaxPool(Pad(x, 1, "pool1_pad"), 3, 2, "pool1_pool");
        for (int stage = 0; stage < repeats.Length; stage++)
        {
            int filters = 64 << stage;
            for (int i = 1; i <= repeats[stage]; i++)
            {
                string name = $"conv{stage + 2}_block{i}";
                x = preactivated
                    ? ResidualBlockV2(x, filters, i == repeats[stage] && stage < repeats.Length - 1 ? 2 : 1, i == 1, name)
                    : ResidualBlock(x, filters, i == 1 && stage > 0 ? 2 : 1, i == 1, name);
            }
        }

        x = preactivated ? Activate(Norm(x, "post_bn", ResNetEpsilon, axis: 3), name: "post_relu") : x;
        return model.End(model.Top(x, "avg_pool", "max_pool"));
    }

    private static KerasTensor ResidualBlock(KerasTensor inputs, int filters, int strides, bool projects, string name)
    {
        KerasTensor shortcut = projects
            ? Norm(Conv(inputs, 4 * filters, 1, strides, name: $"{name}_0_conv"), $"{name}_0_bn", ResNetEpsilon, axis: 3)
            : inputs;
        KerasTensor x = Conv(inputs, filters, 1, strides, name: $"{name}_1_conv");
        x = Activate(Norm(x, $"{name}_1_bn", ResNetEpsilon, axis: 3), name: $"{name}_1_relu");
        x = Conv(x, filters, 3, padding: Same, name: $"{name}_2_conv");
        x = Activate(Norm(x, $"{name}_2_bn", ResNetEpsilon, axis: 3), name: $"{name}_2_relu");
        x = Norm(Conv(x, 4 * filters, 1, name: $"{name}_3_conv"), $"{name}_3_bn", ResNetEpsilon, axis: 3);
        return Activate(Sum(shortcut, x, $"{name}_add"), name: $"{name}_out");
    }

    private static KerasTensor ResidualBlockV2(KerasTensor inputs, int filters, int strides, bool projects, string name)
    {
        KerasTensor before = Activate(Norm(inputs, $"{name}_preact_bn", ResNetEpsilon, axis: 3), name: $"{name}_preact_relu");
        KerasTensor shortcut = projects ? Conv(before, 4 * filters, 1, strides, name: $"{name}_0_conv")
            : strides > 1 ? MaxPool(inputs, 1, strides) : inputs;
        KerasTensor x = Conv(before, filters, 1, bias: false, name: $"{name}_1_conv");
        x = Activate(Norm(x, $"{name}_1_bn", ResNetEpsilon, axis: 3), name: $"{name}_1_relu");
        x = Conv(Pad(x, 1, $"{name}_2_pad"), filters, 3, strides, bias: false, name: $"{name}_2_conv");
        x = Activate(Norm(x, $"{name}_2_bn", ResNetEpsilon, axis: 3), name: $"{name}_2_relu");
        return Sum(shortcut, Conv(x, 4 * filters, 1, name: $"{name}_3_conv"), $"{name}_out");
    }
}
