using Cairn.Activations;
using Cairn.Constraints;
using Cairn.Initializers;
using Cairn.Regularizers;
using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>
/// 1D depthwise convolution over the steps of sequences: each channel is convolved separately. Keras: <c>layers.DepthwiseConv1D</c>.
/// </summary>
/// <remarks>
/// Input <c>[batch, steps, channels]</c>, output <c>[batch, steps', channels · multiplier]</c>; kernel
/// <c>[kernel size, channels, multiplier]</c>, bias <c>[channels · multiplier]</c>.
/// </remarks>
public sealed class DepthwiseConv1D : DepthwiseConvolution
{
    /// <summary>Creates a convolution layer.</summary>
    /// <param name="kernelSize">Size of the window.</param>
    /// <param name="strides">Strides of the window; 1 by default.</param>
    /// <param name="padding"><c>"valid"</c> (default) or <c>"same"</c>.</param>
    /// <param name="depthMultiplier">Output channels per input channel, 1 or more; 1 by default.</param>
    /// <param name="dataFormat">Position of the channels axis; last by default.</param>
    /// <param name="dilationRate">Distance between the window's elements; 1 by default.</param>
    /// <param name="activation">Activation function; none (linear) by default.</param>
    /// <param name="useBias">Whether to add a bias; true by default.</param>
    /// <param name="depthwiseInitializer">Initializer of the depthwise kernel; <c>glorot_uniform</c> by default.</param>
    /// <param name="biasInitializer">Initializer of the bias; <c>zeros</c> by default.</param>
    /// <param name="depthwiseRegularizer">Regularizer of the depthwise kernel; none by default.</param>
    /// <param name="biasRegularizer">Regularizer of the bias; none by default.</param>
    /// <param name="activityRegularizer">Regularizer of the output, divided by the batch size; none by default.</param>
    /// <param name="depthwiseConstraint">Constraint on the depthwise kernel, applied after each step; none by default.</param>
    /// <param name="biasConstraint">Constraint on the bias, applied after each step; none by default.</param>
    /// <param name="name">Unique name, or null for <c>depthwise_conv1d</c>, <c>depthwise_conv1d_1</c>, …</param>
    /// <exception cref="ArgumentException">A size is below 1, or the arguments can't be combined.</exception>
    public DepthwiseConv1D(
        int kernelSize,
        int strides = 1,
        Padding padding = default,
        int depthMultiplier = 1,
        DataFormat dataFormat = DataFormat.ChannelsLast,
        int dilationRate = 1,
        ActivationFunction? activation = null,
        bool useBias = true,
        Initializer? depthwiseInitializer = null,
        Initializer? biasInitializer = null,
        Regularizer? depthwiseRegularizer = null,
        Regularizer? biasRegularizer = null,
        Regularizer? activityRegularizer = null,
        Constraint? depthwiseConstraint = null,
        Constraint? biasConstraint = null,
        string? name = null)
        : base(
            depthMultiplier,
            new KernelSettings(
                new Window([kernelSize], [strides], padding, dataFormat, [dilationRate]),
                activation, useBias, depthwiseInitializer, biasInitializer, depthwiseRegularizer, biasRegularizer,
                activityRegularizer, name)
            {
                KernelConstraint = depthwiseConstraint,
                BiasConstraint = biasConstraint,
            })
    {
    }

    private DepthwiseConv1D(ConfigReader config)
        : base(config.Int("depth_multiplier", 1), KernelSettings.Read(config, rank: 1, "depthwise"))
    {
    }

    internal static DepthwiseConv1D FromConfig(ConfigReader config) => new(config);
}
