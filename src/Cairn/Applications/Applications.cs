namespace Cairn;

/// <summary>
/// The image classification networks of <c>keras.applications</c>, with the same names, arguments, layers and weights, so that weights
/// files are compatible in both directions.
/// </summary>
/// <remarks>
/// <code>
/// Functional model = Applications.MobileNetV2(weights: "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224.h5");
/// NDArray x = Applications.PreprocessInput(images, nameof(Applications.MobileNetV2));
/// ClassPrediction first = Applications.DecodePredictions(model.Predict(x), "imagenet_class_index.json")[0][0];
/// </code>
/// Weights are never downloaded: <c>weights</c> is null or a local file. Images are <c>[batch, height, width, channels]</c>.
/// </remarks>
public static partial class Applications
{
}
