using Cairn.Layers;

namespace Cairn;

public static partial class Applications
{
    /// <summary>ConvNeXt Tiny (Liu et al., 2022). Keras: <c>applications.ConvNeXtTiny</c>. Expects pixel values from 0 to 255.</summary>
    /// <param name="includeTop">Whether to include the classification layers (the top); true by default.</param>
    /// <param name="includePreprocessing">
    /// Whether the model itself normalizes pixel values from 0 to 255, if there are 3 channels; true by default.
    /// </param>
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
    public static Functional ConvNeXtTiny(
        bool includeTop = true, bool includePreprocessing = true, string? weights = null, KerasTensor? inputTensor = null,
        Shape? inputShape = null, string? pooling = null, int classes = 1000, string? classifierActivation = "softmax",
        string name = "convnext_tiny") =>
        ConvNeXt(
            new ImageModel(name, includeTop, weights, inputTensor, inputShape, pooling, classes, classifierActivation),
            [3, 3, 9, 3], [96, 192, 384, 768], includePreprocessing);

    /// <summary>ConvNeXt Small (Liu et al., 2022). Keras: <c>applications.ConvNeXtSmall</c>. Expects pixel values from 0 to 255.</summary>
    /// <inheritdoc cref="ConvNeXtTiny"/>
    public static Functional ConvNeXtSmall(
        bool includeTop = true, bool includePreprocessing = true, string? weights = null, KerasTensor? inputTensor = null,
        Shape? inputShape = null, string? pooling = null, int classes = 1000, string? classifierActivation = "softmax",
        string name = "convnext_small") =>
        ConvNeXt(
            new ImageModel(name, includeTop, weights, inputTensor, inputShape, pooling, classes, classifierActivation),
            [3, 3, 27, 3], [96, 192, 384, 768], includePreprocessing);

    /// <summary>ConvNeXt Base (Liu et al., 2022). Keras: <c>applications.ConvNeXtBase</c>. Expects pixel values from 0 to 255.</summary>
    /// <inheritdoc cref="ConvNeXtTiny"/>
    public static Functional ConvNeXtBase(
        bool includeTop = true, bool includePreprocessing = true, string? weights = null, KerasTensor? inputTensor = null,
        Shape? inputShape = null, string? pooling = null, int classes = 1000, string? classifierActivation = "softmax",
        string name = "convnext_base") =>
        ConvNeXt(
            new ImageModel(name, includeTop, weights, inputTensor, inputShape, pooling, classes, classifierActivation),
            [3, 3, 27, 3], [128, 256, 512, 1024], includePreprocessing);

    /// <summary>ConvNeXt Large (Liu et al., 2022). Keras: <c>applications.ConvNeXtLarge</c>. Expects pixel values from 0 to 255.</summary>
    /// <inheritdoc cref="ConvNeXtTiny"/>
    public static Functional ConvNeXtLarge(
        bool includeTop = true, bool includePreprocessing = true, string? weights = null, KerasTensor? inputTensor = null,
        Shape? inputShape = null, string? pooling = null, int classes = 1000, string? classifierActivation = "softmax",
        string name = "convnext_large") =>
        ConvNeXt(
            new ImageModel(name, includeTop, weights, inputTensor, inputShape, pooling, classes, classifierActivation),
            [3, 3, 27, 3], [192, 384, 768, 1536], includePreprocessing);

    /// <summary>
    /// ConvNeXt XLarge (Liu et al., 2022). Keras: <c>applications.ConvNeXtXLarge</c>. Expects pixel values from 0 to 255.
    /// </summary>
    /// <inheritdoc cref="ConvNeXtTiny"/>
    public static Functional ConvNeXtXLarge(
        bool includeTop = true, bool includePreprocessing = true, string? weights = null, KerasTensor? inputTensor = null,
        Shape? inputShape = null, string? pooling = null, int classes = 1000, string? classifierActivation = "softmax",
        string name = "convnext_xlarge") =>
        ConvNeXt(
            new ImageModel(name, includeTop, weights, inputTensor, inputShape, pooling, classes, classifierActivation),
            [3, 3, 27, 3], [256, 512, 1024, 2048], includePreprocessing);

    /// <summary>Keras: <c>applications.convnext.ConvNeXt</c>.</summary>
    /// <param name="model">The common arguments.</param>
    /// <param name="depths">Number of blocks of each stage.</param>
    /// <param name="widths">Number of features of each stage.</param>
    /// <param name="includePreprocessing">Whether the model normalizes pixels.</param>
    internal static Functional ConvNeXt(ImageModel model, int[] depths, int[] widths, bool includePreprocessing)
    {
        string name = model.Name;
        KerasTensor x = model.Begin(224, 32, out Shape shape);
        if (includePreprocessing && shape[2] == 3)
        {
            double[] deviations = [0.229 * 255, 0.224 * 255, 0.225 * 255];
            x = new Normalization(
                mean: new double[] { 0.485 * 255, 0.456 * 255, 0.406 * 255 },
                variance: Array.ConvertAll(deviations, deviation => deviation * deviation),
                name: $"{name}_prestem_normalization").Apply(x);
        }

        var down = new Layer[depths.Length];
        down[0] = new Sequential(
            [
                new Conv2D(widths[0], 4, 4, name: $"{name}_stem_conv"),
                new LayerNormalization(epsilon: 1e-6, name: $"{name}_stem_layernorm"),
            ],
            $"{name}_stem");
        for (int i = 1; i < depths.Length; i++)
        {
            down[i] = new Sequential(
                [
                    new LayerNormalization(epsilon: 1e-6, name: $"{name}_downsampling_layernorm_{i - 1}"),
                    new Conv2D(widths[i], 2, 2, name: $"{name}_downsampling_conv_{i - 1}"),
                ],
                $"{name}_downsampling_block_{i - 1}");
        }

        for (int i = 0; i < depths.Length; i++)
        {
            x = down[i].Apply(x);
            for (int j = 0; j < depths[i]; j++)
            {
                x = ConvNeXtBlock(x, widths[i], $"{name}_stage_{i}_block_{j}");
            }
        }

        if (!model.IncludeTop)
        {
            return model.End(new LayerNormalization(epsilon: 1e-6).Apply(model.Pool(x)));
        }

        x = new GlobalAveragePooling2D(name: $"{name}_head_gap").Apply(x);
        x = new LayerNormalization(epsilon: 1e-6, name: $"{name}_head_layernorm").Apply(x);
        return model.End(new Dense(model.Classes, ImageModel.Function(model.ClassifierActivation), name: $"{name}_head_dense").Apply(x));
    }

    private static KerasTensor ConvNeXtBlock(KerasTensor inputs, int width, string name)
    {
        KerasTensor x = new Conv2D(width, 7, padding: Same, groups: width, name: $"{name}_depthwise_conv").Apply(inputs);
        x = new LayerNormalization(epsilon: 1e-6, name: $"{name}_layernorm").Apply(x);
        x = new Dense(4 * width, name: $"{name}_pointwise_conv_1").Apply(x);
        x = Activate(x, "gelu", $"{name}_gelu");
        x = new Dense(width, name: $"{name}_pointwise_conv_2").Apply(x);
        x = new LayerScale(1e-6, width, $"{name}_layer_scale").Apply(x);
        return inputs + Activate(x, "linear", $"{name}_identity");
    }
}
