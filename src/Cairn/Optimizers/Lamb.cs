using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Optimizers;

/// <summary>Adam whose step is as long, for each variable, as the variable itself (You et al., 2019). Keras: <c>optimizers.Lamb</c>.</summary>
/// <remarks>
/// <c>m += (g - m)(1 - β₁)</c>, <c>v += (g² - v)(1 - β₂)</c>, <c>u = m / (1 - β₁ᵗ) / (√(v / (1 - β₂ᵗ)) + ε)</c>,
/// <c>w -= rate · ‖w‖ / ‖u‖ · u</c>, where the ratio of the lengths is 1 if either is 0.
/// </remarks>
public sealed class Lamb : Optimizer
{
    private readonly double beta1;
    private readonly double beta2;
    private readonly double epsilon;
    private float rate;
    private float correction1;
    private float correction2;

    /// <summary>Makes a Lamb optimizer.</summary>
    /// <param name="learningRate">0.001 by default.</param>
    /// <param name="beta1">Weight of the past in the mean of the gradients; 0.9 by default.</param>
    /// <param name="beta2">Weight of the past in the mean of their squares; 0.999 by default.</param>
    /// <param name="epsilon">Added to the root of the latter; 1e-7 by default.</param>
    /// <param name="weightDecay">Share of a weight, times the rate, taken from it at each step; none by default.</param>
    /// <param name="clipNorm">Largest length of each variable's gradient.</param>
    /// <param name="clipValue">Largest absolute value of each gradient's elements.</param>
    /// <param name="globalClipNorm">Largest length of all gradients together.</param>
    /// <param name="useEma">Whether the weights are averaged over the steps, and the averages take their place at the end of <c>Fit</c>; false by default.</param>
    /// <param name="emaMomentum">Weight of the past in these averages, [0, 1]; 0.99 by default.</param>
    /// <param name="emaOverwriteFrequency">Number of steps after which the averages take the weights' place each time, 1 or more; null (default) for never.</param>
    /// <param name="lossScaleFactor">Factor on the loss that the gradients are divided by again, above 0; none by default.</param>
    /// <param name="gradientAccumulationSteps">Number of steps, 2 or more, whose mean gradient changes the weights once; null (default) to change them at each.</param>
    /// <param name="name">Name; <c>lamb</c> by default.</param>
    /// <exception cref="ArgumentException">An argument is out of its range, or two ways of clipping are set.</exception>
    public Lamb(
        LearningRate? learningRate = null,
        double beta1 = 0.9,
        double beta2 = 0.999,
        double epsilon = 1e-7,
        double? weightDecay = null,
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
            beta1, beta2, epsilon)
    {
    }

    private Lamb(OptimizerSettings settings, double beta1, double beta2, double epsilon)
        : base(settings, 0.001)
    {
        if (beta1 is not (>= 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(beta1), beta1, "beta1 must be in [0, 1).");
        }

        if (beta2 is not (>= 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(beta2), beta2, "beta2 must be in [0, 1).");
        }

        if (!(epsilon >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "epsilon must be 0 or more.");
        }

        this.beta1 = beta1;
        this.beta2 = beta2;
        this.epsilon = epsilon;
    }

    // The length of a whole variable enters into every element of it.
    internal override bool HasFusedPass => false;

    private protected override IReadOnlyList<string[]> SlotGroups => [["momentum", "velocity"]];

    internal static Lamb FromConfig(ConfigReader config, OptimizerSettings settings) =>
        new(settings, config.Double("beta_1", 0.9), config.Double("beta_2", 0.999), config.Double("epsilon", 1e-7));

    private protected override void BeginStep(float rate)
    {
        this.rate = rate;
        correction1 = 1 - MathF.Pow((float)beta1, Iterations + 1);
        correction2 = 1 - MathF.Pow((float)beta2, Iterations + 1);
    }

    private protected override void Update(Tensor weight, Tensor gradient, IReadOnlyList<Variable> slots)
    {
        Tensor m = slots[0].Value;
        Tensor v = slots[1].Value;
        m.add_((gradient - m) * (float)(1 - beta1));
        v.add_((gradient.square() - v) * (float)(1 - beta2));
        Tensor update = m / correction1 / ((v / correction2).sqrt() + (float)epsilon);
        Tensor length = weight.square().sum().sqrt();
        Tensor updateLength = update.square().sum().sqrt();
        Tensor ratio = where((length > Held(0)).logical_and(updateLength > Held(0)), length / updateLength, ones_like(length));
        weight.sub_(ratio * rate * update);
    }

    private protected override void WriteConfig(JsonObject config)
    {
        config["beta_1"] = beta1;
        config["beta_2"] = beta2;
        config["epsilon"] = epsilon;
    }
}
