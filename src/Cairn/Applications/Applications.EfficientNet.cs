using Cairn.Layers;

namespace Cairn;

public static partial class Applications
{
    /// <summary>
    /// EfficientNet B0 for images of 224 × 224 (Tan and Le, 2019). Keras: <c>applications.EfficientNetB0</c>. Expects pixel values from 0
    /// to 255.
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
    /// <param name="name">Name of the model.</param>
    /// <returns>The model, not compiled.</returns>
    /// <exception cref="ArgumentException">An argument is outside its range.</exception>
    /// <exception cref="FileNotFoundException">The weights file does not exist.</exception>
    /// <exception cref="Saving.ModelFormatException">The file does not contain the weights of this network.</exception>
    public static Functional EfficientNetB0(
        bool includeTop = true, string? weights = null, KerasTensor? inputTensor = null, Shape? inputShape = null, string? pooling = null,
        int classes = 1000, string? classifierActivation = "softmax", string name = "efficientnetb0") =>
        EfficientNet(
            new ImageModel(name, includeTop, weights, inputTensor, inputShape, pooling, classes, classifierActivation), 1, 1, 224, 0.2);

    /// <summary>
    /// EfficientNet B1 for images of 240 × 240 (Tan and Le, 2019). Keras: <c>applications.EfficientNetB1</c>. Expects pixel values from 0
    /// to 255.
    /// </summary>
    /// <inheritdoc cref="EfficientNetB0"/>
    public static Functional EfficientNetB1(
        bool includeTop = true, string? weights = null, KerasTensor? inputTensor = null, Shape? inputShape = null, string? pooling = null,
        int classes = 1000, string? classifierActivation = "softmax", string name = "efficientnetb1") =>
        EfficientNet(
            new ImageModel(name, includeTop, weights, inputTensor, inputShape, pooling, classes, classifierActivation), 1, 1.1, 240, 0.2);

    /// <summary>
    /// EfficientNet B2 for images of 260 × 260 (Tan and Le, 2019). Keras: <c>applications.EfficientNetB2</c>. Expects pixel values from 0
    /// to 255.
    /// </summary>
    /// <inheritdoc cref="EfficientNetB0"/>
    public static Functional EfficientNetB2(
        bool includeTop = true, string? weights = null, KerasTensor? inputTensor = null, Shape? inputShape = null, string? pooling = null,
        int classes = 1000, string? classifierActivation = "softmax", string name = "efficientnetb2") =>
        EfficientNet(
            new ImageModel(name, includeTop, weights, inputTensor, inputShape, pooling, classes, classifierActivation), 1.1, 1.2, 260, 0.3);

    /// <summary>
    /// EfficientNet B3 for images of 300 × 300 (Tan and Le, 2019). Keras: <c>applications.EfficientNetB3</c>. Expects pixel values from 0
    /// to 255.
    /// </summary>
    /// <inheritdoc cref="EfficientNetB0"/>
    public static Functional EfficientNetB3(
        bool includeTop = true, string? weights = null, KerasTensor? inputTensor = null, Shape? inputShape = null, string? pooling = null,
        int classes = 1000, string? classifierActivation = "softmax", string name = "efficientnetb3") =>
        EfficientNet(
            new ImageModel(name, includeTop, weights, inputTensor, inputShape, pooling, classes, classifierActivation), 1.2, 1.4, 300, 0.3);

    /// <summary>
    /// EfficientNet B4 for images of 380 × 380 (Tan and Le, 2019). Keras: <c>applications.EfficientNetB4</c>. Expects pixel values from 0
    /// to 255.
    /// </summary>
    /// <inheritdoc cref="EfficientNetB0"/>
    public static Functional EfficientNetB4(
        bool includeTop = true, string? weights = null, KerasTensor? inputTensor = null, Shape? inputShape = null, string? pooling = null,
        int classes = 1000, string? classifierActivation = "softmax", string name = "efficientnetb4") =>
        EfficientNet(
            new ImageModel(name, includeTop, weights, inputTensor, inputShape, pooling, classes, classifierActivation), 1.4, 1.8, 380, 0.4);

    /// <summary>
    /// EfficientNet B5 for images of 456 × 456 (Tan and Le, 2019). Keras: <c>applications.EfficientNetB5</c>. Expects pixel values from 0
    /// to 255.
    /// </summary>
    /// <inheritdoc cref="EfficientNetB0"/>
    public static Functional EfficientNetB5(
        bool includeTop = true, string? weights = null, KerasTensor? inputTensor = null, Shape? inputShape = null, string? pooling = null,
        int classes = 1000, string? classifierActivation = "softmax", string name = "efficientnetb5") =>
        EfficientNet(
            new ImageModel(name, includeTop, weights, inputTensor, inputShape, pooling, classes, classifierActivation), 1.6, 2.2, 456, 0.4);

    /// <summary>
    /// EfficientNet B6 for images of 528 × 528 (Tan and Le, 2019). Keras: <c>applications.EfficientNetB6</c>. Expects pixel values from 0
    /// to 255.
    /// </summary>
    /// <inheritdoc cref="EfficientNetB0"/>
    public static Functional EfficientNetB6(
        bool includeTop = true, string? weights = null, KerasTensor? inputTensor = null, Shape? inputShape = null, string? pooling = null,
        int classes = 1000, string? classifierActivation = "softmax", string name = "efficientnetb6") =>
        EfficientNet(
            new ImageModel(name, includeTop, weights, inputTensor, inputShape, pooling, classes, classifierActivation), 1.8, 2.6, 528, 0.5);

    /// <summary>
    /// EfficientNet B7 for images of 600 × 600 (Tan and Le, 2019). Keras: <c>applications.EfficientNetB7</c>. Expects pixel values from 0
    /// to 255.
    /// </summary>
    /// <inheritdoc cref="EfficientNetB0"/>
    public static Functional EfficientNetB7(
        bool includeTop = true, string? weights = null, KerasTensor? inputTensor = null, Shape? inputShape = null, string? pooling = null,
        int classes = 1000, string? classifierActivation = "softmax", string name = "efficientnetb7") =>
        EfficientNet(
            new ImageModel(name, includeTop, weights, inputTensor, inputShape, pooling, classes, classifierActivation), 2, 3.1, 600, 0.5);

    /// <summary>Keras: <c>applications.efficientnet.EfficientNet</c>.</summary>
    /// <param name="model">The common arguments.</param>
    /// <param name="width">Factor for the number of filters.</param>
    /// <param name="depth">Factor for the number of blocks.</param>
    /// <param name="size">Default height and width.</param>
    /// <param name="dropout">Dropout rate before the classification layer.</param>
    /// <param name="dropConnect">Rate at which training drops the last block; lower for earlier blocks.</param>
    internal static Functional EfficientNet(
        ImageModel model, double width, double depth, int size, double dropout, double dropConnect = 0.2)
    {
        KerasTensor x = new Rescaling(1 / 255.0).Apply(model.Begin(size, 32, out _));
        x = new Normalization(3).Apply(x);
        x = Conv(Pad(x, CorrectPad(x, 3), "stem_conv_pad"), Filters(32), 3, 2, bias: false, initializer: FanOutNormal, name: "stem_conv");
        x = Activate(Norm(x, "stem_bn", axis: 3), Swish, "stem_activation");
        (int Kernel, int Repeats, int From, int To, int Expansion, int Strides)[] stages =
        [
            (3, 1, 32, 16, 1, 1), (3, 2, 16, 24, 6, 2), (5, 2, 24, 40, 6, 2), (3, 3, 40, 80, 6, 2),
            (5, 3, 80, 112, 6, 1), (5, 4, 112, 192, 6, 2), (3, 1, 192, 320, 6, 1),
        ];
        double blocks = stages.Sum(stage => Repeats(stage.Repeats));
        int b = 0;
        for (int i = 0; i < stages.Length; i++)
        {
            (int kernel, int repeats, int from, int to, int expansion, int strides) = stages[i];
            for (int j = 0; j < Repeats(repeats); j++)
            {
                var block = new EfficientBlock(
                    Filters(j == 0 ? from : to), Filters(to), expansion, kernel, j == 0 ? strides : 1, 0.25, dropConnect * b++ / blocks);
                x = MobileBlock(x, block, 0.99, padsItself: true, $"block{i + 1}{(char)('a' + j)}_");
            }
        }

        x = Conv(x, Filters(1280), 1, padding: Same, bias: false, initializer: FanOutNormal, name: "top_conv");
        return model.End(EfficientTop(model, Activate(Norm(x, "top_bn", axis: 3), Swish, "top_activation"), dropout, null));

        int Filters(int filters) => Divisible(filters * width);

        int Repeats(int repeats) => (int)Math.Ceiling(depth * repeats);
    }
}
