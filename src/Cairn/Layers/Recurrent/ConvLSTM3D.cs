using Cairn.Activations;
using Cairn.Constraints;
using Cairn.Initializers;
using Cairn.Regularizers;
using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>
/// 3D convolutional LSTM over sequences of volumes (Shi et al., 2015): an LSTM with convolutions in place of matrix products. Keras:
/// <c>layers.ConvLSTM3D</c>.
/// </summary>
/// <remarks>
/// Input <c>[batch, steps, depth, height, width, channels]</c>; output <c>[batch, depth', height', width', filters]</c> or with
/// <c>returnSequences</c> <c>[batch, steps, depth', height', width', filters]</c>; with <c>returnState</c>, followed by output and carry of
/// the last step. The gates i, f, c and o are concatenated in the kernel
/// <c>[kernel depth, kernel height, kernel width, channels, 4 · filters]</c>, the recurrent kernel
/// <c>[kernel depth, kernel height, kernel width, filters, 4 · filters]</c> and the bias <c>[4 · filters]</c>.
/// </remarks>
public sealed class ConvLSTM3D : ConvLSTM
{
    /// <summary>Creates a recurrent layer.</summary>
    /// <param name="filters">Channels of the output, 1 or more.</param>
    /// <param name="kernelSize">Size of the window.</param>
    /// <param name="strides">Strides of the window over the inputs; 1 by default.</param>
    /// <param name="padding"><c>"valid"</c> (default) or <c>"same"</c>, for the inputs; states are always padded to keep their
    /// size.</param>
    /// <param name="dataFormat">Position of the channels axis; last by default.</param>
    /// <param name="dilationRate">
    /// Distance between the window's elements; 1 by default. Can't be combined with strides greater than 1.
    /// </param>
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
    /// <param name="activityRegularizer">Regularizer of the output, divided by the batch size; none by default.</param>
    /// <param name="kernelConstraint">Constraint on the input kernel, applied after each step; none by default.</param>
    /// <param name="recurrentConstraint">Constraint on the recurrent kernel, applied after each step; none by default.</param>
    /// <param name="biasConstraint">Constraint on the bias, applied after each step; none by default.</param>
    /// <param name="dropout">Fraction of the inputs to drop in training, with the same mask for all steps of a sequence; 0 by default. As
    /// in Keras, 1 drops nothing.</param>
    /// <param name="recurrentDropout">Fraction of the states to drop in training, with the same mask for all steps; 0 by default.</param>
    /// <param name="seed">Kept for compatibility with Keras files; random numbers derive from the run's seed.</param>
    /// <param name="returnSequences">Whether to return all steps, or only the last one (default).</param>
    /// <param name="returnState">Whether to also return the last states; false by default.</param>
    /// <param name="goBackwards">Whether to process the sequence backwards; the output is then in reverse order too. False by
    /// default.</param>
    /// <param name="stateful">Whether a batch starts from the last states of the previous batch; false by default. Needs a fixed batch
    /// size.</param>
    /// <param name="unroll">Kept for compatibility with Keras files; steps are always computed one after the other here.</param>
    /// <param name="zeroOutputForMask">Whether masked steps output zeros instead of repeating the previous output; false by
    /// default.</param>
    /// <param name="name">Unique name, or null for <c>conv_lstm3d</c>, <c>conv_lstm3d_1</c>, …</param>
    /// <exception cref="ArgumentException">A size is below 1, a rate is outside [0, 1], or the arguments can't be combined.</exception>
    public ConvLSTM3D(
        int filters,
        Size3D kernelSize,
        Size3D? strides = null,
        Padding padding = default,
        DataFormat dataFormat = DataFormat.ChannelsLast,
        Size3D? dilationRate = null,
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
        Regularizer? activityRegularizer = null,
        Constraint? kernelConstraint = null,
        Constraint? recurrentConstraint = null,
        Constraint? biasConstraint = null,
        double dropout = 0,
        double recurrentDropout = 0,
        long? seed = null,
        bool returnSequences = false,
        bool returnState = false,
        bool goBackwards = false,
        bool stateful = false,
        bool unroll = false,
        bool zeroOutputForMask = false,
        string? name = null)
        : base(
            RecurrentSettings.Create(
                Positive(filters), activation, recurrentActivation ?? "sigmoid", useBias, kernelInitializer, recurrentInitializer,
                biasInitializer,
                kernelRegularizer, recurrentRegularizer, biasRegularizer, kernelConstraint, recurrentConstraint, biasConstraint, dropout,
                recurrentDropout, seed),
            new Window(kernelSize.Axes(), (strides ?? 1).Axes(), padding, dataFormat, (dilationRate ?? 1).Axes()),
            unitForgetBias,
            new RecurrentMode(returnSequences, returnState, goBackwards, stateful, unroll, zeroOutputForMask),
            activityRegularizer,
            name)
    {
    }

    private ConvLSTM3D(ConfigReader config)
        : base(config, rank: 3)
    {
    }

    internal static new ConvLSTM3D FromConfig(ConfigReader config) => new(config);
}
