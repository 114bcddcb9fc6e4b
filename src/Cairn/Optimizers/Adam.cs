using System.Numerics;
using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Optimizers;

/// <summary>Adam (Kingma and Ba, 2014), with Keras' formula. Keras: <c>optimizers.Adam</c>.</summary>
/// <remarks>
/// <c>m += (g - m)(1 - β₁)</c>, <c>v += (g² - v)(1 - β₂)</c>, <c>w -= m · α / (√v + ε)</c> with
/// <c>α = rate · √(1 - β₂ᵗ) / (1 - β₁ᵗ)</c>: epsilon is added to the uncorrected square root, unlike in PyTorch. AMSGrad uses the maximum v
/// so far in place of v.
/// </remarks>
public class Adam : Optimizer
{
    private readonly double beta1;
    private readonly double beta2;
    private readonly double epsilon;
    private readonly bool amsgrad;
    private float alpha;

    /// <summary>Creates an Adam optimizer.</summary>
    /// <param name="learningRate">The learning rate; 0.001 by default.</param>
    /// <param name="beta1">Decay rate of the first-moment estimates; 0.9 by default.</param>
    /// <param name="beta2">Decay rate of the second-moment estimates; 0.999 by default.</param>
    /// <param name="epsilon">Added to the square root of the latter; 1e-7 by default.</param>
    /// <param name="amsgrad">Whether to use the AMSGrad variant (Reddi et al., 2018); false by default.</param>
    /// <param name="weightDecay">Weight decay: each step subtracts <c>weightDecay · learning rate · weight</c>; none by default.</param>
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
    /// <param name="name">Name of the optimizer; <c>adam</c> by default.</param>
    /// <exception cref="ArgumentException">An argument is out of range, or more than one clipping argument is set.</exception>
    public Adam(
        LearningRate? learningRate = null,
        double beta1 = 0.9,
        double beta2 = 0.999,
        double epsilon = 1e-7,
        bool amsgrad = false,
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
            beta1, beta2, epsilon, amsgrad)
    {
    }

    private protected Adam(OptimizerSettings settings, double beta1, double beta2, double epsilon, bool amsgrad)
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
        this.amsgrad = amsgrad;
    }

    private protected override IReadOnlyList<string[]> SlotGroups =>
        amsgrad ? [["momentum", "velocity"], ["velocity_hat"]] : [["momentum", "velocity"]];

    internal static Adam FromConfig(ConfigReader config, OptimizerSettings settings) =>
        new(settings, config.Double("beta_1", 0.9), config.Double("beta_2", 0.999), config.Double("epsilon", 1e-7),
        config.Bool("amsgrad", false));

    internal override unsafe void Update(in FusedStep step, long start, long end)
    {
        var newShare1 = new Vector<float>((float)(1 - beta1));
        var newShare2 = new Vector<float>((float)(1 - beta2));
        var alpha = new Vector<float>(this.alpha);
        var epsilon = new Vector<float>((float)this.epsilon);
        for (long i = start; i < end; i += Vector<float>.Count)
        {
            var gradient = Vector.Load(step.Gradient + i);
            var m = Vector.Load(step.Slot0 + i);
            var v = Vector.Load(step.Slot1 + i);
            m += (gradient - m) * newShare1;
            v += ((gradient * gradient) - v) * newShare2;
            m.Store(step.Slot0 + i);
            v.Store(step.Slot1 + i);
            if (amsgrad)
            {
                v = Vector.Max(Vector.Load(step.Slot2 + i), v);
                v.Store(step.Slot2 + i);
            }

            var weight = Vector.Load(step.Weight + i);
            (weight - (m * alpha / (Vector.SquareRoot(v) + epsilon))).Store(step.Weight + i);
        }
    }

    private protected override void BeginStep(float rate)
    {
        float step = Iterations + 1;
        float power1 = MathF.Pow((float)beta1, step);
        float power2 = MathF.Pow((float)beta2, step);
        alpha = rate * MathF.Sqrt(1 - power2) / (1 - power1);
    }

    private protected override void Update(Tensor weight, Tensor gradient, IReadOnlyList<Variable> slots)
    {
        Tensor m = slots[0].Value;
        Tensor v = slots[1].Value;
        m.add_((gradient - m) * Held((float)(1 - beta1)), Held(1));
        v.add_((gradient.Squared() - v) * Held((float)(1 - beta2)), Held(1));
        if (amsgrad)
        {
            v = slots[2].Value.copy_(slots[2].Value.maximum(v));
        }

        weight.sub_(m * Held(alpha) / v.sqrt().Plus(Held((float)epsilon)));
    }

    private protected override void WriteConfig(JsonObject config)
    {
        config["beta_1"] = beta1;
        config["beta_2"] = beta2;
        config["epsilon"] = epsilon;
        config["amsgrad"] = amsgrad;
    }
}
