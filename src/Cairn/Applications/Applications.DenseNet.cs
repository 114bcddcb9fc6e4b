namespace Cairn;

public static partial class Applications
{
    /// <summary>DenseNet with 121 layers (Huang et al., 2017). Keras: <c>applications.DenseNet121</c>.</summary>
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
    public static Functional DenseNet121(
        bool includeTop = true, string? weights = null, KerasTensor? inputTensor = null, Shape? inputShape = null, string? pooling = null,
        int classes = 1000, string? classifierActivation = "softmax", string name = "densenet121") =>
        DenseNet(
            new ImageModel(name, includeTop, weights, inputTensor, inputShape, pooling, classes, classifierActivation), [6, 12, 24, 16]);

    /// <summary>DenseNet with 169 layers (Huang et al., 2017). Keras: <c>applications.DenseNet169</c>.</summary>
    /// <inheritdoc cref="DenseNet121"/>
    public static Functional DenseNet169(
        bool includeTop = true, string? weights = null, KerasTensor? inputTensor = null, Shape? inputShape = null, string? pooling = null,
        int classes = 1000, string? classifierActivation = "softmax", string name = "densenet169") =>
        DenseNet(
            new ImageModel(name, includeTop, weights, inputTensor, inputShape, pooling, classes, classifierActivation), [6, 12, 32, 32]);

    /// <summary>DenseNet with 201 layers (Huang et al., 2017). Keras: <c>applications.DenseNet201</c>.</summary>
    /// <inheritdoc cref="DenseNet121"/>
    public static Functional DenseNet201(
        bool includeTop = true, string? weights = null, KerasTensor? inputTensor = null, Shape? inputShape = null, string? pooling = null,
        int classes = 1000, string? classifierActivation = "softmax", string name = "densenet201") =>
        DenseNet(
            new ImageModel(name, includeTop, weights, inputTensor, inputShape, pooling, classes, classifierActivation), [6, 12, 48, 32]);

    /// <summary>
    /// Dense blocks: each layer gets the outputs of all earlier layers of its block. Keras: <c>applications.densenet.DenseNet</c>.
    /// </summary>
    /// <param name="model">The common arguments.</param>
    /// <param name="repeats">Number of layers of each block.</param>
    internal static Functional DenseNet(ImageModel model, int[] repeats)
    {
        KerasTensor x = Pad(model.Begin(224, 32, out _), 3);
        x = Conv(x, 64, 7, 2, bias: false, name: "conv1_conv");
        x = Activate(Norm(x, "conv1_bn", ResNetEpsilon, axis: 3), name: "conv1_relu");
        x = MaxPool(Pad(x, 1), 3, 2, "pool1");
        for (int block = 0; block < repeats.Length; block++)
        {
            for (int i = 1; i <= repeats[block]; i++)
            {
                x = Grow(x, $"conv{block + 2}_block{i}");
            }

            x = block < repeats.Length - 1 ? Halve(x, $"pool{block + 2}") : x;
        }

        x = Activate(Norm(x, "bn", ResNetEpsilon, axis: 3), name: "relu");
        return model.End(model.Top(x, "avg_pool", "max_pool"));
    }

    private static KerasTensor Grow(KerasTensor inputs, string name)
    {
        KerasTensor x = Activate(Norm(inputs, $"{name}_0_bn", ResNetEpsilon, axis: 3), name: $"{name}_0_relu");
        x = Conv(x, 128, 1, bias: false, name: $"{name}_1_conv");
        x = Activate(Norm(x, $"{name}_1_bn", ResNetEpsilon, axis: 3), name: $"{name}_1_relu");
        x = Conv(x, 32, 3, padding: Same, bias: false, name: $"{name}_2_conv");
        return Join($"{name}_concat", 3, inputs, x);
    }

    private static KerasTensor Halve(KerasTensor x, string name)
    {
        x = Activate(Norm(x, $"{name}_bn", ResNetEpsilon, axis: 3), name: $"{name}_relu");
        x = Conv(x, Channels(x) / 2, 1, bias: false, name: $"{name}_conv");
        return AveragePool(x, 2, 2, $"{name}_pool");
    }
}
