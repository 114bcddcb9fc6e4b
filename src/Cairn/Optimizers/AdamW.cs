using Cairn.Saving;

namespace Cairn.Optimizers;

/// <summary>Adam with weight decay beside the gradient (Loshchilov and Hutter, 2019). Keras: <c>optimizers.AdamW</c>.</summary>
/// <param name="learningRate">0.001 by default.</param>
/// <param name="weightDecay">Share of a weight, times the rate, taken from it at each step; 0.004 by default.</param>
/// <param name="beta1">Weight of the past in the mean of the gradients; 0.9 by default.</param>
/// <param name="beta2">Weight of the past in the mean of their squares; 0.999 by default.</param>
/// <param name="epsilon">Added to the root of the latter; 1e-7 by default.</param>
/// <param name="amsgrad">Whether the largest mean square so far is used; false by default.</param>
/// <param name="clipNorm">Largest length of each variable's gradient.</param>
/// <param name="clipValue">Largest absolute value of each gradient's elements.</param>
/// <param name="globalClipNorm">Largest length of all gradients together.</param>
/// <param name="name">Name; <c>adam_w</c> by default.</param>
public sealed class AdamW(
    LearningRate? learningRate = null,
    double weightDecay = 0.004,
    double beta1 = 0.9,
    double beta2 = 0.999,
    double epsilon = 1e-7,
    bool amsgrad = false,
    double? clipNorm = null,
    double? clipValue = null,
    double? globalClipNorm = null,
    string? name = null)
    : Adam(learningRate, beta1, beta2, epsilon, amsgrad, weightDecay, clipNorm, clipValue, globalClipNorm, name)
{
    internal static new AdamW FromConfig(ConfigReader config, OptimizerSettings settings) => new(
        settings.LearningRate, settings.WeightDecay ?? 0.004, config.Double("beta_1", 0.9), config.Double("beta_2", 0.999),
        config.Double("epsilon", 1e-7), config.Bool("amsgrad", false), settings.ClipNorm, settings.ClipValue, settings.GlobalClipNorm, settings.Name);
}
