using Cairn.Layers;

namespace Cairn;

public static partial class Applications
{
    /// <summary>
    /// Inception version 3 (Szegedy et al., 2015). Keras: <c>applications.InceptionV3</c>. Expects pixel values from -1 to 1.
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
    public static Functional InceptionV3(
        bool includeTop = true, string? weights = null, KerasTensor? inputTensor = null, Shape? inputShape = null, string? pooling = null,
        int classes = 1000, string? classifierActivation = "softmax", string name = "inception_v3") =>
        InceptionV3(new ImageModel(name, includeTop, weights, inputTensor, inputShape, pooling, classes, classifierActivation));

    private static Functional InceptionV3(ImageModel model)
    {
        KerasTensor x = InceptionStem(model);
        int[] pooled = [32, 64, 64];
        for (int i = 0; i < 3; i++)
        {
            KerasTensor one = Inception(x, 64, 1);
            KerasTensor five = Inception(Inception(x, 48, 1), 64, 5);
            KerasTensor three = Inception(Inception(Inception(x, 64, 1), 96, 3), 96, 3);
            x = Join($"mixed{i}", 3, one, five, three, Inception(AveragePool(x, 3, 1, padding: Same), pooled[i], 1));
        }

        KerasTensor down = Inception(x, 384, 3, 2, Valid);
        KerasTensor twice = Inception(Inception(Inception(x, 64, 1), 96, 3), 96, 3, 2, Valid);
        x = Join("mixed3", 3, down, twice, MaxPool(x, 3, 2));
        int[] widths = [128, 160, 160, 192];
        for (int i = 0; i < widths.Length; i++)
        {
            x = SevenBySeven(x, widths[i], $"mixed{4 + i}");
        }

        down = Inception(Inception(x, 192, 1), 320, 3, 2, Valid);
        twice = Inception(Inception(Inception(x, 192, 1), 192, (1, 7)), 192, (7, 1));
        twice = Inception(twice, 192, 3, 2, Valid);
        x = Join("mixed8", 3, down, twice, MaxPool(x, 3, 2));
        for (int i = 0; i < 2; i++)
        {
            x = InceptionLast(x, i);
        }

        return model.End(model.IncludeTop ? model.Top(x, "avg_pool") : model.Pool(x));
    }

    private static KerasTensor SevenBySeven(KerasTensor x, int width, string name)
    {
        KerasTensor one = Inception(x, 192, 1);
        KerasTensor seven = Inception(Inception(Inception(x, width, 1), width, (1, 7)), 192, (7, 1));
        KerasTensor twice = Inception(Inception(Inception(x, width, 1), width, (7, 1)), width, (1, 7));
        twice = Inception(Inception(twice, width, (7, 1)), 192, (1, 7));
        return Join(name, 3, one, seven, twice, Inception(AveragePool(x, 3, 1, padding: Same), 192, 1));
    }

    private static KerasTensor InceptionLast(KerasTensor x, int i)
    {
        KerasTensor one = Inception(x, 320, 1);
        KerasTensor three = Inception(x, 384, 1);
        three = Join($"mixed9_{i}", 3, Inception(three, 384, (1, 3)), Inception(three, 384, (3, 1)));
        KerasTensor twice = Inception(Inception(x, 448, 1), 384, 3);
        twice = Join(null, 3, Inception(twice, 384, (1, 3)), Inception(twice, 384, (3, 1)));
        return Join($"mixed{9 + i}", 3, one, three, twice, Inception(AveragePool(x, 3, 1, padding: Same), 192, 1));
    }

    // The first layers of InceptionV3 and InceptionResNetV2 are the same.
    private static KerasTensor InceptionStem(ImageModel model)
    {
        KerasTensor x = Inception(model.Begin(299, 75, out _), 32, 3, 2, Valid);
        x = Inception(Inception(x, 32, 3, 1, Valid), 64, 3);
        x = Inception(MaxPool(x, 3, 2), 80, 1, 1, Valid);
        return MaxPool(Inception(x, 192, 3, 1, Valid), 3, 2);
    }

    private static KerasTensor Inception(
        KerasTensor x, int filters, Size2D kernel, int strides = 1, string padding = Same, string? name = null)
    {
        x = Conv(x, filters, kernel, strides, padding, bias: false, name: name);
        x = Norm(x, name is null ? null : $"{name}_bn", axis: 3, scale: false);
        return Activate(x, name: name is null ? null : $"{name}_ac");
    }
}
