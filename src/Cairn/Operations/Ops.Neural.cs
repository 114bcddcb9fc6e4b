using System.Text.Json.Nodes;

namespace Cairn;

public static partial class Ops
{
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
