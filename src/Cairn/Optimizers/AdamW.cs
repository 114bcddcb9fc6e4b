using Cairn.Saving;

namespace Cairn.Optimizers;

/// <summary>Adam with decoupled weight decay (Loshchilov and Hutter, 2019). Keras: <c>optimizers.AdamW</c>.</summary>
public sealed class AdamW : Adam
{
    /// <summary>Creates an AdamW optimizer.</summary>
    /// <param name="learningRate">The learning rate; 0.001 by default.</param>
    /// <param name="weightDecay">Weight decay: each step subtracts <c>weightDecay · learning rate · weight</c>; 0.004 by default.</param>
    /// <param name="beta1">Decay rate of the first-moment estimates; 0.9 by default.</param>
    /// <param name="beta2">Decay rate of the second-moment estimates; 0.999 by default.</param>
    /// <param name="epsilon">Added to the square root of the latter; 1e-7 by default.</param>
    /// <param name="amsgrad">Whether to use the AMSGrad variant; false by default.</param>
    /// <param name="clipNorm">Maximum norm of the gradient of each variable.</param>
    /// <param name="clipValue">Maximum absolute value of each gradient element.</param>
    /// <param name="globalClipNorm">Maximum global norm of all gradients.</param>
    /// <param name="useEma">
    /// Whether to keep an exponential moving average (EMA) of the weights, which replaces them at the end of <c>Fit</c>; false by default.
    /// </param>
    /// <param name="emaMomentum">Momentum of the EMA, [0, 1]; 0.99 by default.</param>
    /// <param name="emaOverwriteFrequency">
    /// Number of steps between overwrites of the weights by their averages, 1 or more; null (default) for never.
    /// </param>
    /// <param name="lossScaleFactor">
    /// Factor, greater than 0, by which the loss is multiplied and the gradients are then divided; none by default.
    /// </param>
    /// <param name="gradientAccumulationSteps">
    /// Number of steps, 2 or more, to average gradients over before each update; null (default) to update at every step.
    /// </param>
    /// <param name="name">Name of the optimizer; <c>adam_w</c> by default.</param>
    /// <exception cref="ArgumentException">An argument is out of range, or more than one clipping argument is set.</exception>
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
