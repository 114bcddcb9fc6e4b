using Cairn.Activations;
using Cairn.Constraints;
using Cairn.Initializers;
using Cairn.Regularizers;
using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>1D transposed convolution over the steps of sequences, which upsamples. Keras: <c>layers.Conv1DTranspose</c>.</summary>
/// <remarks>
/// Input <c>[batch, steps, channels]</c>, output <c>[batch, steps', filters]</c>; kernel
/// <c>[kernel size, filters, channels]</c>, bias <c>[filters]</c>.
/// </remarks>
public sealed class Conv1DTranspose : TransposedConvolution
{
    /// <summary>Creates a convolution layer.</summary>
    /// <param name="filters">Channels of the output, 1 or more.</param>
    /// <param name="kernelSize">Size of the window.</param>
    /// <param name="strides">Number of output elements per input element; 1 by default.</param>
    /// <param name="padding"><c>"valid"</c> (default) or <c>"same"</c>.</param>
    /// <param name="outputPadding">Elements added at the end of the output, 0 or more and less than <paramref name="strides"/>; by default
    /// chosen so that <c>"same"</c> makes the output <c>strides</c> times as long.</param>
    /// <param name="dataFormat">Position of the channels axis; last by default.</param>
    /// <param name="dilationRate">
    /// Distance between the window's elements; 1 by default. Can't be combined with strides greater than 1.
    /// </param>
    /// <param name="activation">Activation function; none (linear) by default.</param>
    /// <param name="useBias">Whether to add a bias; true by default.</param>
    /// <param name="kernelInitializer">Initializer of the kernel; <c>glorot_uniform</c> by default.</param>
    /// <param name="biasInitializer">Initializer of the bias; <c>zeros</c> by default.</param>
    /// <param name="kernelRegularizer">Regularizer of the kernel; none by default.</param>
    /// <param name="biasRegularizer">Regularizer of the bias; none by default.</param>
    /// <param name="activityRegularizer">Regularizer of the output, divided by the batch size; none by default.</param>
    /// <param name="kernelConstraint">Constraint on the kernel, applied after each step; none by default.</param>
    /// <param name="biasConstraint">Constraint on the bias, applied after each step; none by default.</param>
    /// <param name="name">Unique name, or null for <c>conv1d_transpose</c>, <c>conv1d_transpose_1</c>, …</param>
    /// <exception cref="ArgumentException">A size is below 1, or the arguments can't be combined.</exception>
    public Conv1DTranspose(
        int filters,
        int kernelSize,
        int strides = 1,
        Padding padding = default,
        int? outputPadding = null,
        DataFormat dataFormat = DataFormat.ChannelsLast,
        int dilationRate = 1,
        ActivationFunction? activation = null,
        bool useBias = true,
        Initializer? kernelInitializer = null,
        Initializer? biasInitializer = null,
        Regularizer? kernelRegularizer = null,
        Regularizer? biasRegularizer = null,
        Regularizer? activityRegularizer = null,
        Constraint? kernelConstraint = null,
        Constraint? biasConstraint = null,
        string? name = null)
        : base(
            filters,
            outputPadding is { } extra ? [extra] : null,
            new KernelSettings(
                new Window([kernelSize], [strides], padding, dataFormat, [dilationRate]),
                activation, useBias, kernelInitializer, biasInitializer, kernelRegularizer, biasRegularizer, activityRegularizer, name)
            {
                KernelConstraint = kernelConstraint,
                BiasConstraint = biasConstraint,
            })
    {
    }

    private Conv1DTranspose(ConfigReader config)
        : base(config.Int("filters"), OutputPadding(config, rank: 1), KernelSettings.Read(config, rank: 1))
    {
    }

    internal static Conv1DTranspose FromConfig(ConfigReader config) => new(config);
}
