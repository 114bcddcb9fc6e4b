using Cairn.Saving;

namespace Cairn.Optimizers;

/// <summary>Adam with weight decay beside the gradient (Loshchilov and Hutter, 2019). Keras: <c>optimizers.AdamW</c>.</summary>
public sealed class AdamW : Adam
{
    /// <summary>Makes an AdamW optimizer.</summary>
    /// <param name="learningRate">0.001 by default.</param>
    /// <param name="weightDecay">Share of a weight, times the rate, taken from it at each step; 0.004 by default.</param>
    /// <param name="beta1">Weight of the past in the mean of the gradients; 0.9 by default.</param>
    /// <param name="beta2">Weight of the past in the mean of their squares; 0.999 by default.</param>
    /// <param name="epsilon">Added to the root of the latter; 1e-7 by default.</param>
    /// <param name="amsgrad">Whether the largest mean square so far is used; false by default.</param>
    /// <param name="clipNorm">Largest length of each variable's gradient.</param>
    /// <param name="clipValue">Largest absolute value of each gradient's elements.</param>
    /// <param name="globalClipNorm">Largest length of all gradients together.</param>
    /// <param name="useEma">Whether the weights are averaged over the steps, and the averages take their place at the end of <c>Fit</c>; false by default.</param>
    /// <param name="emaMomentum">Weight of the past in these averages, [0, 1]; 0.99 by default.</param>
    /// <param name="emaOverwriteFrequency">Number of steps after which the averages take the weights' place each time, 1 or more; null (default) for never.</param>
    /// <param name="lossScaleFactor">Factor on the loss that the gradients are divided by again, above 0; none by default.</param>
    /// <param name="gradientAccumulationSteps">Number of steps, 2 or more, whose mean gradient changes the weights once; null (default) to change them at each.</param>
    /// <param name="name">Name; <c>adam_w</c> by default.</param>
    /// <exception cref="ArgumentException">An argument is out of its range, or two ways of clipping are set.</exception>
    public AdamW(
        LearningRate? learningRate = null,
        double weightDecay = 0.004,
        double beta1 = 0.9,
        double beta2 = 0.999,
        double epsilon = 1e-7,
        bool amsgrad = false,
        double? clipNorm = null,
        double? clipValue = null,
        double? globalClipNorm = null,
        bool useEma = false,
        double emaMomentum = 0.99,
        int? emaOverwriteFrequency = null,
        double? lossScaleFactor = null,
        int? gradientAccumulationSteps = null,
        string? name = null)
        : this(
            new OptimizerSettings(
                learningRate, weightDecay, clipNorm, clipValue, globalClipNorm,
                useEma, emaMomentum, emaOverwriteFrequency, lossScaleFactor, gradientAccumulationSteps, name),
            beta1, beta2, epsilon, amsgrad)
    {
    }

    private AdamW(OptimizerSettings settings, double beta1, double beta2, double epsilon, bool amsgrad)
        : base(settings, beta1, beta2, epsilon, amsgrad)
    {
    }

    internal static new AdamW FromConfig(ConfigReader config, OptimizerSettings settings) => new(
        settings with { WeightDecay = settings.WeightDecay ?? 0.004 },
        config.Double("beta_1", 0.9),
        config.Double("beta_2", 0.999),
        config.Double("epsilon", 1e-7),
        config.Bool("amsgrad", false));
}
