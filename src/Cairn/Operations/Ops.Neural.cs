using System.Text.Json.Nodes;
using Cairn.Operations;

namespace Cairn;

public static partial class Ops
{
    /// <summary>The numbers above 0, else 0. Keras: <c>ops.relu</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Relu(TensorLike x) =>
        Apply("Relu", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The numbers between 0 and 6, else the nearer of these. Keras: <c>ops.relu6</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Relu6(TensorLike x) =>
        Apply("Relu6", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>1 / (1 + e^-x). Keras: <c>ops.sigmoid</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Sigmoid(TensorLike x) =>
        Apply("Sigmoid", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>0 below -1, 1 above 1, and a straight line between. Keras: <c>ops.sparse_sigmoid</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor SparseSigmoid(TensorLike x) =>
        Apply("SparseSigmoid", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>log(1 + e^x). Keras: <c>ops.softplus</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Softplus(TensorLike x) =>
        Apply("Softplus", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>x / (1 + |x|). Keras: <c>ops.softsign</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Softsign(TensorLike x) =>
        Apply("Softsign", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The numbers moved towards 0 by the threshold, 0 within it. Keras: <c>ops.soft_shrink</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="threshold">See Keras; 0.5 by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor SoftShrink(TensorLike x, double threshold = 0.5) =>
        Apply("SoftShrink", new JsonObject { ["threshold"] = threshold }, tensors => [x.ToOperand(tensors)]);

    /// <summary>0 below -1, x above 1, and a parabola between. Keras: <c>ops.sparse_plus</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor SparsePlus(TensorLike x) =>
        Apply("SparsePlus", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>x times its sigmoid. Keras: <c>ops.silu</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Silu(TensorLike x) =>
        Apply("Silu", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>(x + √(x² + b)) / 2. Keras: <c>ops.squareplus</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="b">The right-hand side; 4 by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Squareplus(TensorLike x, int b = 4) =>
        Apply("Squareplus", new JsonObject { ["b"] = b }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The logarithm of the sigmoid. Keras: <c>ops.log_sigmoid</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor LogSigmoid(TensorLike x) =>
        Apply("LogSigmoid", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The numbers above 0, those below times a slope. Keras: <c>ops.leaky_relu</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="negativeSlope">See Keras; 0.2 by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor LeakyRelu(TensorLike x, double negativeSlope = 0.2) =>
        Apply("LeakyRelu", new JsonObject { ["negative_slope"] = negativeSlope }, tensors => [x.ToOperand(tensors)]);

    /// <summary>0 below -3, 1 above 3, and a straight line between. Keras: <c>ops.hard_sigmoid</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor HardSigmoid(TensorLike x) =>
        Apply("HardSigmoid", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>x times its hard sigmoid. Keras: <c>ops.hard_silu</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor HardSilu(TensorLike x) =>
        Apply("HardSilu", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>x above 0, alpha (e^x - 1) below. Keras: <c>ops.elu</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="alpha">See Keras; 1.0 by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Elu(TensorLike x, double alpha = 1.0) =>
        Apply("Elu", new JsonObject { ["alpha"] = alpha }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The scaled exponential linear unit. Keras: <c>ops.selu</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Selu(TensorLike x) =>
        Apply("Selu", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>x times the probability of a smaller normal number. Keras: <c>ops.gelu</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="approximate">See Keras; true by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Gelu(TensorLike x, bool approximate = true) =>
        Apply("Gelu", new JsonObject { ["approximate"] = approximate }, tensors => [x.ToOperand(tensors)]);

    /// <summary>x above 0, alpha (e^(x / alpha) - 1) below. Keras: <c>ops.celu</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="alpha">See Keras; 1.0 by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Celu(TensorLike x, double alpha = 1.0) =>
        Apply("Celu", new JsonObject { ["alpha"] = alpha }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The first half along the axis times the sigmoid of the second. Keras: <c>ops.glu</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis, or the axes; negative ones count from the end; -1 by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Glu(TensorLike x, int axis = -1) =>
        Apply("Glu", new JsonObject { ["axis"] = axis }, tensors => [x.ToOperand(tensors)]);

    /// <summary>x less its hyperbolic tangent. Keras: <c>ops.tanh_shrink</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor TanhShrink(TensorLike x) =>
        Apply("TanhShrink", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The numbers between -1 and 1, else the nearer of these. Keras: <c>ops.hard_tanh</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor HardTanh(TensorLike x) =>
        Apply("HardTanh", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The numbers, 0 within the threshold. Keras: <c>ops.hard_shrink</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="threshold">See Keras; 0.5 by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor HardShrink(TensorLike x, double threshold = 0.5) =>
        Apply("HardShrink", new JsonObject { ["threshold"] = threshold }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The numbers above the threshold, else the default. Keras: <c>ops.threshold</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="threshold">See Keras.</param>
    /// <param name="defaultValue">See Keras.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Threshold(TensorLike x, double threshold, double defaultValue) =>
        Apply(
            "Threshold",
            new JsonObject { ["threshold"] = threshold, ["default_value"] = defaultValue },
            tensors => [x.ToOperand(tensors)]);

    /// <summary>Exponentials divided by their sums along the axis. Keras: <c>ops.softmax</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis, or the axes; negative ones count from the end. -1 by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Softmax(TensorLike x, Axes? axis = null) =>
        Apply("Softmax", new JsonObject { ["axis"] = axis?.ToJson() ?? -1 }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The logarithms of the softmax. Keras: <c>ops.log_softmax</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis, or the axes; negative ones count from the end. -1 by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor LogSoftmax(TensorLike x, Axes? axis = null) =>
        Apply("LogSoftmax", new JsonObject { ["axis"] = axis?.ToJson() ?? -1 }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The projection onto the probabilities along the axis. Keras: <c>ops.sparsemax</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis, or the axes; negative ones count from the end; -1 by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Sparsemax(TensorLike x, int axis = -1) =>
        Apply("Sparsemax", new JsonObject { ["axis"] = axis }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The largest numbers of windows. Keras: <c>ops.max_pool</c>.</summary>
    /// <param name="inputs">The tensor.</param>
    /// <param name="poolSize">One number, or one for each axis.</param>
    /// <param name="strides">One number, or one for each axis; what Keras takes by default.</param>
    /// <param name="padding">See Keras; <c>valid</c> by default.</param>
    /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor MaxPool(
        TensorLike inputs, Axes poolSize, Axes? strides = null, string padding = "valid", string? dataFormat = null) =>
        Apply(
            "MaxPool",
            new JsonObject { ["pool_size"] = poolSize.ToJson(), ["strides"] = strides?.ToJson(), ["padding"] = padding,
                ["data_format"] = dataFormat },
            tensors => [inputs.ToOperand(tensors)]);

    /// <summary>The largest numbers of as many windows as the output has places. Keras: <c>ops.adaptive_max_pool</c>.</summary>
    /// <param name="inputs">The tensor.</param>
    /// <param name="outputSize">One number, or one for each axis.</param>
    /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor AdaptiveMaxPool(TensorLike inputs, Axes outputSize, string? dataFormat = null) =>
        Apply(
            "AdaptiveMaxPool",
            new JsonObject { ["output_size"] = outputSize.ToJson(), ["data_format"] = dataFormat },
            tensors => [inputs.ToOperand(tensors)]);

    /// <summary>The means of windows. Keras: <c>ops.average_pool</c>.</summary>
    /// <param name="inputs">The tensor.</param>
    /// <param name="poolSize">One number, or one for each axis.</param>
    /// <param name="strides">One number, or one for each axis; what Keras takes by default.</param>
    /// <param name="padding">See Keras; <c>valid</c> by default.</param>
    /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor AveragePool(
        TensorLike inputs, Axes poolSize, Axes? strides = null, string padding = "valid", string? dataFormat = null) =>
        Apply(
            "AveragePool",
            new JsonObject { ["pool_size"] = poolSize.ToJson(), ["strides"] = strides?.ToJson(), ["padding"] = padding,
                ["data_format"] = dataFormat },
            tensors => [inputs.ToOperand(tensors)]);

    /// <summary>The means of as many windows as the output has places. Keras: <c>ops.adaptive_average_pool</c>.</summary>
    /// <param name="inputs">The tensor.</param>
    /// <param name="outputSize">One number, or one for each axis.</param>
    /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor AdaptiveAveragePool(TensorLike inputs, Axes outputSize, string? dataFormat = null) =>
        Apply(
            "AdaptiveAveragePool",
            new JsonObject { ["output_size"] = outputSize.ToJson(), ["data_format"] = dataFormat },
            tensors => [inputs.ToOperand(tensors)]);

    /// <summary>A convolution. Keras: <c>ops.conv</c>.</summary>
    /// <param name="inputs">The tensor.</param>
    /// <param name="kernel">The kernel.</param>
    /// <param name="strides">One number, or one for each axis; 1 by default.</param>
    /// <param name="padding">See Keras; <c>valid</c> by default.</param>
    /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
    /// <param name="dilationRate">One number, or one for each axis; 1 by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Conv(
        TensorLike inputs, TensorLike kernel, Axes? strides = null, string padding = "valid", string? dataFormat = null,
        Axes? dilationRate = null) =>
        Apply(
            "Conv",
            new JsonObject { ["strides"] = strides?.ToJson() ?? 1, ["padding"] = padding, ["data_format"] = dataFormat,
                ["dilation_rate"] = dilationRate?.ToJson() ?? 1 },
            tensors => [inputs.ToOperand(tensors), kernel.ToOperand(tensors)]);

    /// <summary>A convolution of each channel by itself. Keras: <c>ops.depthwise_conv</c>.</summary>
    /// <param name="inputs">The tensor.</param>
    /// <param name="kernel">The kernel.</param>
    /// <param name="strides">One number, or one for each axis; 1 by default.</param>
    /// <param name="padding">See Keras; <c>valid</c> by default.</param>
    /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
    /// <param name="dilationRate">One number, or one for each axis; 1 by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor DepthwiseConv(
        TensorLike inputs, TensorLike kernel, Axes? strides = null, string padding = "valid", string? dataFormat = null,
        Axes? dilationRate = null) =>
        Apply(
            "DepthwiseConv",
            new JsonObject { ["strides"] = strides?.ToJson() ?? 1, ["padding"] = padding, ["data_format"] = dataFormat,
                ["dilation_rate"] = dilationRate?.ToJson() ?? 1 },
            tensors => [inputs.ToOperand(tensors), kernel.ToOperand(tensors)]);

    /// <summary>A convolution of each channel by itself, then one of size 1 over them. Keras: <c>ops.separable_conv</c>.</summary>
    /// <param name="inputs">The tensor.</param>
    /// <param name="depthwiseKernel">The kernel of each channel.</param>
    /// <param name="pointwiseKernel">The kernel over the channels.</param>
    /// <param name="strides">One number, or one for each axis; 1 by default.</param>
    /// <param name="padding">See Keras; <c>valid</c> by default.</param>
    /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
    /// <param name="dilationRate">One number, or one for each axis; 1 by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor SeparableConv(
        TensorLike inputs, TensorLike depthwiseKernel, TensorLike pointwiseKernel, Axes? strides = null, string padding = "valid",
        string? dataFormat = null, Axes? dilationRate = null) =>
        Apply(
            "SeparableConv",
            new JsonObject { ["strides"] = strides?.ToJson() ?? 1, ["padding"] = padding, ["data_format"] = dataFormat,
                ["dilation_rate"] = dilationRate?.ToJson() ?? 1 },
            tensors => [inputs.ToOperand(tensors), depthwiseKernel.ToOperand(tensors), pointwiseKernel.ToOperand(tensors)]);

    /// <summary>A transposed convolution. Keras: <c>ops.conv_transpose</c>.</summary>
    /// <param name="inputs">The tensor.</param>
    /// <param name="kernel">The kernel.</param>
    /// <param name="strides">One number, or one for each axis; 1 by default.</param>
    /// <param name="padding">See Keras; <c>valid</c> by default.</param>
    /// <param name="outputPadding">One number, or one for each axis; what Keras takes by default.</param>
    /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
    /// <param name="dilationRate">One number, or one for each axis; 1 by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor ConvTranspose(
        TensorLike inputs, TensorLike kernel, Axes? strides = null, string padding = "valid", Axes? outputPadding = null,
        string? dataFormat = null, Axes? dilationRate = null) =>
        Apply(
            "ConvTranspose",
            new JsonObject { ["strides"] = strides?.ToJson() ?? 1, ["padding"] = padding, ["output_padding"] = outputPadding?.ToJson(),
                ["data_format"] = dataFormat, ["dilation_rate"] = dilationRate?.ToJson() ?? 1 },
            tensors => [inputs.ToOperand(tensors), kernel.ToOperand(tensors)]);

    /// <summary>Rows of zeros with a 1 at the place of each number. Keras: <c>ops.one_hot</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="numClasses">How many classes there are.</param>
    /// <param name="axis">The axis, or the axes; negative ones count from the end; -1 by default.</param>
    /// <param name="dtype">Keras' name of the type of the result, such as <c>int32</c>. Keras' own choice by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor OneHot(TensorLike x, int numClasses, int axis = -1, string? dtype = null) =>
        Apply(
            "OneHot",
            new JsonObject { ["num_classes"] = numClasses, ["axis"] = axis, ["dtype"] = dtype },
            tensors => [x.ToOperand(tensors)]);

    /// <summary>The crossentropy of each number with its target, 0 to 1. Keras: <c>ops.binary_crossentropy</c>.</summary>
    /// <param name="target">The targets.</param>
    /// <param name="output">The predictions.</param>
    /// <param name="fromLogits">See Keras; false by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor BinaryCrossentropy(TensorLike target, TensorLike output, bool fromLogits = false) =>
        Apply(
            "BinaryCrossentropy",
            new JsonObject { ["from_logits"] = fromLogits },
            tensors => [target.ToOperand(tensors), output.ToOperand(tensors)]);

    /// <summary>The crossentropy with targets given as probabilities. Keras: <c>ops.categorical_crossentropy</c>.</summary>
    /// <param name="target">The targets.</param>
    /// <param name="output">The predictions.</param>
    /// <param name="fromLogits">See Keras; false by default.</param>
    /// <param name="axis">The axis, or the axes; negative ones count from the end; -1 by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor CategoricalCrossentropy(TensorLike target, TensorLike output, bool fromLogits = false, int axis = -1) =>
        Apply(
            "CategoricalCrossentropy",
            new JsonObject { ["from_logits"] = fromLogits, ["axis"] = axis },
            tensors => [target.ToOperand(tensors), output.ToOperand(tensors)]);

    /// <summary>The crossentropy with targets given as classes. Keras: <c>ops.sparse_categorical_crossentropy</c>.</summary>
    /// <param name="target">The targets.</param>
    /// <param name="output">The predictions.</param>
    /// <param name="fromLogits">See Keras; false by default.</param>
    /// <param name="axis">The axis, or the axes; negative ones count from the end; -1 by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor SparseCategoricalCrossentropy(
        TensorLike target, TensorLike output, bool fromLogits = false, int axis = -1) =>
        Apply(
            "SparseCategoricalCrossentropy",
            new JsonObject { ["from_logits"] = fromLogits, ["axis"] = axis },
            tensors => [target.ToOperand(tensors), output.ToOperand(tensors)]);

    /// <summary>Rows of zeros with a 1 at the places of all numbers of a sample. Keras: <c>ops.multi_hot</c>.</summary>
    /// <param name="inputs">The tensor.</param>
    /// <param name="numClasses">See Keras. Keras' own choice by default.</param>
    /// <param name="axis">The axis, or the axes; negative ones count from the end; -1 by default.</param>
    /// <param name="dtype">Keras' name of the type of the result, such as <c>int32</c>. Keras' own choice by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor MultiHot(TensorLike inputs, int? numClasses = null, int axis = -1, string? dtype = null) =>
        Apply(
            "MultiHot",
            new JsonObject { ["num_classes"] = numClasses, ["axis"] = axis, ["dtype"] = dtype },
            tensors => [inputs.ToOperand(tensors)]);

    /// <summary>The means and the variances along the axes. Keras: <c>ops.moments</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axes">The axis, or the axes; negative ones count from the end.</param>
    /// <param name="keepdims">Whether the axes stay, with size 1; false by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static IReadOnlyList<KerasTensor> Moments(TensorLike x, Axes axes, bool keepdims = false) =>
        ApplyMany("Moments", new JsonObject { ["axes"] = axes.ToJson(), ["keepdims"] = keepdims }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The numbers less the mean, divided by the deviation, scaled and moved. Keras: <c>ops.batch_normalization</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="mean">The means.</param>
    /// <param name="variance">The variances.</param>
    /// <param name="axis">The axis, or the axes; negative ones count from the end.</param>
    /// <param name="offset">What is added, or null.</param>
    /// <param name="scale">The factors, or null.</param>
    /// <param name="epsilon">See Keras; 0.001 by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor BatchNormalization(
        TensorLike x, TensorLike mean, TensorLike variance, int axis, TensorLike? offset = null, TensorLike? scale = null,
        double epsilon = 0.001) =>
        Apply(
            "BatchNorm",
            new JsonObject { ["axis"] = axis, ["epsilon"] = epsilon },
            tensors => [x.ToOperand(tensors), mean.ToOperand(tensors), variance.ToOperand(tensors), Optional(offset, tensors),
            Optional(scale, tensors)]);

    /// <summary>The connectionist temporal classification loss of each sample. Keras: <c>ops.ctc_loss</c>.</summary>
    /// <param name="target">The targets.</param>
    /// <param name="output">The predictions.</param>
    /// <param name="targetLength">The lengths of the targets.</param>
    /// <param name="outputLength">The lengths of the predictions.</param>
    /// <param name="maskIndex">See Keras; 0 by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor CtcLoss(
        TensorLike target, TensorLike output, TensorLike targetLength, TensorLike outputLength, int maskIndex = 0) =>
        Apply(
            "CTCLoss",
            new JsonObject { ["mask_index"] = maskIndex },
            tensors => [target.ToOperand(tensors), output.ToOperand(tensors), targetLength.ToOperand(tensors),
            outputLength.ToOperand(tensors)]);

    /// <summary>The sequences that scores stand for, and how well they do. Keras: <c>ops.ctc_decode</c>.</summary>
    /// <param name="inputs">The tensor.</param>
    /// <param name="sequenceLengths">The lengths of the sequences.</param>
    /// <param name="mergeRepeated">See Keras; true by default.</param>
    /// <param name="maskIndex">See Keras; 0 by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static IReadOnlyList<KerasTensor> CtcDecode(
        TensorLike inputs, TensorLike sequenceLengths, bool mergeRepeated = true, int maskIndex = 0) =>
        ApplyMany(
            "CTCDecode",
            new JsonObject { ["merge_repeated"] = mergeRepeated, ["mask_index"] = maskIndex },
            tensors => [inputs.ToOperand(tensors), sequenceLengths.ToOperand(tensors)]);

    /// <summary>The numbers divided by their norm along the axis. Keras: <c>ops.normalize</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis, or the axes; negative ones count from the end. -1 by default.</param>
    /// <param name="order">See Keras; 2 by default.</param>
    /// <param name="epsilon">See Keras. Keras' own choice by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Normalize(TensorLike x, Axes? axis = null, int order = 2, double? epsilon = null) =>
        Apply(
            "Normalize",
            new JsonObject { ["axis"] = axis?.ToJson() ?? -1, ["order"] = order, ["epsilon"] = epsilon },
            tensors => [x.ToOperand(tensors)]);

    /// <summary>The peak signal-to-noise ratio of two tensors, in decibels. Keras: <c>ops.psnr</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <param name="maxVal">See Keras.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Psnr(TensorLike x1, TensorLike x2, double maxVal) =>
        Apply("PSNR", new JsonObject { ["max_val"] = maxVal }, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>Attention of queries to keys and values, each <c>[batch, steps, heads, size]</c>. Keras: <c>ops.dot_product_attention</c>.</summary>
    /// <param name="query">The queries.</param>
    /// <param name="key">The keys.</param>
    /// <param name="value">The values.</param>
    /// <param name="bias">What is added to the scores, or null.</param>
    /// <param name="mask">Where attention is allowed, or null.</param>
    /// <param name="scale">The factors, or null.</param>
    /// <param name="isCausal">See Keras; false by default.</param>
    /// <param name="attnLogitsSoftCap">See Keras. Keras' own choice by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor DotProductAttention(
        TensorLike query, TensorLike key, TensorLike value, TensorLike? bias = null, TensorLike? mask = null, TensorLike? scale = null,
        bool isCausal = false, double? attnLogitsSoftCap = null) =>
        Apply(
            "DotProductAttention",
            new JsonObject { ["is_causal"] = isCausal, ["attn_logits_soft_cap"] = attnLogitsSoftCap },
            tensors => [query.ToOperand(tensors), key.ToOperand(tensors), value.ToOperand(tensors), Optional(bias, tensors),
            Optional(mask, tensors), Optional(scale, tensors)]);

    /// <summary>The numbers divided by the root of their mean square, and scaled. Keras: <c>ops.rms_normalization</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="scale">The factors, or null.</param>
    /// <param name="axis">The axis, or the axes; negative ones count from the end. -1 by default.</param>
    /// <param name="epsilon">See Keras. Keras' own choice by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor RmsNormalization(TensorLike x, TensorLike? scale = null, Axes? axis = null, double? epsilon = null) =>
        Apply(
            "RMSNorm",
            new JsonObject { ["axis"] = axis?.ToJson() ?? -1, ["epsilon"] = epsilon },
            tensors => [x.ToOperand(tensors), Optional(scale, tensors)]);

    /// <summary>The numbers less their mean, divided by their deviation, scaled and moved. Keras: <c>ops.layer_normalization</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="gamma">The factors, or null.</param>
    /// <param name="beta">What is added, or null.</param>
    /// <param name="axis">The axis, or the axes; negative ones count from the end. -1 by default.</param>
    /// <param name="epsilon">See Keras. Keras' own choice by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor LayerNormalization(
        TensorLike x, TensorLike? gamma = null, TensorLike? beta = null, Axes? axis = null, double? epsilon = null) =>
        Apply(
            "LayerNorm",
            new JsonObject { ["axis"] = axis?.ToJson() ?? -1, ["epsilon"] = epsilon },
            tensors => [x.ToOperand(tensors), Optional(gamma, tensors), Optional(beta, tensors)]);

    /// <summary>Complex numbers of these lengths and angles. Keras: <c>ops.polar</c>.</summary>
    /// <param name="length">The lengths.</param>
    /// <param name="angle">The angles, in radians.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Polar(TensorLike length, TensorLike angle) =>
        Apply("Polar", null, tensors => [length.ToOperand(tensors), angle.ToOperand(tensors)]);

    /// <summary>The blocks of images <c>[batch, channels, height, width]</c> as columns. Keras: <c>ops.unfold</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="kernelSize">One number, or one for each axis.</param>
    /// <param name="dilation">One number, or one for each axis; 1 by default.</param>
    /// <param name="padding">One number, or one for each axis; 0 by default.</param>
    /// <param name="stride">One number, or one for each axis; 1 by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Unfold(TensorLike x, Axes kernelSize, Axes? dilation = null, Axes? padding = null, Axes? stride = null) =>
        Apply(
            "Unfold",
            new JsonObject { ["kernel_size"] = kernelSize.ToJson(), ["dilation"] = dilation?.ToJson() ?? 1,
                ["padding"] = padding?.ToJson() ?? 0, ["stride"] = stride?.ToJson() ?? 1 },
            tensors => [x.ToOperand(tensors)]);

    /// <summary>The sum of blocks at their places in images. Keras: <c>ops.fold</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="outputSize">One number, or one for each axis.</param>
    /// <param name="kernelSize">One number, or one for each axis.</param>
    /// <param name="dilation">One number, or one for each axis; 1 by default.</param>
    /// <param name="padding">One number, or one for each axis; 0 by default.</param>
    /// <param name="stride">One number, or one for each axis; 1 by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Fold(
        TensorLike x, Axes outputSize, Axes kernelSize, Axes? dilation = null, Axes? padding = null, Axes? stride = null) =>
        Apply(
            "Fold",
            new JsonObject { ["output_size"] = outputSize.ToJson(), ["kernel_size"] = kernelSize.ToJson(),
                ["dilation"] = dilation?.ToJson() ?? 1, ["padding"] = padding?.ToJson() ?? 0, ["stride"] = stride?.ToJson() ?? 1 },
            tensors => [x.ToOperand(tensors)]);

    /// <summary>Channels laid out as blocks of pixels. Keras: <c>ops.depth_to_space</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="blockSize">See Keras.</param>
    /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor DepthToSpace(TensorLike x, int blockSize, string dataFormat = "channels_last") =>
        Apply(
            "DepthToSpace",
            new JsonObject { ["block_size"] = blockSize, ["data_format"] = dataFormat },
            tensors => [x.ToOperand(tensors)]);

    /// <summary>Blocks of pixels laid out as channels. Keras: <c>ops.space_to_depth</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="blockSize">See Keras.</param>
    /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor SpaceToDepth(TensorLike x, int blockSize, string dataFormat = "channels_last") =>
        Apply(
            "SpaceToDepth",
            new JsonObject { ["block_size"] = blockSize, ["data_format"] = dataFormat },
            tensors => [x.ToOperand(tensors)]);
}
