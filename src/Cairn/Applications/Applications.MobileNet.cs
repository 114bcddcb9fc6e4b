using System.Globalization;
using Cairn.Layers;

namespace Cairn;

public static partial class Applications
{
    /// <summary>
    /// MobileNet (Howard et al., 2017). Keras: <c>applications.MobileNet</c>. Expects pixel values from -1 to 1
    /// (<see cref="PreprocessInput(NDArray, string, DataFormat)"/>).
    /// </summary>
    /// <param name="inputShape">
    /// Height, width and channels of an image, at least 32 × 32. Null (default) for 224 × 224 × 3 with the top, or any size with 3 channels
    /// without it.
    /// </param>
    /// <param name="alpha">Factor for the number of filters of each layer, greater than 0; 1 by default.</param>
    /// <param name="depthMultiplier">Number of depthwise outputs per channel; 1 by default.</param>
    /// <param name="dropout">Dropout rate before the classification layer; 0.001 by default.</param>
    /// <param name="includeTop">Whether to include the classification layers (the top); true by default.</param>
    /// <param name="weights">
    /// A local weights file for exactly this network, in one of Keras' formats (<c>.h5</c>, <c>.weights.h5</c>, <c>.keras</c>); null
    /// (default) for random weights. Nothing is downloaded.
    /// </param>
    /// <param name="inputTensor">The input tensor of the network, from an existing graph; null (default) to create a new input.</param>
    /// <param name="pooling">
    /// Without the top: <c>"avg"</c> or <c>"max"</c> for global pooling, null (default) for the output of the last layer,
    /// <c>[batch, height, width, channels]</c>.
    /// </param>
    /// <param name="classes">Number of classes, 1 or more; 1000 by default.</param>
    /// <param name="classifierActivation">
    /// Activation of the top; <c>"softmax"</c> by default, null for logits. If weights are loaded, only these two are allowed.
    /// </param>
    /// <param name="name">Name of the model; by default with alpha and the height, such as <c>mobilenet_1.00_224</c>.</param>
    /// <returns>The model, not compiled.</returns>
    /// <exception cref="ArgumentException">An argument is outside its range.</exception>
    /// <exception cref="FileNotFoundException">The weights file does not exist.</exception>
    /// <exception cref="Saving.ModelFormatException">The file does not contain the weights of this network.</exception>
    public static Functional MobileNet(
        Shape? inputShape = null, double alpha = 1, int depthMultiplier = 1, double dropout = 1e-3, bool includeTop = true,
        string? weights = null, KerasTensor? inputTensor = null, string? pooling = null, int classes = 1000,
        string? classifierActivation = "softmax", string? name = null)
    {
        CheckAlpha(alpha);
        ArgumentOutOfRangeException.ThrowIfLessThan(depthMultiplier, 1);
        var model = new ImageModel("", includeTop, weights, inputTensor, inputShape, pooling, classes, classifierActivation);
        KerasTensor x = model.Begin(SizeIn(inputShape, 128, 160, 192, 224), 32, out Shape shape);
        model = model with { Name = name ?? SizedName("mobilenet", alpha, shape[0]) };

        x = Conv(x, Filters(32), 3, 2, Same, bias: false, name: "conv1");
        x = Norm(x, "conv1_bn");
        x = new ReLU(6, name: "conv1_relu").Apply(x);
        (int Filters, int Strides)[] blocks =
        [
            (64, 1), (128, 2), (128, 1), (256, 2), (256, 1),
            (512, 2), (512, 1), (512, 1), (512, 1), (512, 1), (512, 1), (1024, 2), (1024, 1),
        ];
        for (int i = 0; i < blocks.Length; i++)
        {
            x = Block(x, Filters(blocks[i].Filters), blocks[i].Strides, i + 1);
        }

        if (!includeTop)
        {
            return model.End(model.Pool(x));
        }

        x = new GlobalAveragePooling2D(keepDims: true).Apply(x);
        x = new Dropout(dropout, name: "dropout").Apply(x);
        x = Conv(x, classes, 1, padding: Same, name: "conv_preds");
        x = new Reshape([classes], "reshape_2").Apply(x);
        return model.End(Activate(x, classifierActivation ?? "linear", "predictions"));

        int Filters(int filters) => (int)(filters * alpha);

        KerasTensor Block(KerasTensor x, int filters, int strides, int id)
        {
            x = strides == 1 ? x : Pad(x, ((0, 1), (0, 1)), $"conv_pad_{id}");
            x = Depthwise(x, 3, strides, strides == 1 ? Same : Valid, depthMultiplier, name: $"conv_dw_{id}");
            x = Norm(x, $"conv_dw_{id}_bn");
            x = new ReLU(6, name: $"conv_dw_{id}_relu").Apply(x);
            x = Conv(x, filters, 1, padding: Same, bias: false, name: $"conv_pw_{id}");
            x = Norm(x, $"conv_pw_{id}_bn");
            return new ReLU(6, name: $"conv_pw_{id}_relu").Apply(x);
        }
    }

    /// <summary>MobileNetV2 (Sandler et al., 2018). Keras: <c>applications.MobileNetV2</c>. Expects pixel values from -1 to 1.</summary>
    /// <inheritdoc cref="MobileNet"/>
    public static Functional MobileNetV2(
        Shape? inputShape = null, double alpha = 1, bool includeTop = true, string? weights = null, KerasTensor? inputTensor = null,
        string? pooling = null, int classes = 1000, string? classifierActivation = "softmax", string? name = null)
    {
        CheckAlpha(alpha);
        Shape? sized = inputShape ?? inputTensor?.Shape[1..];
        var model = new ImageModel("", includeTop, weights, inputTensor, inputShape, pooling, classes, classifierActivation);
        KerasTensor x = model.Begin(SizeIn(sized, 96, 128, 160, 192, 224), 32, out Shape shape);
        model = model with { Name = name ?? SizedName("mobilenetv2", alpha, shape[0]) };

        x = Conv(x, Divisible(32 * alpha), 3, 2, Same, bias: false, name: "Conv1");
        x = Norm(x, "bn_Conv1", momentum: 0.999);
        x = new ReLU(6, name: "Conv1_relu").Apply(x);
        (int Filters, int Strides, int Expansion, int Repeats)[] stages =
        [
            (16, 1, 1, 1), (24, 2, 6, 2), (32, 2, 6, 3), (64, 2, 6, 4), (96, 1, 6, 3), (160, 2, 6, 3), (320, 1, 6, 1),
        ];
        int id = 0;
        foreach ((int filters, int strides, int expansion, int repeats) in stages)
        {
            for (int i = 0; i < repeats; i++)
            {
                x = InvertedResidualV2(x, expansion, i == 0 ? strides : 1, Divisible((int)(filters * alpha)), id++);
            }
        }

        x = Conv(x, alpha > 1 ? Divisible(1280 * alpha) : 1280, 1, bias: false, name: "Conv_1");
        x = Norm(x, "Conv_1_bn", momentum: 0.999);
        x = new ReLU(6, name: "out_relu").Apply(x);
        return model.End(model.Top(x));
    }

    private static KerasTensor InvertedResidualV2(KerasTensor inputs, int expansion, int strides, int filters, int id)
    {
        int channels = Channels(inputs);
        string prefix = id == 0 ? "expanded_conv_" : $"block_{id}_";
        KerasTensor x = inputs;
        if (id > 0)
        {
            x = Conv(x, expansion * channels, 1, padding: Same, bias: false, name: $"{prefix}expand");
            x = Norm(x, $"{prefix}expand_BN", momentum: 0.999);
            x = new ReLU(6, name: $"{prefix}expand_relu").Apply(x);
        }

        x = strides == 2 ? Pad(x, CorrectPad(x, 3), $"{prefix}pad") : x;
        x = Depthwise(x, 3, strides, strides == 1 ? Same : Valid, name: $"{prefix}depthwise");
        x = Norm(x, $"{prefix}depthwise_BN", momentum: 0.999);
        x = new ReLU(6, name: $"{prefix}depthwise_relu").Apply(x);
        x = Conv(x, filters, 1, padding: Same, bias: false, name: $"{prefix}project");
        x = Norm(x, $"{prefix}project_BN", momentum: 0.999);
        return channels == filters && strides == 1 ? Sum(inputs, x, $"{prefix}add") : x;
    }

    private static void CheckAlpha(double alpha)
    {
        if (!(alpha > 0) || double.IsInfinity(alpha))
        {
            throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "alpha must be greater than 0.");
        }
    }

    // The size of square images if Keras has weights for it, otherwise 224.
    private static int SizeIn(Shape? shape, params ReadOnlySpan<int> sizes) =>
        shape is { Rank: >= 2 } && shape[0] == shape[1] && sizes.Contains((int)shape[0]) ? (int)shape[0] : 224;

    private static string SizedName(string stem, double alpha, long rows) => string.Create(
        CultureInfo.InvariantCulture, $"{stem}_{alpha:0.00}_{(rows == Shape.None ? "None" : rows.ToString(CultureInfo.InvariantCulture))}");
}
