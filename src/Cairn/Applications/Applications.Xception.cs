namespace Cairn;

public static partial class Applications
{
    /// <summary>Xception (Chollet, 2017). Keras: <c>applications.Xception</c>. Expects pixel values from -1 to 1.</summary>
    /// <param name="includeTop">Whether to include the classification layers (the top); true by default.</param>
    /// <param name="weights">
    /// A local weights file for exactly this network, in one of Keras' formats (<c>.h5</c>, <c>.weights.h5</c>, <c>.keras</c>); null
    /// (default) for random weights. Nothing is downloaded.
    /// </param>
    /// <param name="inputTensor">The input tensor of the network, from an existing graph; null (default) to create a new input.</param>
    /// <param name="inputShape">
    /// Height, width and channels of an image, at least 71 × 71. Null (default) for 299 × 299 × 3 with the top, or any size with 3 channels
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
    public static Functional Xception(
        bool includeTop = true, string? weights = null, KerasTensor? inputTensor = null, Shape? inputShape = null, string? pooling = null,
        int classes = 1000, string? classifierActivation = "softmax", string name = "xception") =>
        Xception(new ImageModel(name, includeTop, weights, inputTensor, inputShape, pooling, classes, classifierActivation));

    private static Functional Xception(ImageModel model)
    {
        KerasTensor x = model.Begin(299, 71, out _);
        x = Activate(Norm(Conv(x, 32, 3, 2, bias: false, name: "block1_conv1"), "block1_conv1_bn"), name: "block1_conv1_act");
        x = Activate(Norm(Conv(x, 64, 3, bias: false, name: "block1_conv2"), "block1_conv2_bn"), name: "block1_conv2_act");
        x = XceptionDown(x, 2, 128, 128);
        x = XceptionDown(x, 3, 256, 256);
        x = XceptionDown(x, 4, 728, 728);
        for (int block = 5; block <= 12; block++)
        {
            KerasTensor inner = x;
            for (int i = 1; i <= 3; i++)
            {
                inner = Activate(inner, name: $"block{block}_sepconv{i}_act");
                inner = Norm(Separable(inner, 728, 3, $"block{block}_sepconv{i}"), $"block{block}_sepconv{i}_bn");
            }

            x = Sum(inner, x);
        }

        x = XceptionDown(x, 13, 728, 1024);
        x = Activate(Norm(Separable(x, 1536, 3, "block14_sepconv1"), "block14_sepconv1_bn"), name: "block14_sepconv1_act");
        x = Activate(Norm(Separable(x, 2048, 3, "block14_sepconv2"), "block14_sepconv2_bn"), name: "block14_sepconv2_act");
        return model.End(model.IncludeTop ? model.Top(x, "avg_pool") : model.Pool(x));
    }

    private static KerasTensor XceptionDown(KerasTensor inputs, int block, int first, int second)
    {
        KerasTensor residual = Norm(Conv(inputs, second, 1, 2, Same, bias: false), null);
        KerasTensor x = block == 2 ? inputs : Activate(inputs, name: $"block{block}_sepconv1_act");
        x = Norm(Separable(x, first, 3, $"block{block}_sepconv1"), $"block{block}_sepconv1_bn");
        x = Activate(x, name: $"block{block}_sepconv2_act");
        x = Norm(Separable(x, second, 3, $"block{block}_sepconv2"), $"block{block}_sepconv2_bn");
        return Sum(MaxPool(x, 3, 2, $"block{block}_pool", Same), residual);
    }
}
