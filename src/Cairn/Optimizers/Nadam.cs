using System.Numerics;
using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Optimizers;

/// <summary>Adam with Nesterov momentum (Dozat, 2016). Keras: <c>optimizers.Nadam</c>.</summary>
/// <remarks>
/// <para><c>m += (g - m)(1 - β₁)</c>, <c>v += (g² - v)(1 - β₂)</c>, with the momentum schedule <c>uₜ = β₁(1 - 0.96ᵗ / 2)</c> and the
/// product <c>U</c> of all uₜ so far: <c>m̂ = uₜ₊₁ · m / (1 - U · uₜ₊₁) + (1 - uₜ) · g / (1 - U)</c>, <c>v̂ = v / (1 - β₂ᵗ)</c>, and
/// <c>w -= rate · m̂ / (√v̂ + ε)</c>.</para>
/// <para>The product is a single number for all weights; it comes last in files.</para>
/// </remarks>
public sealed class Nadam : Optimizer
{
    private readonly double beta1;
    private readonly double beta2;
    private readonly double epsilon;
    private Variable? product;
    private float rate;
    private float momentShare;
    private float gradientShare;
    private float correction;

    /// <summary>Creates a Nadam optimizer.</summary>
    /// <param name="learningRate">The learning rate; 0.001 by default.</param>
    /// <param name="beta1">Decay rate of the first-moment estimates; 0.9 by default.</param>
    /// <param name="beta2">Decay rate of the second-moment estimates; 0.999 by default.</param>
    /// <param name="epsilon">Added to the square root of the latter; 1e-7 by default.</param>
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
    /// <param name="name">Name of the optimizer; <c>nadam</c> by default.</param>
    /// <exception cref="ArgumentException">An argument is out of range, or more than one clipping argument is set.</exception>
    public Nadam(
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

    private Nadam(OptimizerSettings settings, double beta1, double beta2, double epsilon)
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

    private protected override IReadOnlyList<string[]> SlotGroups => [["momentum", "velocity"]];

    // Keras creates this variable without a name and outside of the optimizer's variables.
    private protected override IEnumerable<Variable> NewSharedState() =>
        [product = new Variable("variable", ones([], ScalarType.Float32), trainable: false)];

    internal static Nadam FromConfig(ConfigReader config, OptimizerSettings settings) =>
        new(settings, config.Double("beta_1", 0.9), config.Double("beta_2", 0.999), config.Double("epsilon", 1e-7));

    internal override unsafe void Update(in FusedStep step, long start, long end)
    {
        var newShare1 = new Vector<float>((float)(1 - beta1));
        var newShare2 = new Vector<float>((float)(1 - beta2));
        var epsilon = new Vector<float>((float)this.epsilon);
        var rate = new Vector<float>(this.rate);
        var momentShare = new Vector<float>(this.momentShare);
        var gradientShare = new Vector<float>(this.gradientShare);
        var correction = new Vector<float>(this.correction);
        for (long i = start; i < end; i += Vector<float>.Count)
        {
            var gradient = Vector.Load(step.Gradient + i);
            var m = Vector.Load(step.Slot0 + i);
            var v = Vector.Load(step.Slot1 + i);
            m += (gradient - m) * newShare1;
            v += ((gradient * gradient) - v) * newShare2;
            m.Store(step.Slot0 + i);
            v.Store(step.Slot1 + i);
            Vector<float> ahead = (m * momentShare) + (gradient * gradientShare);
            (Vector.Load(step.Weight + i) - (ahead * rate / (Vector.SquareRoot(v / correction) + epsilon))).Store(step.Weight + i);
        }
    }

    private protected override void BeginStep(float rate)
    {
        float step = Iterations + 1;
        float momentum = (float)beta1 * (1 - (0.5f * MathF.Pow(0.96f, step)));
        float nextMomentum = (float)beta1 * (1 - (0.5f * MathF.Pow(0.96f, step + 1)));
        float soFar = product!.Value.item<float>() * momentum;
        using (no_grad())
        {
            product.Value.fill_(Held(soFar));
        }

        this.rate = rate;
        momentShare = nextMomentum / (1 - (soFar * nextMomentum));
        gradientShare = (1 - momentum) / (1 - soFar);
        correction = 1 - MathF.Pow((float)beta2, step);
    }

    private protected override void Update(Tensor weight, Tensor gradient, IReadOnlyList<Variable> slots)
    {
        Tensor m = slots[0].Value;
        Tensor v = slots[1].Value;
        m.add_((gradient - m) * Held((float)(1 - beta1)), Held(1));
        v.add_((gradient.Squared() - v) * Held((float)(1 - beta2)), Held(1));
        Tensor ahead = (m * Held(momentShare)).Plus(gradient * Held(gradientShare));
        weight.sub_(ahead * Held(rate) / ((v / Held(correction)).sqrt().Plus(Held((float)epsilon))));
    }

    private protected override void WriteConfig(JsonObject config)
    {
        config["beta_1"] = beta1;
        config["beta_2"] = beta2;
        config["epsilon"] = epsilon;
    }
}
