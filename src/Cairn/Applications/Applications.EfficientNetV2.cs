using Cairn.Initializers;
using Cairn.Layers;

namespace Cairn;

public static partial class Applications
{
    /// <summary>
    /// EfficientNetV2 B0 for images of 224 × 224 (Tan and Le, 2021). Keras: <c>applications.EfficientNetV2B0</c>. Expects pixel values from
    /// 0 to 255.
    /// </summary>
    /// <param name="includeTop">Whether to include the classification layers (the top); true by default.</param>
    /// <param name="weights">
    /// A local weights file for exactly this network, in one of Keras' formats (<c>.h5</c>, <c>.weights.h5</c>, <c>.keras</c>); null
    /// (default) for random weights. Nothing is downloaded.
    /// </param>
    /// <param name="inputTensor">The input tensor of the network, from an existing graph; null (default) to create a new input.</param>
    /// <param name="inputShape">
    /// Height, width and channels of an image, at least 32 × 32. Null (default) for the size in the summary with the top, or any size with
    /// 3 channels without it.
    /// </param>
    /// <param name="pooling">Without the top: <c>"avg"</c> or <c>"max"</c> for global pooling, null (default) for none.</param>
    /// <param name="classes">Number of classes, 1 or more; 1000 by default.</param>
    /// <param name="classifierActivation">
    /// Activation of the top; <c>"softmax"</c> by default, null for logits. If weights are loaded, only these two are allowed.
    /// </param>
    /// <param name="includePreprocessing">
    /// Whether the model itself scales pixel values from 0 to 255; true by default. If false, it expects values from -1 to 1.
    /// </param>
    /// <param name="name">Name of the model.</param>
    /// <returns>The model, not compiled.</returns>
    /// <exception cref="ArgumentException">An argument is outside its range.</exception>
    /// <exception cref="FileNotFoundException">The weights file does not exist.</exception>
    /// <exception cref="Saving.ModelFormatException">The file does not contain the weights of this network.</exception>
    public static Functional EfficientNetV2B0(
        bool includeTop = true, string? weights = null, KerasTensor? inputTensor = null, Shape? inputShape = null, string? pooling = null,
        int classes = 1000, string? classifierActivation = "softmax", bool includePreprocessing = true,
        string name = "efficientnetv2-b0") =>
        EfficientNetV2(
            new ImageModel(name, includeTop, weights, inputTensor, inputShape, pooling, classes, classifierActivation),
            1, 1, 224, V2Base, includePreprocessing, normalizes: true);

    /// <summary>
    /// EfficientNetV2 B1 for images of 240 × 240 (Tan and Le, 2021). Keras: <c>applications.EfficientNetV2B1</c>. Expects pixel values from
    /// 0 to 255.
    /// </summary>
    /// <inheritdoc cref="EfficientNetV2B0"/>
    public static Functional EfficientNetV2B1(
        bool includeTop = true, string? weights = null, KerasTensor? inputTensor = null, Shape? inputShape = null, string? pooling = null,
        int classes = 1000, string? classifierActivation = "softmax", bool includePreprocessing = true,
        string name = "efficientnetv2-b1") =>
        EfficientNetV2(
            new ImageModel(name, includeTop, weights, inputTensor, inputShape, pooling, classes, classifierActivation),
            1, 1.1, 240, V2Base, includePreprocessing, normalizes: true);

    /// <summary>
    /// EfficientNetV2 B2 for images of 260 × 260 (Tan and Le, 2021). Keras: <c>applications.EfficientNetV2B2</c>. Expects pixel values from
    /// 0 to 255.
    /// </summary>
    /// <inheritdoc cref="EfficientNetV2B0"/>
    public static Functional EfficientNetV2B2(
        bool includeTop = true, string? weights = null, KerasTensor? inputTensor = null, Shape? inputShape = null, string? pooling = null,
        int classes = 1000, string? classifierActivation = "softmax", bool includePreprocessing = true,
        string name = "efficientnetv2-b2") =>
        EfficientNetV2(
            new ImageModel(name, includeTop, weights, inputTensor, inputShape, pooling, classes, classifierActivation),
            1.1, 1.2, 260, V2Base, includePreprocessing, normalizes: true);

    /// <summary>
    /// EfficientNetV2 B3 for images of 300 × 300 (Tan and Le, 2021). Keras: <c>applications.EfficientNetV2B3</c>. Expects pixel values from
    /// 0 to 255.
    /// </summary>
    /// <inheritdoc cref="EfficientNetV2B0"/>
    public static Functional EfficientNetV2B3(
        bool includeTop = true, string? weights = null, KerasTensor? inputTensor = null, Shape? inputShape = null, string? pooling = null,
        int classes = 1000, string? classifierActivation = "softmax", bool includePreprocessing = true,
        string name = "efficientnetv2-b3") =>
        EfficientNetV2(
            new ImageModel(name, includeTop, weights, inputTensor, inputShape, pooling, classes, classifierActivation),
            1.2, 1.4, 300, V2Base, includePreprocessing, normalizes: true);

    /// <summary>
    /// EfficientNetV2 S for images of 384 × 384 (Tan and Le, 2021). Keras: <c>applications.EfficientNetV2S</c>. Expects pixel values from 0
    /// to 255.
    /// </summary>
    /// <inheritdoc cref="EfficientNetV2B0"/>
    public static Functional EfficientNetV2S(
        bool includeTop = true, string? weights = null, KerasTensor? inputTensor = null, Shape? inputShape = null, string? pooling = null,
        int classes = 1000, string? classifierActivation = "softmax", bool includePreprocessing = true,
        string name = "efficientnetv2-s") =>
        EfficientNetV2(
            new ImageModel(name, includeTop, weights, inputTensor, inputShape, pooling, classes, classifierActivation),
            1, 1, 384, V2Small, includePreprocessing, normalizes: false);

    /// <summary>
    /// EfficientNetV2 M for images of 480 × 480 (Tan and Le, 2021). Keras: <c>applications.EfficientNetV2M</c>. Expects pixel values from 0
    /// to 255.
    /// </summary>
    /// <inheritdoc cref="EfficientNetV2B0"/>
    public static Functional EfficientNetV2M(
        bool includeTop = true, string? weights = null, KerasTensor? inputTensor = null, Shape? inputShape = null, string? pooling = null,
        int classes = 1000, string? classifierActivation = "softmax", bool includePreprocessing = true,
        string name = "efficientnetv2-m") =>
        EfficientNetV2(
            new ImageModel(name, includeTop, weights, inputTensor, inputShape, pooling, classes, classifierActivation),
            1, 1, 480, V2Medium, includePreprocessing, normalizes: false);

    /// <summary>
    /// EfficientNetV2 L for images of 480 × 480 (Tan and Le, 2021). Keras: <c>applications.EfficientNetV2L</c>. Expects pixel values from 0
    /// to 255.
    /// </summary>
    /// <inheritdoc cref="EfficientNetV2B0"/>
    public static Functional EfficientNetV2L(
        bool includeTop = true, string? weights = null, KerasTensor? inputTensor = null, Shape? inputShape = null, string? pooling = null,
        int classes = 1000, string? classifierActivation = "softmax", bool includePreprocessing = true,
        string name = "efficientnetv2-l") =>
        EfficientNetV2(
            new ImageModel(name, includeTop, weights, inputTensor, inputShape, pooling, classes, classifierActivation),
            1, 1, 480, V2Large, includePreprocessing, normalizes: false);

    /// <summary>Keras: <c>applications.efficientnet_v2.EfficientNetV2</c>.</summary>
    /// <param name="model">The common arguments.</param>
    /// <param name="width">Factor for the number of filters.</param>
    /// <param name="depth">Factor for the number of blocks.</param>
    /// <param name="size">Default height and width.</param>
    /// <param name="stages">The blocks.</param>
    /// <param name="includePreprocessing">Whether the model scales pixels.</param>
    /// <param name="normalizes">Whether to normalize by the mean and variance of ImageNet, if there are 3 channels.</param>
    /// <param name="dropout">Dropout rate before the classification layer.</param>
    /// <param name="dropConnect">Rate at which training drops the last block; lower for earlier blocks.</param>
    internal static Functional EfficientNetV2(
        ImageModel model, double width, double depth, int size, StageV2[] stages, bool includePreprocessing, bool normalizes,
        double dropout = 0.2, double dropConnect = 0.2)
    {
        KerasTensor x = model.Begin(size, 32, out Shape shape);
        if (includePreprocessing && normalizes && shape[2] == 3)
        {
            x = new Rescaling(1 / 255.0).Apply(x);
            double[] variance = [0.229 * 0.229, 0.224 * 0.224, 0.225 * 0.225];
            x = new Normalization(3, new double[] { 0.485, 0.456, 0.406 }, variance).Apply(x);
        }
        else if (includePreprocessing)
        {
            x = new Rescaling(1 / 128.0, -1).Apply(x);
        }

        x = Conv(x, Filters(stages[0].From), 3, 2, Same, bias: false, initializer: FanOutNormal, name: "stem_conv");
        x = Activate(Norm(x, "stem_bn", momentum: 0.9, axis: 3), Swish, "stem_activation");
        double blocks = stages.Sum(stage => stage.Repeats);
        int b = 0;
        for (int i = 0; i < stages.Length; i++)
        {
            StageV2 stage = stages[i];
            for (int j = 0; j < (int)Math.Ceiling(depth * stage.Repeats); j++)
            {
                string name = $"block{i + 1}{(char)('a' + j)}_";
                var block = new EfficientBlock(
                    Filters(j == 0 ? stage.From : stage.To), Filters(stage.To), stage.Expansion, stage.Kernel, j == 0 ? stage.Strides : 1,
                    stage.Fused ? 0 : 0.25, dropConnect * b++ / blocks);
                x = stage.Fused ? FusedBlock(x, block, 0.9, name) : MobileBlock(x, block, 0.9, padsItself: false, name);
            }
        }

        x = Conv(x, Filters(1280), 1, padding: Same, bias: false, initializer: FanOutNormal, name: "top_conv");
        x = Activate(Norm(x, "top_bn", momentum: 0.9, axis: 3), Swish, "top_activation");
        return model.End(EfficientTop(model, x, dropout, Initializer.Constant(0)));

        // Unlike in the first version, values below nine tenths are allowed.
        int Filters(int filters) => Math.Max(8, (int)((filters * width) + 4) / 8 * 8);
    }

    /// <summary>
    /// Equal blocks: kernel size, number, input and output filters, expansion, whether fused, strides of the first block.
    /// </summary>
    internal readonly record struct StageV2(int Kernel, int Repeats, int From, int To, int Expansion, bool Fused, int Strides);
}
