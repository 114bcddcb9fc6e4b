using System.Text.Json.Nodes;

namespace Cairn;

public static partial class Ops
{
    /// <summary>Max pooling. Keras: <c>ops.max_pool</c>.</summary>
    /// <param name="inputs">The tensor.</param>
    /// <param name="poolSize">The pool size, one number or one per spatial axis.</param>
    /// <param name="strides">The strides, one number or one per spatial axis; the window size by default.</param>
    /// <param name="padding"><c>valid</c> (default) or <c>same</c>.</param>
    /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor MaxPool(
        TensorLike inputs, Axes poolSize, Axes? strides = null, string padding = "valid", string? dataFormat = null) =>
        Apply(
            "MaxPool",
            new JsonObject
            {
                ["pool_size"] = poolSize.ToJson(),
                ["strides"] = strides?.ToJson(),
                ["padding"] = padding,
                ["data_format"] = dataFormat
            },
            tensors => [inputs.ToOperand(tensors)]);

    /// <summary>Adaptive max pooling: max pooling to a given output size. Keras: <c>ops.adaptive_max_pool</c>.</summary>
    /// <param name="inputs">The tensor.</param>
    /// <param name="outputSize">The output size, one number or one per spatial axis.</param>
    /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor AdaptiveMaxPool(TensorLike inputs, Axes outputSize, string? dataFormat = null) =>
        Apply(
            "AdaptiveMaxPool",
            new JsonObject { ["output_size"] = outputSize.ToJson(), ["data_format"] = dataFormat },
            tensors => [inputs.ToOperand(tensors)]);

    /// <summary>Average pooling. Keras: <c>ops.average_pool</c>.</summary>
    /// <param name="inputs">The tensor.</param>
    /// <param name="poolSize">The pool size, one number or one per spatial axis.</param>
    /// <param name="strides">The strides, one number or one per spatial axis; the window size by default.</param>
    /// <param name="padding"><c>valid</c> (default) or <c>same</c>.</param>
    /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor AveragePool(
        TensorLike inputs, Axes poolSize, Axes? strides = null, string padding = "valid", string? dataFormat = null) =>
        Apply(
            "AveragePool",
            new JsonObject
            {
                ["pool_size"] = poolSize.ToJson(),
                ["strides"] = strides?.ToJson(),
                ["padding"] = padding,
                ["data_format"] = dataFormat
            },
            tensors => [inputs.ToOperand(tensors)]);

    /// <summary>Adaptive average pooling: average pooling to a given output size. Keras: <c>ops.adaptive_average_pool</c>.</summary>
    /// <param name="inputs">The tensor.</param>
    /// <param name="outputSize">The output size, one number or one per spatial axis.</param>
    /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor AdaptiveAveragePool(TensorLike inputs, Axes outputSize, string? dataFormat = null) =>
        Apply(
            "AdaptiveAveragePool",
            new JsonObject { ["output_size"] = outputSize.ToJson(), ["data_format"] = dataFormat },
            tensors => [inputs.ToOperand(tensors)]);

    /// <summary>Convolution. Keras: <c>ops.conv</c>.</summary>
    /// <param name="inputs">The tensor.</param>
    /// <param name="kernel">The kernel.</param>
    /// <param name="strides">The strides, one number or one per spatial axis; 1 by default.</param>
    /// <param name="padding"><c>valid</c> (default) or <c>same</c>.</param>
    /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
    /// <param name="dilationRate">The dilation rate, one number or one per spatial axis; 1 by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Conv(
        TensorLike inputs, TensorLike kernel, Axes? strides = null, string padding = "valid", string? dataFormat = null,
        Axes? dilationRate = null) =>
        Apply(
            "Conv",
            new JsonObject
            {
                ["strides"] = strides?.ToJson() ?? 1,
                ["padding"] = padding,
                ["data_format"] = dataFormat,
                ["dilation_rate"] = dilationRate?.ToJson() ?? 1
            },
            tensors => [inputs.ToOperand(tensors), kernel.ToOperand(tensors)]);

    /// <summary>Depthwise convolution. Keras: <c>ops.depthwise_conv</c>.</summary>
    /// <param name="inputs">The tensor.</param>
    /// <param name="kernel">The kernel.</param>
    /// <param name="strides">The strides, one number or one per spatial axis; 1 by default.</param>
    /// <param name="padding"><c>valid</c> (default) or <c>same</c>.</param>
    /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
    /// <param name="dilationRate">The dilation rate, one number or one per spatial axis; 1 by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor DepthwiseConv(
        TensorLike inputs, TensorLike kernel, Axes? strides = null, string padding = "valid", string? dataFormat = null,
        Axes? dilationRate = null) =>
        Apply(
            "DepthwiseConv",
            new JsonObject
            {
                ["strides"] = strides?.ToJson() ?? 1,
                ["padding"] = padding,
                ["data_format"] = dataFormat,
                ["dilation_rate"] = dilationRate?.ToJson() ?? 1
            },
            tensors => [inputs.ToOperand(tensors), kernel.ToOperand(tensors)]);

    /// <summary>Separable convolution: a depthwise convolution followed by a pointwise one. Keras: <c>ops.separable_conv</c>.</summary>
    /// <param name="inputs">The tensor.</param>
    /// <param name="depthwiseKernel">The depthwise kernel.</param>
    /// <param name="pointwiseKernel">The pointwise kernel.</param>
    /// <param name="strides">The strides, one number or one per spatial axis; 1 by default.</param>
    /// <param name="padding"><c>valid</c> (default) or <c>same</c>.</param>
    /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
    /// <param name="dilationRate">The dilation rate, one number or one per spatial axis; 1 by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor SeparableConv(
        TensorLike inputs, TensorLike depthwiseKernel, TensorLike pointwiseKernel, Axes? strides = null, string padding = "valid",
        string? dataFormat = null, Axes? dilationRate = null) =>
        Apply(
            "SeparableConv",
            new JsonObject
            {
                ["strides"] = strides?.ToJson() ?? 1,
                ["padding"] = padding,
                ["data_format"] = dataFormat,
                ["dilation_rate"] = dilationRate?.ToJson() ?? 1
            },
            tensors => [inputs.ToOperand(tensors), depthwiseKernel.ToOperand(tensors), pointwiseKernel.ToOperand(tensors)]);

    /// <summary>Transposed convolution. Keras: <c>ops.conv_transpose</c>.</summary>
    /// <param name="inputs">The tensor.</param>
    /// <param name="kernel">The kernel.</param>
    /// <param name="strides">The strides, one number or one per spatial axis; 1 by default.</param>
    /// <param name="padding"><c>valid</c> (default) or <c>same</c>.</param>
    /// <param name="outputPadding">The output padding, one number or one per spatial axis; optional.</param>
    /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
    /// <param name="dilationRate">The dilation rate, one number or one per spatial axis; 1 by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor ConvTranspose(
        TensorLike inputs, TensorLike kernel, Axes? strides = null, string padding = "valid", Axes? outputPadding = null,
        string? dataFormat = null, Axes? dilationRate = null) =>
        Apply(
            "ConvTranspose",
            new JsonObject
            {
                ["strides"] = strides?.ToJson() ?? 1,
                ["padding"] = padding,
                ["output_padding"] = outputPadding?.ToJson(),
                ["data_format"] = dataFormat,
                ["dilation_rate"] = dilationRate?.ToJson() ?? 1
            },
            tensors => [inputs.ToOperand(tensors), kernel.ToOperand(tensors)]);
}
