using Cairn.Layers;

namespace Cairn;

public static partial class Applications
{
    /// <summary>
    /// Inception with residual connections (Szegedy et al., 2016). Keras: <c>applications.InceptionResNetV2</c>. Expects pixel values from
    /// -1 to 1.
    /// </summary>
    /// <param name="includeTop">Whether to include the classification layers (the top); true by default.</param>
    /// <param name="weights">
    /// A local weights file for exactly this network, in one of Keras' formats (<c>.h5</c>, <c>.weights.h5</c>, <c>.keras</c>); null
    /// (default) for random weights. Nothing is downloaded.
    /// </param>
    /// <param name="inputTensor">The input tensor of the network, from an existing graph; null (default) to create a new input.</param>
    /// <param name="inputShape">
    /// Height, width and channels of an image, at least 75 × 75. Null (default) for 299 × 299 × 3 with the top, or any size with 3 channels
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
    public static Functional InceptionResNetV2(
        bool includeTop = true, string? weights = null, KerasTensor? inputTensor = null, Shape? inputShape = null, string? pooling = null,
        int classes = 1000, string? classifierActivation = "softmax", string name = "inception_resnet_v2") =>
        InceptionResNetV2(
            new ImageModel(name, includeTop, weights, inputTensor, inputShape, pooling, classes, classifierActivation), 10, 20, 9);

    /// <summary>Keras: <c>applications.InceptionResNetV2</c>, with 10, 20 and 9 blocks.</summary>
    internal static Functional InceptionResNetV2(ImageModel model, int blocks35, int blocks17, int blocks8)
    {
        KerasTensor x = InceptionStem(model);
        KerasTensor one = Inception(x, 96, 1);
        KerasTensor five = Inception(Inception(x, 48, 1), 64, 5);
        KerasTensor three = Inception(Inception(Inception(x, 64, 1), 96, 3), 96, 3);
        x = Join("mixed_5b", 3, one, five, three, Inception(AveragePool(x, 3, 1, padding: Same), 64, 1));
        for (int i = 1; i <= blocks35; i++)
        {
            one = Inception(x, 32, 1);
            KerasTensor two = Inception(Inception(x, 32, 1), 32, 3);
            three = Inception(Inception(Inception(x, 32, 1), 48, 3), 64, 3);
            x = Residual(x, 0.17, $"block35_{i}", activates: true, one, two, three);
        }

        KerasTensor down = Inception(x, 384, 3, 2, Valid);
        KerasTensor twice = Inception(Inception(Inception(x, 256, 1), 256, 3), 384, 3, 2, Valid);
        x = Join("mixed_6a", 3, down, twice, MaxPool(x, 3, 2));
        for (int i = 1; i <= blocks17; i++)
        {
            one = Inception(x, 192, 1);
            x = Residual(x, 0.1, $"block17_{i}", activates: true, one,
                Inception(Inception(Inception(x, 128, 1), 160, (1, 7)), 192, (7, 1)));
        }

        down = Inception(Inception(x, 256, 1), 384, 3, 2, Valid);
        KerasTensor narrow = Inception(Inception(x, 256, 1), 288, 3, 2, Valid);
        twice = Inception(Inception(Inception(x, 256, 1), 288, 3), 320, 3, 2, Valid);
        x = Join("mixed_7a", 3, down, narrow, twice, MaxPool(x, 3, 2));
        for (int i = 1; i <= blocks8 + 1; i++)
        {
            bool isLast = i > blocks8;
            one = Inception(x, 192, 1);
            KerasTensor other = Inception(Inception(Inception(x, 192, 1), 224, (1, 3)), 256, (3, 1));
            x = Residual(x, isLast ? 1 : 0.2, $"block8_{i}", !isLast, one, other);
        }

        x = Inception(x, 1536, 1, name: "conv_7b");
        return model.End(model.IncludeTop ? model.Top(x, "avg_pool") : model.Pool(x));
    }

    private static KerasTensor Residual(KerasTensor x, double scale, string name, bool activates, params KerasTensor[] branches)
    {
        KerasTensor up = Conv(Join($"{name}_mixed", 3, branches), Channels(x), 1, padding: Same, name: $"{name}_conv");
        x = new CustomScaleLayer(scale).Apply(x, up);
        return activates ? Activate(x, name: $"{name}_ac") : x;
    }
}
