using System.Numerics;
using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Optimizers;

/// <summary>A variant of Adam based on the infinity norm (Kingma and Ba, 2014). Keras: <c>optimizers.Adamax</c>.</summary>
/// <remarks><c>m += (g - m)(1 - β₁)</c>, <c>u = max(β₂ · u, |g|)</c>, <c>w -= rate · m / ((1 - β₁ᵗ)(u + ε))</c>.</remarks>
public sealed class Adamax : Optimizer
{
    private readonly double beta1;
    private readonly double beta2;
    private readonly double epsilon;
    private float rate;
    private float correction;

    /// <summary>Creates an Adamax optimizer.</summary>
    /// <param name="learningRate">The learning rate; 0.001 by default.</param>
    /// <param name="beta1">Decay rate of the first-moment estimates; 0.9 by default.</param>
    /// <param name="beta2">Decay rate of the exponentially weighted infinity norm; 0.999 by default.</param>
    /// <param name="epsilon">Added to this norm; 1e-7 by default.</param>
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
    /// <param name="name">Name of the optimizer; <c>adamax</c> by default.</param>
    /// <exception cref="ArgumentException">An argument is out of range, or more than one clipping argument is set.</exception>
    public Adamax(
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

    private Adamax(OptimizerSettings settings, double beta1, double beta2, double epsilon)
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

    private protected override IReadOnlyList<string[]> SlotGroups => [["momentum", "norm"]];

    internal static Adamax FromConfig(ConfigReader config, OptimizerSettings settings) =>
        new(settings, config.Double("beta_1", 0.9), config.Double("beta_2", 0.999), config.Double("epsilon", 1e-7));

    internal override unsafe void Update(in FusedStep step, long start, long end)
    {
        var newShare = new Vector<float>((float)(1 - beta1));
        var beta2 = new Vector<float>((float)this.beta2);
        var epsilon = new Vector<float>((float)this.epsilon);
        var rate = new Vector<float>(this.rate);
        var correction = new Vector<float>(this.correction);
        for (long i = start; i < end; i += Vector<float>.Count)
        {
            var gradient = Vector.Load(step.Gradient + i);
            var m = Vector.Load(step.Slot0 + i);
            m += (gradient - m) * newShare;
            m.Store(step.Slot0 + i);
            var largest = Vector.Max(beta2 * Vector.Load(step.Slot1 + i), Vector.Abs(gradient));
            largest.Store(step.Slot1 + i);
            (Vector.Load(step.Weight + i) - (rate * m / (correction * (largest + epsilon)))).Store(step.Weight + i);
        }
    }

    private protected override void BeginStep(float rate)
    {
        this.rate = rate;
        correction = 1 - MathF.Pow((float)beta1, Iterations + 1);
    }

    private protected override void Update(Tensor weight, Tensor gradient, IReadOnlyList<Variable> slots)
    {
        Tensor m = slots[0].Value;
        Tensor largest = slots[1].Value;
        m.add_((gradient - m) * Held((float)(1 - beta1)), Held(1));
        largest.copy_((largest * Held((float)beta2)).maximum(gradient.abs()));
        weight.sub_(m * Held(rate) / (largest.Plus(Held((float)epsilon)) * Held(correction)));
    }

    private protected override void WriteConfig(JsonObject config)
    {
        config["beta_1"] = beta1;
        config["beta_2"] = beta2;
        config["epsilon"] = epsilon;
    }
}
