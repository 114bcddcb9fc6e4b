using Cairn.Activations;
using Cairn.Constraints;
using Cairn.Initializers;
using Cairn.Regularizers;
using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>
/// 3D transposed convolution over depth, height and width of volumes, which upsamples. Keras: <c>layers.Conv3DTranspose</c>.
/// </summary>
/// <remarks>
/// Input <c>[batch, depth, height, width, channels]</c>, output <c>[batch, depth', height', width', filters]</c>; kernel
/// <c>[kernel depth, kernel height, kernel width, filters, channels]</c>, bias <c>[filters]</c>.
/// </remarks>
public sealed class Conv3DTranspose : TransposedConvolution
{
    /// <summary>Creates a convolution layer.</summary>
    /// <param name="filters">Channels of the output, 1 or more.</param>
    /// <param name="kernelSize">Size of the window.</param>
    /// <param name="strides">Number of output elements per input element; 1 by default.</param>
    /// <param name="padding"><c>"valid"</c> (default) or <c>"same"</c>.</param>
    /// <param name="dataFormat">Position of the channels axis; last by default.</param>
    /// <param name="outputPadding">Elements added at the end of the output, 0 or more and less than <paramref name="strides"/>; by default
    /// chosen so that <c>"same"</c> makes the output <c>strides</c> times as long.</param>
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
    /// <param name="name">Unique name, or null for <c>conv3d_transpose</c>, <c>conv3d_transpose_1</c>, …</param>
    /// <exception cref="ArgumentException">A size is below 1, or the arguments can't be combined.</exception>
    public Conv3DTranspose(
        int filters,
        Size3D kernelSize,
        Size3D? strides = null,
        Padding padding = default,
        DataFormat dataFormat = DataFormat.ChannelsLast,
        Size3D? outputPadding = null,
        Size3D? dilationRate = null,
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
            outputPadding is { } extra ? extra.Axes() : null,
            new KernelSettings(
                new Window(kernelSize.Axes(), (strides ?? 1).Axes(), padding, dataFormat, (dilationRate ?? 1).Axes()),
                activation, useBias, kernelInitializer, biasInitializer, kernelRegularizer, biasRegularizer, activityRegularizer, name)
            {
                KernelConstraint = kernelConstraint,
                BiasConstraint = biasConstraint,
            })
    {
    }

    private Conv3DTranspose(ConfigReader config)
        : base(config.Int("filters"), OutputPadding(config, rank: 3), KernelSettings.Read(config, rank: 3))
    {
    }

    internal static Conv3DTranspose FromConfig(ConfigReader config) => new(config);
}
