using Cairn.Layers;

namespace Cairn;

public static partial class Applications
{
    /// <summary>
    /// MobileNetV3 small (Howard et al., 2019). Keras: <c>applications.MobileNetV3Small</c>. Expects pixel values from 0 to 255.
    /// </summary>
    /// <param name="inputShape">Height, width and channels of an image, at least 32 × 32; null for any size with 3 channels.</param>
    /// <param name="alpha">Factor for the number of filters of each layer, greater than 0; 1 by default.</param>
    /// <param name="minimalistic">Whether to omit squeeze-and-excitation, hard swish and 5 × 5 kernels; false by default.</param>
    /// <param name="includeTop">Whether to include the classification layers (the top); true by default.</param>
    /// <param name="weights">
    /// A local weights file for exactly this network, in one of Keras' formats; null (default) for random weights.
    /// </param>
    /// <param name="inputTensor">The input tensor of the network, from an existing graph; null (default) to create a new input.</param>
    /// <param name="classes">Number of classes, 1 or more; 1000 by default.</param>
    /// <param name="pooling">Without the top: <c>"avg"</c> or <c>"max"</c> for global pooling, null (default) for none.</param>
    /// <param name="dropoutRate">Dropout rate before the classification layer; 0.2 by default.</param>
    /// <param name="classifierActivation">Activation of the top; <c>"softmax"</c> by default, null for logits.</param>
    /// <param name="includePreprocessing">Whether the model itself scales pixel values from 0 to 255; true by default.</param>
    /// <param name="name">Name of the model.</param>
    /// <returns>The model, not compiled.</returns>
    /// <exception cref="ArgumentException">An argument is outside its range.</exception>
    /// <exception cref="FileNotFoundException">The weights file does not exist.</exception>
    /// <exception cref="Saving.ModelFormatException">The file does not contain the weights of this network.</exception>
    public static Functional MobileNetV3Small(
        Shape? inputShape = null, double alpha = 1, bool minimalistic = false, bool includeTop = true, string? weights = null,
        KerasTensor? inputTensor = null, int classes = 1000, string? pooling = null, double dropoutRate = 0.2,
        string? classifierActivation = "softmax", bool includePreprocessing = true, string name = "MobileNetV3Small")
    {
        int large = minimalistic ? 3 : 5;
        return MobileNetV3(
            new ImageModel(name, includeTop, weights, inputTensor, inputShape, pooling, classes, classifierActivation),
            alpha, minimalistic, dropoutRate, includePreprocessing, 1024,
            [
                new(1, 16, 3, 2, Squeezes: true, HardSwish: false), new(72.0 / 16, 24, 3, 2, Squeezes: false, HardSwish: false),
                new(88.0 / 24, 24, 3, 1, Squeezes: false, HardSwish: false),
                new(4, 40, large, 2, Squeezes: true, HardSwish: true), new(6, 40, large, 1, Squeezes: true, HardSwish: true),
                new(6, 40, large, 1, Squeezes: true, HardSwish: true),
                new(3, 48, large, 1, Squeezes: true, HardSwish: true), new(3, 48, large, 1, Squeezes: true, HardSwish: true),
                new(6, 96, large, 2, Squeezes: true, HardSwish: true), new(6, 96, large, 1, Squeezes: true, HardSwish: true),
                new(6, 96, large, 1, Squeezes: true, HardSwish: true),
            ]);
    }

    /// <summary>
    /// MobileNetV3 large (Howard et al., 2019). Keras: <c>applications.MobileNetV3Large</c>. Expects pixel values from 0 to 255.
    /// </summary>
    /// <inheritdoc cref="MobileNetV3Small"/>
    public static Functional MobileNetV3Large(
        Shape? inputShape = null, double alpha = 1, bool minimalistic = false, bool includeTop = true, string? weights = null,
        KerasTensor? inputTensor = null, int classes = 1000, string? pooling = null, double dropoutRate = 0.2,
        string? classifierActivation = "softmax", bool includePreprocessing = true, string name = "MobileNetV3Large")
    {
        int large = minimalistic ? 3 : 5;
        return MobileNetV3(
            new ImageModel(name, includeTop, weights, inputTensor, inputShape, pooling, classes, classifierActivation),
            alpha, minimalistic, dropoutRate, includePreprocessing, 1280,
            [
                new(1, 16, 3, 1, Squeezes: false, HardSwish: false), new(4, 24, 3, 2, Squeezes: false, HardSwish: false),
                new(3, 24, 3, 1, Squeezes: false, HardSwish: false),
                new(3, 40, large, 2, Squeezes: true, HardSwish: false), new(3, 40, large, 1, Squeezes: true, HardSwish: false),
                new(3, 40, large, 1, Squeezes: true, HardSwish: false),
                new(6, 80, 3, 2, Squeezes: false, HardSwish: true), new(2.5, 80, 3, 1, Squeezes: false, HardSwish: true),
                new(2.3, 80, 3, 1, Squeezes: false, HardSwish: true), new(2.3, 80, 3, 1, Squeezes: false, HardSwish: true),
                new(6, 112, 3, 1, Squeezes: true, HardSwish: true), new(6, 112, 3, 1, Squeezes: true, HardSwish: true),
                new(6, 160, large, 2, Squeezes: true, HardSwish: true), new(6, 160, large, 1, Squeezes: true, HardSwish: true),
                new(6, 160, large, 1, Squeezes: true, HardSwish: true),
            ]);
    }

    private static Functional MobileNetV3(
        ImageModel model, double alpha, bool minimalistic, double dropoutRate, bool includePreprocessing, int lastFilters, BlockV3[] blocks)
    {
        CheckAlpha(alpha);
        Shape shape = model.InputShape
            ?? (model.InputTensor is { } given ? [given.Shape[2], given.Shape[1], 3] : [Shape.None, Shape.None, 3]);
        ImageModel.CheckSize((model with { InputShape = shape }).ResolveShape(224, 32, requireFlatten: false), 32);
        KerasTensor x = model.Begin(shape);
        if (includePreprocessing)
        {
            x = new Rescaling(1 / 127.5, -1).Apply(x);
        }

        x = Conv(x, 16, 3, 2, Same, bias: false, name: "conv");
        x = Nonlinear(Norm(x, "conv_bn", momentum: 0.999), !minimalistic);
        for (int i = 0; i < blocks.Length; i++)
        {
            x = InvertedResidualV3(x, blocks[i], Divisible(blocks[i].Filters * alpha), minimalistic, i);
        }

        x = Conv(x, Divisible(Channels(x) * 6), 1, padding: Same, bias: false, name: "conv_1");
        x = Nonlinear(Norm(x, "conv_1_bn", momentum: 0.999), !minimalistic);
        if (!model.IncludeTop)
        {
            return model.End(model.Pool(x, "avg_pool", "max_pool"));
        }

        x = new GlobalAveragePooling2D(keepDims: true).Apply(x);
        x = Nonlinear(Conv(x, alpha > 1 ? Divisible(lastFilters * alpha) : lastFilters, 1, padding: Same, name: "conv_2"), !minimalistic);
        x = dropoutRate > 0 ? new Dropout(dropoutRate).Apply(x) : x;
        x = Conv(x, model.Classes, 1, padding: Same, name: "logits");
        x = new Flatten().Apply(x);
        return model.End(Activate(x, model.ClassifierActivation ?? "linear", "predictions"));
    }

    private static KerasTensor InvertedResidualV3(KerasTensor inputs, BlockV3 block, int filters, bool minimalistic, int id)
    {
        int channels = Channels(inputs);
        string prefix = id == 0 ? "expanded_conv_" : $"expanded_conv_{id}_";
        bool hardSwish = block.HardSwish && !minimalistic;
        int expanded = Divisible(channels * block.Expansion);
        KerasTensor x = inputs;
        if (id > 0)
        {
            x = Conv(x, expanded, 1, padding: Same, bias: false, name: $"{prefix}expand");
            x = Nonlinear(Norm(x, $"{prefix}expand_bn", momentum: 0.999), hardSwish);
        }

        x = block.Strides == 2 ? Pad(x, CorrectPad(x, block.Kernel), $"{prefix}depthwise_pad") : x;
        x = Depthwise(x, block.Kernel, block.Strides, block.Strides == 1 ? Same : Valid, name: $"{prefix}depthwise");
        x = Nonlinear(Norm(x, $"{prefix}depthwise_bn", momentum: 0.999), hardSwish);
        x = block.Squeezes && !minimalistic ? Squeeze(x, expanded, prefix) : x;
        x = Conv(x, filters, 1, padding: Same, bias: false, name: $"{prefix}project");
        x = Norm(x, $"{prefix}project_bn", momentum: 0.999);
        return block.Strides == 1 && channels == filters ? Sum(inputs, x, $"{prefix}add") : x;
    }

    private static KerasTensor Squeeze(KerasTensor inputs, int filters, string prefix)
    {
        KerasTensor x = new GlobalAveragePooling2D(keepDims: true, name: $"{prefix}squeeze_excite_avg_pool").Apply(inputs);
        x = Conv(x, Divisible(filters * 0.25), 1, padding: Same, name: $"{prefix}squeeze_excite_conv");
        x = new ReLU(name: $"{prefix}squeeze_excite_relu").Apply(x);
        x = Conv(x, filters, 1, padding: Same, name: $"{prefix}squeeze_excite_conv_1");
        x = new ReLU(6).Apply(x + 3.0) * (1.0 / 6.0);
        return new Multiply($"{prefix}squeeze_excite_mul").Apply(inputs, x);
    }

    private static KerasTensor Nonlinear(KerasTensor x, bool hardSwish) => hardSwish ? Activate(x, "hard_swish") : new ReLU().Apply(x);

    private readonly record struct BlockV3(double Expansion, int Filters, int Kernel, int Strides, bool Squeezes, bool HardSwish);
}
