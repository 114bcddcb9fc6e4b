using System.Text.Json.Nodes;
using Cairn.Operations;

namespace Cairn;

public static partial class Ops
{
    /// <summary>Rectified linear unit, <c>max(x, 0)</c>. Keras: <c>ops.relu</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Relu(TensorLike x) =>
        Apply("Relu", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Rectified linear unit with an upper bound of 6, <c>min(max(x, 0), 6)</c>. Keras: <c>ops.relu6</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Relu6(TensorLike x) =>
        Apply("Relu6", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Sigmoid, <c>1 / (1 + e^-x)</c>. Keras: <c>ops.sigmoid</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Sigmoid(TensorLike x) =>
        Apply("Sigmoid", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Sparse sigmoid: 0 below -1, 1 above 1, and linear in between. Keras: <c>ops.sparse_sigmoid</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor SparseSigmoid(TensorLike x) =>
        Apply("SparseSigmoid", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Softplus, <c>log(1 + e^x)</c>. Keras: <c>ops.softplus</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Softplus(TensorLike x) =>
        Apply("Softplus", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Softsign, <c>x / (1 + |x|)</c>. Keras: <c>ops.softsign</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Softsign(TensorLike x) =>
        Apply("Softsign", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Soft shrinkage: moves values towards 0 by the threshold; 0 within the threshold. Keras: <c>ops.soft_shrink</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="threshold">The threshold; 0.5 by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor SoftShrink(TensorLike x, double threshold = 0.5) =>
        Apply("SoftShrink", new JsonObject { ["threshold"] = threshold }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Sparse plus: 0 below -1, x above 1, and a parabola in between. Keras: <c>ops.sparse_plus</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor SparsePlus(TensorLike x) =>
        Apply("SparsePlus", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Sigmoid linear unit (SiLU, Swish), <c>x · sigmoid(x)</c>. Keras: <c>ops.silu</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Silu(TensorLike x) =>
        Apply("Silu", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Squareplus, <c>(x + √(x² + b)) / 2</c>. Keras: <c>ops.squareplus</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="b">The smoothness parameter; 4 by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Squareplus(TensorLike x, int b = 4) =>
        Apply("Squareplus", new JsonObject { ["b"] = b }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Logarithm of the sigmoid. Keras: <c>ops.log_sigmoid</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor LogSigmoid(TensorLike x) =>
        Apply("LogSigmoid", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Leaky ReLU: x if positive, otherwise x times the negative slope. Keras: <c>ops.leaky_relu</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="negativeSlope">The slope for negative values; 0.2 by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor LeakyRelu(TensorLike x, double negativeSlope = 0.2) =>
        Apply("LeakyRelu", new JsonObject { ["negative_slope"] = negativeSlope }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Hard sigmoid: 0 below -3, 1 above 3, and linear in between. Keras: <c>ops.hard_sigmoid</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor HardSigmoid(TensorLike x) =>
        Apply("HardSigmoid", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Hard SiLU (hard swish), <c>x · hard_sigmoid(x)</c>. Keras: <c>ops.hard_silu</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor HardSilu(TensorLike x) =>
        Apply("HardSilu", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Exponential linear unit: x if positive, otherwise <c>alpha · (e^x - 1)</c>. Keras: <c>ops.elu</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="alpha">The scale for negative values; 1.0 by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Elu(TensorLike x, double alpha = 1.0) =>
        Apply("Elu", new JsonObject { ["alpha"] = alpha }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Scaled exponential linear unit (SELU). Keras: <c>ops.selu</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Selu(TensorLike x) =>
        Apply("Selu", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Gaussian error linear unit (GELU), <c>x · P(X ≤ x)</c> with X normally distributed. Keras: <c>ops.gelu</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="approximate">Whether to use the tanh approximation; true by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Gelu(TensorLike x, bool approximate = true) =>
        Apply("Gelu", new JsonObject { ["approximate"] = approximate }, tensors => [x.ToOperand(tensors)]);

    /// <summary>
    /// Continuously differentiable ELU: x if positive, otherwise <c>alpha · (e^(x / alpha) - 1)</c>. Keras: <c>ops.celu</c>.
    /// </summary>
    /// <param name="x">The tensor.</param>
    /// <param name="alpha">The scale for negative values; 1.0 by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Celu(TensorLike x, double alpha = 1.0) =>
        Apply("Celu", new JsonObject { ["alpha"] = alpha }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Gated linear unit: the first half along the axis times the sigmoid of the second half. Keras: <c>ops.glu</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis; negative axes count from the end; -1 by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Glu(TensorLike x, int axis = -1) =>
        Apply("Glu", new JsonObject { ["axis"] = axis }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Tanh shrinkage, <c>x - tanh(x)</c>. Keras: <c>ops.tanh_shrink</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor TanhShrink(TensorLike x) =>
        Apply("TanhShrink", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Hard tanh: clips values to [-1, 1]. Keras: <c>ops.hard_tanh</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor HardTanh(TensorLike x) =>
        Apply("HardTanh", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Hard shrinkage: 0 within the threshold, x otherwise. Keras: <c>ops.hard_shrink</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="threshold">The threshold; 0.5 by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor HardShrink(TensorLike x, double threshold = 0.5) =>
        Apply("HardShrink", new JsonObject { ["threshold"] = threshold }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the values above the threshold, and the default value elsewhere. Keras: <c>ops.threshold</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="threshold">The threshold.</param>
    /// <param name="defaultValue">The value to use elsewhere.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Threshold(TensorLike x, double threshold, double defaultValue) =>
        Apply(
            "Threshold",
            new JsonObject { ["threshold"] = threshold, ["default_value"] = defaultValue },
            tensors => [x.ToOperand(tensors)]);

    /// <summary>Softmax along the axis. Keras: <c>ops.softmax</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis or axes; negative axes count from the end; -1 by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Softmax(TensorLike x, Axes? axis = null) =>
        Apply("Softmax", new JsonObject { ["axis"] = axis?.ToJson() ?? -1 }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Logarithm of the softmax along the axis. Keras: <c>ops.log_softmax</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis or axes; negative axes count from the end; -1 by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor LogSoftmax(TensorLike x, Axes? axis = null) =>
        Apply("LogSoftmax", new JsonObject { ["axis"] = axis?.ToJson() ?? -1 }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Sparsemax along the axis: the Euclidean projection onto the probability simplex. Keras: <c>ops.sparsemax</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis; negative axes count from the end; -1 by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Sparsemax(TensorLike x, int axis = -1) =>
        Apply("Sparsemax", new JsonObject { ["axis"] = axis }, tensors => [x.ToOperand(tensors)]);

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

    /// <summary>Converts integers to one-hot vectors. Keras: <c>ops.one_hot</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="numClasses">The number of classes.</param>
    /// <param name="axis">The axis; negative axes count from the end; -1 by default.</param>
    /// <param name="dtype">The Keras name of the result type, such as <c>int32</c>; Keras' default type by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor OneHot(TensorLike x, int numClasses, int axis = -1, string? dtype = null) =>
        Apply(
            "OneHot",
            new JsonObject { ["num_classes"] = numClasses, ["axis"] = axis, ["dtype"] = dtype },
            tensors => [x.ToOperand(tensors)]);

    /// <summary>Computes the element-wise binary cross-entropy. Keras: <c>ops.binary_crossentropy</c>.</summary>
    /// <param name="target">The targets.</param>
    /// <param name="output">The predictions.</param>
    /// <param name="fromLogits">Whether predictions are logits; false by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor BinaryCrossentropy(TensorLike target, TensorLike output, bool fromLogits = false) =>
        Apply(
            "BinaryCrossentropy",
            new JsonObject { ["from_logits"] = fromLogits },
            tensors => [target.ToOperand(tensors), output.ToOperand(tensors)]);

    /// <summary>Computes the cross-entropy with one-hot or probability targets. Keras: <c>ops.categorical_crossentropy</c>.</summary>
    /// <param name="target">The targets.</param>
    /// <param name="output">The predictions.</param>
    /// <param name="fromLogits">Whether predictions are logits; false by default.</param>
    /// <param name="axis">The axis; negative axes count from the end; -1 by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor CategoricalCrossentropy(TensorLike target, TensorLike output, bool fromLogits = false, int axis = -1) =>
        Apply(
            "CategoricalCrossentropy",
            new JsonObject { ["from_logits"] = fromLogits, ["axis"] = axis },
            tensors => [target.ToOperand(tensors), output.ToOperand(tensors)]);

    /// <summary>Computes the cross-entropy with integer class targets. Keras: <c>ops.sparse_categorical_crossentropy</c>.</summary>
    /// <param name="target">The targets.</param>
    /// <param name="output">The predictions.</param>
    /// <param name="fromLogits">Whether predictions are logits; false by default.</param>
    /// <param name="axis">The axis; negative axes count from the end; -1 by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor SparseCategoricalCrossentropy(
        TensorLike target, TensorLike output, bool fromLogits = false, int axis = -1) =>
        Apply(
            "SparseCategoricalCrossentropy",
            new JsonObject { ["from_logits"] = fromLogits, ["axis"] = axis },
            tensors => [target.ToOperand(tensors), output.ToOperand(tensors)]);

    /// <summary>Converts the integers of each sample to a multi-hot vector. Keras: <c>ops.multi_hot</c>.</summary>
    /// <param name="inputs">The tensor.</param>
    /// <param name="numClasses">The number of classes; optional.</param>
    /// <param name="axis">The axis; negative axes count from the end; -1 by default.</param>
    /// <param name="dtype">The Keras name of the result type, such as <c>int32</c>; Keras' default type by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor MultiHot(TensorLike inputs, int? numClasses = null, int axis = -1, string? dtype = null) =>
        Apply(
            "MultiHot",
            new JsonObject { ["num_classes"] = numClasses, ["axis"] = axis, ["dtype"] = dtype },
            tensors => [inputs.ToOperand(tensors)]);

    /// <summary>Computes the mean and variance along the axes. Keras: <c>ops.moments</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axes">The axis or axes; negative axes count from the end.</param>
    /// <param name="keepdims">Whether to keep the reduced axes with size 1; false by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static IReadOnlyList<KerasTensor> Moments(TensorLike x, Axes axes, bool keepdims = false) =>
        ApplyMany("Moments", new JsonObject { ["axes"] = axes.ToJson(), ["keepdims"] = keepdims }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Normalizes a tensor by mean and variance, with optional scale and offset. Keras: <c>ops.batch_normalization</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="mean">The means.</param>
    /// <param name="variance">The variances.</param>
    /// <param name="axis">The axis of the features; negative axes count from the end.</param>
    /// <param name="offset">The offset to add, or null.</param>
    /// <param name="scale">The scale factors, or null.</param>
    /// <param name="epsilon">The small constant to avoid division by zero; 0.001 by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor BatchNormalization(
        TensorLike x, TensorLike mean, TensorLike variance, int axis, TensorLike? offset = null, TensorLike? scale = null,
        double epsilon = 0.001) =>
        Apply(
            "BatchNorm",
            new JsonObject { ["axis"] = axis, ["epsilon"] = epsilon },
            tensors => [x.ToOperand(tensors), mean.ToOperand(tensors), variance.ToOperand(tensors), Optional(offset, tensors),
            Optional(scale, tensors)]);

    /// <summary>Computes the connectionist temporal classification (CTC) loss of each sample. Keras: <c>ops.ctc_loss</c>.</summary>
    /// <param name="target">The targets.</param>
    /// <param name="output">The predictions.</param>
    /// <param name="targetLength">The lengths of the targets.</param>
    /// <param name="outputLength">The lengths of the predictions.</param>
    /// <param name="maskIndex">The index of the blank class; 0 by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor CtcLoss(
        TensorLike target, TensorLike output, TensorLike targetLength, TensorLike outputLength, int maskIndex = 0) =>
        Apply(
            "CTCLoss",
            new JsonObject { ["mask_index"] = maskIndex },
            tensors => [target.ToOperand(tensors), output.ToOperand(tensors), targetLength.ToOperand(tensors),
            outputLength.ToOperand(tensors)]);

    /// <summary>Decodes the output of a CTC model, and returns the sequences and their scores. Keras: <c>ops.ctc_decode</c>.</summary>
    /// <param name="inputs">The tensor.</param>
    /// <param name="sequenceLengths">The lengths of the sequences.</param>
    /// <param name="mergeRepeated">Whether to merge repeated classes; true by default.</param>
    /// <param name="maskIndex">The index of the blank class; 0 by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static IReadOnlyList<KerasTensor> CtcDecode(
        TensorLike inputs, TensorLike sequenceLengths, bool mergeRepeated = true, int maskIndex = 0) =>
        ApplyMany(
            "CTCDecode",
            new JsonObject { ["merge_repeated"] = mergeRepeated, ["mask_index"] = maskIndex },
            tensors => [inputs.ToOperand(tensors), sequenceLengths.ToOperand(tensors)]);

    /// <summary>Divides a tensor by its norm along the axis. Keras: <c>ops.normalize</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis or axes; negative axes count from the end; -1 by default.</param>
    /// <param name="order">The order of the norm; 2 by default.</param>
    /// <param name="epsilon">The small constant to avoid division by zero; optional.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Normalize(TensorLike x, Axes? axis = null, int order = 2, double? epsilon = null) =>
        Apply(
            "Normalize",
            new JsonObject { ["axis"] = axis?.ToJson() ?? -1, ["order"] = order, ["epsilon"] = epsilon },
            tensors => [x.ToOperand(tensors)]);

    /// <summary>Computes the peak signal-to-noise ratio of two tensors, in decibels. Keras: <c>ops.psnr</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <param name="maxVal">The maximum value of the data.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Psnr(TensorLike x1, TensorLike x2, double maxVal) =>
        Apply("PSNR", new JsonObject { ["max_val"] = maxVal }, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>
    /// Scaled dot-product attention of queries to keys and values, each <c>[batch, steps, heads, size]</c>. Keras:
    /// <c>ops.dot_product_attention</c>.
    /// </summary>
    /// <param name="query">The queries.</param>
    /// <param name="key">The keys.</param>
    /// <param name="value">The values.</param>
    /// <param name="bias">The bias to add to the scores, or null.</param>
    /// <param name="mask">The attention mask, or null.</param>
    /// <param name="scale">The scale factors, or null.</param>
    /// <param name="isCausal">Whether to apply a causal mask; false by default.</param>
    /// <param name="attnLogitsSoftCap">The soft cap of the logits; optional.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor DotProductAttention(
        TensorLike query, TensorLike key, TensorLike value, TensorLike? bias = null, TensorLike? mask = null, TensorLike? scale = null,
        bool isCausal = false, double? attnLogitsSoftCap = null) =>
        Apply(
            "DotProductAttention",
            new JsonObject { ["is_causal"] = isCausal, ["attn_logits_soft_cap"] = attnLogitsSoftCap },
            tensors => [query.ToOperand(tensors), key.ToOperand(tensors), value.ToOperand(tensors), Optional(bias, tensors),
            Optional(mask, tensors), Optional(scale, tensors)]);

    /// <summary>Root mean square normalization, with an optional scale. Keras: <c>ops.rms_normalization</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="scale">The scale factors, or null.</param>
    /// <param name="axis">The axis or axes; negative axes count from the end; -1 by default.</param>
    /// <param name="epsilon">The small constant to avoid division by zero; optional.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor RmsNormalization(TensorLike x, TensorLike? scale = null, Axes? axis = null, double? epsilon = null) =>
        Apply(
            "RMSNorm",
            new JsonObject { ["axis"] = axis?.ToJson() ?? -1, ["epsilon"] = epsilon },
            tensors => [x.ToOperand(tensors), Optional(scale, tensors)]);

    /// <summary>Layer normalization, with optional gamma and beta. Keras: <c>ops.layer_normalization</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="gamma">The scale, or null.</param>
    /// <param name="beta">The offset, or null.</param>
    /// <param name="axis">The axis or axes; negative axes count from the end; -1 by default.</param>
    /// <param name="epsilon">The small constant to avoid division by zero; optional.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor LayerNormalization(
        TensorLike x, TensorLike? gamma = null, TensorLike? beta = null, Axes? axis = null, double? epsilon = null) =>
        Apply(
            "LayerNorm",
            new JsonObject { ["axis"] = axis?.ToJson() ?? -1, ["epsilon"] = epsilon },
            tensors => [x.ToOperand(tensors), Optional(gamma, tensors), Optional(beta, tensors)]);

    /// <summary>Constructs complex numbers from magnitudes and angles. Keras: <c>ops.polar</c>.</summary>
    /// <param name="length">The magnitudes.</param>
    /// <param name="angle">The angles, in radians.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Polar(TensorLike length, TensorLike angle) =>
        Apply("Polar", null, tensors => [length.ToOperand(tensors), angle.ToOperand(tensors)]);

    /// <summary>Extracts sliding blocks of images <c>[batch, channels, height, width]</c> as columns. Keras: <c>ops.unfold</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="kernelSize">The kernel size, one number or one per spatial axis.</param>
    /// <param name="dilation">The dilation, one number or one per spatial axis; 1 by default.</param>
    /// <param name="padding">The padding, one number or one per spatial axis; 0 by default.</param>
    /// <param name="stride">The stride, one number or one per spatial axis; 1 by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Unfold(TensorLike x, Axes kernelSize, Axes? dilation = null, Axes? padding = null, Axes? stride = null) =>
        Apply(
            "Unfold",
            new JsonObject
            {
                ["kernel_size"] = kernelSize.ToJson(),
                ["dilation"] = dilation?.ToJson() ?? 1,
                ["padding"] = padding?.ToJson() ?? 0,
                ["stride"] = stride?.ToJson() ?? 1
            },
            tensors => [x.ToOperand(tensors)]);

    /// <summary>Sums sliding blocks back into images; the inverse of <c>unfold</c>. Keras: <c>ops.fold</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="outputSize">The output size, one number or one per spatial axis.</param>
    /// <param name="kernelSize">The kernel size, one number or one per spatial axis.</param>
    /// <param name="dilation">The dilation, one number or one per spatial axis; 1 by default.</param>
    /// <param name="padding">The padding, one number or one per spatial axis; 0 by default.</param>
    /// <param name="stride">The stride, one number or one per spatial axis; 1 by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Fold(
        TensorLike x, Axes outputSize, Axes kernelSize, Axes? dilation = null, Axes? padding = null, Axes? stride = null) =>
        Apply(
            "Fold",
            new JsonObject
            {
                ["output_size"] = outputSize.ToJson(),
                ["kernel_size"] = kernelSize.ToJson(),
                ["dilation"] = dilation?.ToJson() ?? 1,
                ["padding"] = padding?.ToJson() ?? 0,
                ["stride"] = stride?.ToJson() ?? 1
            },
            tensors => [x.ToOperand(tensors)]);

    /// <summary>Rearranges channels into blocks of pixels. Keras: <c>ops.depth_to_space</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="blockSize">The size of the blocks.</param>
    /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor DepthToSpace(TensorLike x, int blockSize, string dataFormat = "channels_last") =>
        Apply(
            "DepthToSpace",
            new JsonObject { ["block_size"] = blockSize, ["data_format"] = dataFormat },
            tensors => [x.ToOperand(tensors)]);

    /// <summary>Rearranges blocks of pixels into channels. Keras: <c>ops.space_to_depth</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="blockSize">The size of the blocks.</param>
    /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor SpaceToDepth(TensorLike x, int blockSize, string dataFormat = "channels_last") =>
        Apply(
            "SpaceToDepth",
            new JsonObject { ["block_size"] = blockSize, ["data_format"] = dataFormat },
            tensors => [x.ToOperand(tensors)]);
}
