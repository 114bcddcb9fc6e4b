using System.Text.Json.Nodes;

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
}
