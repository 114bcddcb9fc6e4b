using System.Text.Json.Nodes;
using Cairn.Activations;
using Cairn.Constraints;
using Cairn.Initializers;
using Cairn.Regularizers;
using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>Gated recurrent unit (Cho et al., 2014): runs a <see cref="GRUCell"/> over a sequence. Keras: <c>layers.GRU</c>.</summary>
/// <remarks>
/// Input <c>[batch, steps, features]</c>; output <c>[batch, units]</c> or with <c>returnSequences</c> <c>[batch, steps, units]</c>; one
/// state, <c>[batch, units]</c>. The weights are those of the cell. Masked steps keep the state and repeat the previous output.
/// </remarks>
public sealed class GRU : RNN
{
    private readonly GRUCell cell;

    /// <summary>Creates a recurrent layer.</summary>
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
    /// <param name="activityRegularizer">Regularizer of the output, divided by the batch size; none by default.</param>
    /// <param name="kernelConstraint">Constraint on the input kernel, applied after each step; none by default.</param>
    /// <param name="recurrentConstraint">Constraint on the recurrent kernel, applied after each step; none by default.</param>
    /// <param name="biasConstraint">Constraint on the bias, applied after each step; none by default.</param>
    /// <param name="dropout">Fraction of the inputs to drop in training, with the same mask for all steps of a sequence; 0 by
    /// default.</param>
    /// <param name="recurrentDropout">Fraction of the states to drop in training, with the same mask for all steps; 0 by default.</param>
    /// <param name="resetAfter">Whether to apply the reset gate after the matrix product (the default, as in cuDNN) or before it.</param>
    /// <param name="seed">Kept for compatibility with Keras files; random numbers derive from the run's seed.</param>
    /// <param name="returnSequences">Whether to return all steps, <c>[batch, steps, units]</c>, or only the last one, <c>[batch, units]</c>
    /// (default).</param>
    /// <param name="returnState">Whether to also return the last states; false by default.</param>
    /// <param name="goBackwards">Whether to process the sequence backwards; the output is then in reverse order too. False by
    /// default.</param>
    /// <param name="stateful">Whether a batch starts from the last states of the previous batch; false by default. Needs a fixed batch
    /// size.</param>
    /// <param name="unroll">Kept for compatibility with Keras files; steps are always computed one after the other here.</param>
    /// <param name="zeroOutputForMask">Whether masked steps output zeros instead of repeating the previous output; false by
    /// default.</param>
    /// <param name="name">Unique name, or null for <c>gru</c>, <c>gru_1</c>, …</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1 or a rate is outside [0, 1].</exception>
    public GRU(
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
        Regularizer? activityRegularizer = null,
        Constraint? kernelConstraint = null,
        Constraint? recurrentConstraint = null,
        Constraint? biasConstraint = null,
        double dropout = 0,
        double recurrentDropout = 0,
        bool resetAfter = true,
        long? seed = null,
        bool returnSequences = false,
        bool returnState = false,
        bool goBackwards = false,
        bool stateful = false,
        bool unroll = false,
        bool zeroOutputForMask = false,
        string? name = null)
        : this(
            new GRUCell(
                RecurrentSettings.Create(
                    units, activation, recurrentActivation ?? "sigmoid", useBias, kernelInitializer, recurrentInitializer, biasInitializer,
                    kernelRegularizer,
                    recurrentRegularizer, biasRegularizer, kernelConstraint, recurrentConstraint, biasConstraint, dropout,
                    recurrentDropout, seed),
                resetAfter,
                "gru_cell"),
            new RecurrentMode(returnSequences, returnState, goBackwards, stateful, unroll, zeroOutputForMask),
            activityRegularizer,
            name)
    {
    }

    private GRU(GRUCell cell, RecurrentMode mode, Regularizer? activityRegularizer, string? name)
        : base(cell, mode, activityRegularizer, name) => this.cell = cell;

    /// <summary>Size of the output.</summary>
    public int Units => cell.Units;

    /// <summary>Whether the reset gate is applied after the matrix product.</summary>
    public bool ResetAfter => cell.ResetAfter;

    internal static new GRU FromConfig(ConfigReader config) => new(
        new GRUCell(RecurrentSettings.Read(config, gated: true), config.Bool("reset_after", true), "gru_cell"),
        RecurrentMode.Read(config),
        LayerRegistry.Regularizer(config, "activity_regularizer"),
        config.OptionalString("name"));

    private protected override void WriteCell(JsonObject config) =>
        cell.Settings.Write(config, ("reset_after", ResetAfter), ActivityRegularizer, isLayer: true);
}
