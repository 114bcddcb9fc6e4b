using System.Text.Json.Nodes;
using Cairn.Activations;
using Cairn.Constraints;
using Cairn.Initializers;
using Cairn.Regularizers;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>One step of long short-term memory (Hochreiter and Schmidhuber, 1997). Keras: <c>layers.LSTMCell</c>.</summary>
/// <remarks>
/// Two states, output and carry. With the gates i, f and o and the candidate c, each computed from x · kernel + h · recurrentKernel + bias:
/// <c>c' = f · c + i · activation(candidate)</c>, <c>h' = o · activation(c')</c>. Weights kernel <c>[features, 4 · units]</c>, recurrent
/// kernel <c>[units, 4 · units]</c>, bias <c>[4 · units]</c>, in the order i, f, c, o.
/// </remarks>
public sealed class LSTMCell : KernelCell
{
    /// <summary>Creates a cell.</summary>
    /// <param name="units">Size of the output, 1 or more.</param>
    /// <param name="activation">Activation function of the candidate and the output; <c>tanh</c> by default.</param>
    /// <param name="recurrentActivation">Activation function of the gates; <c>sigmoid</c> by default.</param>
    /// <param name="useBias">Whether to add a bias; true by default.</param>
    /// <param name="kernelInitializer">Initializer of the input kernel; <c>glorot_uniform</c> by default.</param>
    /// <param name="recurrentInitializer">Initializer of the recurrent kernel; <c>orthogonal</c> by default.</param>
    /// <param name="biasInitializer">Initializer of the bias; <c>zeros</c> by default.</param>
    /// <param name="unitForgetBias">Whether to initialize the bias of the forget gate to 1 (Jozefowicz et al., 2015); true by
    /// default.</param>
    /// <param name="kernelRegularizer">Regularizer of the input kernel; none by default.</param>
    /// <param name="recurrentRegularizer">Regularizer of the recurrent kernel; none by default.</param>
    /// <param name="biasRegularizer">Regularizer of the bias; none by default.</param>
    /// <param name="kernelConstraint">Constraint on the input kernel, applied after each step; none by default.</param>
    /// <param name="recurrentConstraint">Constraint on the recurrent kernel, applied after each step; none by default.</param>
    /// <param name="biasConstraint">Constraint on the bias, applied after each step; none by default.</param>
    /// <param name="dropout">Fraction of the inputs to drop in training, with the same mask for all steps of a sequence; 0 by
    /// default.</param>
    /// <param name="recurrentDropout">Fraction of the states to drop in training, with the same mask for all steps; 0 by default.</param>
    /// <param name="seed">Kept for compatibility with Keras files; random numbers derive from the run's seed.</param>
    /// <param name="name">Unique name, or null for <c>lstm_cell</c>, <c>lstm_cell_1</c>, …</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1 or a rate is outside [0, 1].</exception>
    public LSTMCell(
        int units,
        ActivationFunction? activation = null,
        ActivationFunction? recurrentActivation = null,
        bool useBias = true,
        Initializer? kernelInitializer = null,
        Initializer? recurrentInitializer = null,
        Initializer? biasInitializer = null,
        bool unitForgetBias = true,
        Regularizer? kernelRegularizer = null,
        Regularizer? recurrentRegularizer = null,
        Regularizer? biasRegularizer = null,
        Constraint? kernelConstraint = null,
        Constraint? recurrentConstraint = null,
        Constraint? biasConstraint = null,
        double dropout = 0,
        double recurrentDropout = 0,
        long? seed = null,
        string? name = null)
        : this(
            RecurrentSettings.Create(
                units, activation, recurrentActivation ?? "sigmoid", useBias, kernelInitializer, recurrentInitializer, biasInitializer,
                kernelRegularizer,
                recurrentRegularizer, biasRegularizer, kernelConstraint, recurrentConstraint, biasConstraint, dropout,
                recurrentDropout, seed),
            unitForgetBias,
            name)
    {
    }

    internal LSTMCell(RecurrentSettings settings, bool unitForgetBias, string? name)
        : base(settings, 4, name) => UnitForgetBias = unitForgetBias;

    /// <summary>Whether the bias of the forget gate is initialized to 1.</summary>
    public bool UnitForgetBias { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<int> StateSizes => [Units, Units];

    private protected override Initializer BiasInitializer =>
        UnitForgetBias ? new ForgetBias(Settings.BiasInitializer) : Settings.BiasInitializer;

    internal override (Tensor All, Tensor[] Last)? TryWalk(Tensor steps, Tensor[] states, Tensor? counts, bool fromZero,
        CallContext context)
    {
        bool plain = Settings.Activation.Name == "tanh" && Settings.RecurrentActivation!.Name == "sigmoid"
            && !(context.Training && Settings.RecurrentDropout > 0);
        if (!plain || steps.device_type != TorchSharp.DeviceType.CPU || steps.dtype != ScalarType.Float32)
        {
            return null;
        }

        return LSTMPass.Run(
            Dropped(steps, context), Kernel.Value, InputBias, RecurrentKernel.Value, states, counts?.contiguous().data<bool>().ToArray(),
            fromZero);
    }

    internal override CellRun Begin(long batchSize, CallContext context)
    {
        Tensor recurrent = RecurrentKernel.Value;
        Tensor[] masks = StateMasks(batchSize, context);
        Tensor[] kernels = masks.Length > 0 ? recurrent.chunk(4, 1) : [];
        return new CellRun(Projection(batchSize, context), (x, states) =>
        {
            Tensor[] gates = masks.Length > 0
                ? [.. x.chunk(4, 1).Select((part, gate) => addmm(part, states[0] * masks[gate], kernels[gate], 1, 1))]
                : addmm(x, states[0], recurrent, 1, 1).chunk(4, 1);
            Tensor input = Settings.RecurrentActivation!.Apply(gates[0]);
            Tensor forget = Settings.RecurrentActivation.Apply(gates[1]);
            Tensor carry = addcmul(forget * states[1], input, Settings.Activation.Apply(gates[2]), Held(1));
            Tensor h = Settings.RecurrentActivation.Apply(gates[3]) * Settings.Activation.Apply(carry);
            return (h, [h, carry]);
        });
    }

    internal static LSTMCell FromConfig(ConfigReader config) =>
        new(RecurrentSettings.Read(config, gated: true), config.Bool("unit_forget_bias", true), config.OptionalString("name"));

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config) => Settings.Write(config, ("unit_forget_bias", UnitForgetBias));
}
