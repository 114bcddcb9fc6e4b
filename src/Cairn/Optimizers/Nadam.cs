using System.Numerics;
using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Optimizers;

/// <summary>Adam with Nesterov's momentum (Dozat, 2016). Keras: <c>optimizers.Nadam</c>.</summary>
/// <remarks>
/// <para><c>m += (g - m)(1 - β₁)</c>, <c>v += (g² - v)(1 - β₂)</c>, with the growing momentum <c>uₜ = β₁(1 - 0.96ᵗ / 2)</c> and the
/// product <c>U</c> of all of them so far <c>m̂ = uₜ₊₁ · m / (1 - U · uₜ₊₁) + (1 - uₜ) · g / (1 - U)</c>, <c>v̂ = v / (1 - β₂ᵗ)</c>, and
/// <c>w -= rate · m̂ / (√v̂ + ε)</c>.</para>
/// <para>The product is one number for all weights; in files it stands last.</para>
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

    /// <summary>Makes a Nadam optimizer.</summary>
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
    /// <param name="name">Name; <c>nadam</c> by default.</param>
    /// <exception cref="ArgumentException">An argument is out of its range, or two ways of clipping are set.</exception>
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

    // Keras makes this variable without a name and outside of the optimizer's.
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
        m.add_((gradient - m) * (float)(1 - beta1));
        v.add_((gradient.square() - v) * (float)(1 - beta2));
        Tensor ahead = (m * momentShare) + (gradient * gradientShare);
        weight.sub_(ahead * rate / ((v / correction).sqrt() + (float)epsilon));
    }

    private protected override void WriteConfig(JsonObject config)
    {
        config["beta_1"] = beta1;
        config["beta_2"] = beta2;
        config["epsilon"] = epsilon;
    }
}
