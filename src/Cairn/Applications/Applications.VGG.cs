using Cairn.Layers;

namespace Cairn;

public static partial class Applications
{
    /// <summary>VGG with 16 weight layers (Simonyan and Zisserman, 2014). Keras: <c>applications.VGG16</c>.</summary>
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
    public static Functional VGG16(
        bool includeTop = true, string? weights = null, KerasTensor? inputTensor = null, Shape? inputShape = null, string? pooling = null,
        int classes = 1000, string? classifierActivation = "softmax", string name = "vgg16") =>
        VGG(new ImageModel(name, includeTop, weights, inputTensor, inputShape, pooling, classes, classifierActivation), [2, 2, 3, 3, 3]);

    /// <summary>VGG with 19 weight layers (Simonyan and Zisserman, 2014). Keras: <c>applications.VGG19</c>.</summary>
    /// <inheritdoc cref="VGG16"/>
    public static Functional VGG19(
        bool includeTop = true, string? weights = null, KerasTensor? inputTensor = null, Shape? inputShape = null, string? pooling = null,
        int classes = 1000, string? classifierActivation = "softmax", string name = "vgg19") =>
        VGG(new ImageModel(name, includeTop, weights, inputTensor, inputShape, pooling, classes, classifierActivation), [2, 2, 4, 4, 4]);

    private static Functional VGG(ImageModel model, int[] repeats)
    {
        KerasTensor x = model.Begin(224, 32, out _);
        for (int block = 1; block <= repeats.Length; block++)
        {
            for (int i = 1; i <= repeats[block - 1]; i++)
            {
                x = Conv(x, Math.Min(32 << block, 512), 3, padding: Same, activation: "relu", name: $"block{block}_conv{i}");
            }

            x = MaxPool(x, 2, 2, $"block{block}_pool");
        }

        if (!model.IncludeTop)
        {
            return model.End(model.Pool(x));
        }

        x = new Flatten(name: "flatten").Apply(x);
        x = new Dense(4096, "relu", name: "fc1").Apply(x);
        x = new Dense(4096, "relu", name: "fc2").Apply(x);
        return model.End(model.Classify(x));
    }
}
