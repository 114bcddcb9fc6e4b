using System.Text.Json.Nodes;
using Cairn.Activations;
using Cairn.Constraints;
using Cairn.Initializers;
using Cairn.Regularizers;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>One step of a gated recurrent unit (Cho et al., 2014). Keras: <c>layers.GRUCell</c>.</summary>
/// <remarks>
/// One state, the output: <c>h' = z · h + (1 - z) · activation(candidate)</c>. The reset gate r multiplies the recurrent part of the
/// candidate (<c>resetAfter</c>) or the state that goes into it. Weights kernel <c>[features, 3 · units]</c>, recurrent kernel
/// <c>[units, 3 · units]</c>, bias <c>[2, 3 · units]</c> (one for inputs, one for states) or without <c>resetAfter</c> <c>[3 · units]</c>,
/// in the order z, r, h.
/// </remarks>
public sealed class GRUCell : KernelCell
{
    /// <summary>Creates a cell.</summary>
    /// <param name="units">Size of the output, 1 or more.</param>
    /// <param name="activation">Activation function of the candidate; <c>tanh</c> by default.</param>
    /// <param name="recurrentActivation">Activation function of the gates; <c>sigmoid</c> by default.</param>
    /// <param name="useBias">Whether to add a bias; true by default.</param>
    /// <param name="kernelInitializer">Initializer of the input kernel; <c>glorot_uniform</c> by default.</param>
    /// <param name="recurrentInitializer">Initializer of the recurrent kernel; <c>orthogonal</c> by default.</param>
    /// <param name="biasInitializer">Initializer of the bias; <c>zeros</c> by default.</param>
    /// <param name="kernelRegularizer">Regularizer of the input kernel; none by default.</param>
    /// <param name="recurrentRegularizer">Regularizer of the recurrent kernel; none by default.</param>
    /// <param name="biasRegularizer">Regularizer of the bias; none by default.</param>
    /// <param name="kernelConstraint">Constraint on the input kernel, applied after each step; none by default.</param>
    /// <param name="recurrentConstraint">Constraint on the recurrent kernel, applied after each step; none by default.</param>
    /// <param name="biasConstraint">Constraint on the bias, applied after each step; none by default.</param>
    /// <param name="dropout">Fraction of the inputs to drop in training, with the same mask for all steps of a sequence; 0 by
    /// default.</param>
    /// <param name="recurrentDropout">Fraction of the states to drop in training, with the same mask for all steps; 0 by default.</param>
    /// <param name="resetAfter">Whether to apply the reset gate after the matrix product (the default, as in cuDNN) or before it.</param>
    /// <param name="seed">Kept for compatibility with Keras files; random numbers derive from the run's seed.</param>
    /// <param name="name">Unique name, or null for <c>gru_cell</c>, <c>gru_cell_1</c>, …</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1 or a rate is outside [0, 1].</exception>
    public GRUCell(
        int units,
        ActivationFunction? activation = null,
        ActivationFunction? recurrentActivation = null,
        bool useBias = true,
        Initializer? kernelInitializer = null,
        Initializer? recurrentInitializer = null,
        Initializer? biasInitializer = null,
        Regularizer? kernelRegularizer = null,
        Regularizer? recurrentRegularizer = null,
        Regularizer? biasRegularizer = null,
        Constraint? kernelConstraint = null,
        Constraint? recurrentConstraint = null,
        Constraint? biasConstraint = null,
        double dropout = 0,
        double recurrentDropout = 0,
        bool resetAfter = true,
        long? seed = null,
        string? name = null)
        : this(
            RecurrentSettings.Create(
                units, activation, recurrentActivation ?? "sigmoid", useBias, kernelInitializer, recurrentInitializer, biasInitializer,
                kernelRegularizer,
                recurrentRegularizer, biasRegularizer, kernelConstraint, recurrentConstraint, biasConstraint, dropout,
                recurrentDropout, seed),
            resetAfter,
            name)
    {
    }

    internal GRUCell(RecurrentSettings settings, bool resetAfter, string? name)
        : base(settings, 3, name) => ResetAfter = resetAfter;

    /// <summary>Whether the reset gate is applied after the matrix product.</summary>
    public bool ResetAfter { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<int> StateSizes => [Units];

    private protected override Shape BiasShape => ResetAfter ? [2, 3 * Units] : [3 * Units];

    private protected override Tensor? InputBias => ResetAfter ? Bias?.Value[0] : Bias?.Value;

    internal override (Tensor All, Tensor[] Last)? TryWalk(Tensor steps, Tensor[] states, Tensor? counts, bool fromZero,
        CallContext context)
    {
        bool plain = ResetAfter && Settings.Activation.Name == "tanh" && Settings.RecurrentActivation!.Name == "sigmoid"
            && !(context.Training && Settings.RecurrentDropout > 0);
        if (!plain || steps.device_type != TorchSharp.DeviceType.CPU || steps.dtype != ScalarType.Float32)
        {
            return null;
        }

        return GRUPass.Run(
            Projection(steps.shape[1], context)(steps), RecurrentKernel.Value, Bias?.Value[1], states[0],
            counts?.contiguous().data<bool>().ToArray(), fromZero);
    }

    internal override CellRun Begin(long batchSize, CallContext context)
    {
        Tensor[] kernels = RecurrentKernel.Value.chunk(3, 1);
        Tensor gateKernel = RecurrentKernel.Value[.., ..(2 * Units)];
        Tensor? bias = ResetAfter ? Bias?.Value[1] : null;
        Tensor[]? biases = bias?.chunk(3, 0);
        Tensor[] masks = StateMasks(batchSize, context);
        return new CellRun(Projection(batchSize, context), (x, states) =>
        {
            Tensor h = states[0];
            Tensor[] inputs = x.chunk(3, 1);
            Tensor[] inner = masks.Length > 0
                ? [.. Enumerable.Range(0, ResetAfter ? 3 : 2).Select(gate => Affine(h * masks[gate], kernels[gate], biases?[gate]))]
                : ResetAfter ? Affine(h, RecurrentKernel.Value, bias).chunk(3, 1)
                : h.MatrixProduct(gateKernel).chunk(2, 1);
            Tensor update = Settings.RecurrentActivation!.Apply(inputs[0].Plus(inner[0]));
            Tensor reset = Settings.RecurrentActivation.Apply(inputs[1].Plus(inner[1]));
            Tensor candidate = Settings.Activation.Apply(ResetAfter
                ? addcmul(inputs[2], reset, inner[2], Held(1))
                : addmm(inputs[2], reset * (masks.Length > 0 ? h * masks[2] : h), kernels[2], 1, 1));
            Tensor next = candidate.lerp(h, update);
            return (next, [next]);
        });
    }

    internal static GRUCell FromConfig(ConfigReader config) =>
        new(RecurrentSettings.Read(config, gated: true), config.Bool("reset_after", true), config.OptionalString("name"));

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config) => Settings.Write(config, ("reset_after", ResetAfter));
}
