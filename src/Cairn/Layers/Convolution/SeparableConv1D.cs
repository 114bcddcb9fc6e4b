using Cairn.Activations;
using Cairn.Constraints;
using Cairn.Initializers;
using Cairn.Regularizers;
using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>
/// 1D separable convolution over the steps of sequences: a depthwise convolution, then a pointwise one that mixes the channels. Keras:
/// <c>layers.SeparableConv1D</c>.
/// </summary>
/// <remarks>
/// Input <c>[batch, steps, channels]</c>, output <c>[batch, steps', filters]</c>; depthwise kernel
/// <c>[kernel size, channels, multiplier]</c>, pointwise kernel <c>[1, channels · multiplier, filters]</c>, bias <c>[filters]</c>.
/// </remarks>
public sealed class SeparableConv1D : SeparableConvolution
{
    /// <summary>Creates a convolution layer.</summary>
    /// <param name="filters">Channels of the output, 1 or more.</param>
    /// <param name="kernelSize">Size of the window.</param>
    /// <param name="strides">Strides of the window; 1 by default.</param>
    /// <param name="padding"><c>"valid"</c> (default) or <c>"same"</c>.</param>
    /// <param name="dataFormat">Position of the channels axis; last by default.</param>
    /// <param name="dilationRate">Distance between the window's elements; 1 by default.</param>
    /// <param name="depthMultiplier">Depthwise output channels per input channel, 1 or more; 1 by default.</param>
    /// <param name="activation">Activation function; none (linear) by default.</param>
    /// <param name="useBias">Whether to add a bias; true by default.</param>
    /// <param name="depthwiseInitializer">Initializer of the depthwise kernel; <c>glorot_uniform</c> by default.</param>
    /// <param name="pointwiseInitializer">Initializer of the pointwise kernel; <c>glorot_uniform</c> by default.</param>
    /// <param name="biasInitializer">Initializer of the bias; <c>zeros</c> by default.</param>
    /// <param name="depthwiseRegularizer">Regularizer of the depthwise kernel; none by default.</param>
    /// <param name="pointwiseRegularizer">Regularizer of the pointwise kernel; none by default.</param>
    /// <param name="biasRegularizer">Regularizer of the bias; none by default.</param>
    /// <param name="activityRegularizer">Regularizer of the output, divided by the batch size; none by default.</param>
    /// <param name="depthwiseConstraint">Constraint on the depthwise kernel, applied after each step; none by default.</param>
    /// <param name="pointwiseConstraint">Constraint on the pointwise kernel, applied after each step; none by default.</param>
    /// <param name="biasConstraint">Constraint on the bias, applied after each step; none by default.</param>
    /// <param name="name">Unique name, or null for <c>separable_conv1d</c>, <c>separable_conv1d_1</c>, …</param>
    /// <exception cref="ArgumentException">A size is below 1, or the arguments can't be combined.</exception>
    public SeparableConv1D(
        int filters,
        int kernelSize,
        int strides = 1,
        Padding padding = default,
        DataFormat dataFormat = DataFormat.ChannelsLast,
        int dilationRate = 1,
        int depthMultiplier = 1,
        ActivationFunction? activation = null,
        bool useBias = true,
        Initializer? depthwiseInitializer = null,
        Initializer? pointwiseInitializer = null,
        Initializer? biasInitializer = null,
        Regularizer? depthwiseRegularizer = null,
        Regularizer? pointwiseRegularizer = null,
        Regularizer? biasRegularizer = null,
        Regularizer? activityRegularizer = null,
        Constraint? depthwiseConstraint = null,
        Constraint? pointwiseConstraint = null,
        Constraint? biasConstraint = null,
        string? name = null)
        : base(
            filters,
            depthMultiplier,
            pointwiseInitializer,
            pointwiseRegularizer,
            pointwiseConstraint,
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

    private SeparableConv1D(ConfigReader config)
        : base(config, rank: 1)
    {
    }

    internal static SeparableConv1D FromConfig(ConfigReader config) => new(config);
}
