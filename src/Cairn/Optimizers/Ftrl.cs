using System.Numerics;
using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Optimizers;

/// <summary>
/// Follow the regularized leader, which can set weights to exactly 0 (McMahan et al., 2013). Keras: <c>optimizers.Ftrl</c>.
/// </summary>
/// <remarks>
/// With the power p (0.5 by default, the negative <c>learningRatePower</c>) and <c>a' = a + g²</c>:
/// <c>z += g + 2 · shrinkage · w - (a'ᵖ - aᵖ) / rate · w</c>, <c>w = (clip(z, ±l1) - z) / (a'ᵖ / rate + 2 · (l2 + β / (2 · rate)))</c>.
/// </remarks>
public sealed class Ftrl : Optimizer
{
    private readonly double learningRatePower;
    private readonly double initialAccumulatorValue;
    private readonly double l1RegularizationStrength;
    private readonly double l2RegularizationStrength;
    private readonly double l2ShrinkageRegularizationStrength;
    private readonly double beta;
    private float rate;
    private float l2;

    /// <summary>Creates an Ftrl optimizer.</summary>
    /// <param name="learningRate">The learning rate; 0.001 by default.</param>
    /// <param name="learningRatePower">
    /// Exponent of the accumulated squares in the learning rate of a weight, 0 or less; -0.5 by default.
    /// </param>
    /// <param name="initialAccumulatorValue">Initial value of the accumulated squares, 0 or more; 0.1 by default.</param>
    /// <param name="l1RegularizationStrength">Strength of the L1 penalty, 0 or more; 0 by default.</param>
    /// <param name="l2RegularizationStrength">Strength of the L2 penalty, 0 or more; 0 by default.</param>
    /// <param name="l2ShrinkageRegularizationStrength">
    /// Strength of the L2 shrinkage, which is applied to the gradient, 0 or more; 0 by default.
    /// </param>
    /// <param name="beta">The β of the paper, which reduces the first steps; 0 by default.</param>
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
    /// <param name="name">Name of the optimizer; <c>ftrl</c> by default.</param>
    /// <exception cref="ArgumentException">An argument is out of range, or more than one clipping argument is set.</exception>
    public Ftrl(
        LearningRate? learningRate = null,
        double learningRatePower = -0.5,
        double initialAccumulatorValue = 0.1,
        double l1RegularizationStrength = 0,
        double l2RegularizationStrength = 0,
        double l2ShrinkageRegularizationStrength = 0,
        double beta = 0,
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
            learningRatePower, initialAccumulatorValue, l1RegularizationStrength, l2RegularizationStrength,
            l2ShrinkageRegularizationStrength, beta)
    {
    }

    private Ftrl(OptimizerSettings settings, double learningRatePower, double initialAccumulatorValue, double l1RegularizationStrength,
        double l2RegularizationStrength, double l2ShrinkageRegularizationStrength, double beta)
        : base(settings, 0.001)
    {
        if (!(learningRatePower <= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(learningRatePower), learningRatePower, "learningRatePower must be 0 or less.");
        }

        if (!(initialAccumulatorValue >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(initialAccumulatorValue), initialAccumulatorValue,
                "initialAccumulatorValue must be 0 or more.");
        }

        if (!(l1RegularizationStrength >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(l1RegularizationStrength), l1RegularizationStrength,
                "l1RegularizationStrength must be 0 or more.");
        }

        if (!(l2RegularizationStrength >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(l2RegularizationStrength), l2RegularizationStrength,
                "l2RegularizationStrength must be 0 or more.");
        }

        if (!(l2ShrinkageRegularizationStrength >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(l2ShrinkageRegularizationStrength), l2ShrinkageRegularizationStrength,
                "l2ShrinkageRegularizationStrength must be 0 or more.");
        }

        this.learningRatePower = learningRatePower;
        this.initialAccumulatorValue = initialAccumulatorValue;
        this.l1RegularizationStrength = l1RegularizationStrength;
        this.l2RegularizationStrength = l2RegularizationStrength;
        this.l2ShrinkageRegularizationStrength = l2ShrinkageRegularizationStrength;
        this.beta = beta;
    }

    // Hardware vectors support a square root, but no general power.
    internal override bool HasFusedPass => learningRatePower == -0.5;

    private protected override IReadOnlyList<string[]> SlotGroups => [["accumulator", "linear"]];

    internal static Ftrl FromConfig(ConfigReader config, OptimizerSettings settings) => new(
        settings,
        config.Double("learning_rate_power", -0.5),
        config.Double("initial_accumulator_value", 0.1),
        config.Double("l1_regularization_strength", 0),
        config.Double("l2_regularization_strength", 0),
        config.Double("l2_shrinkage_regularization_strength", 0),
        config.Double("beta", 0));

    internal override unsafe void Update(in FusedStep step, long start, long end)
    {
        var shrinkage = new Vector<float>((float)(2 * l2ShrinkageRegularizationStrength));
        var l1 = new Vector<float>((float)l1RegularizationStrength);
        var l2 = new Vector<float>(2 * this.l2);
        var rate = new Vector<float>(this.rate);
        for (long i = start; i < end; i += Vector<float>.Count)
        {
            var gradient = Vector.Load(step.Gradient + i);
            var weight = Vector.Load(step.Weight + i);
            var sum = Vector.Load(step.Slot0 + i);
            Vector<float> newSum = sum + (gradient * gradient);
            newSum.Store(step.Slot0 + i);
            var root = Vector.SquareRoot(newSum);
            Vector<float> linear = Vector.Load(step.Slot1 + i)
                + (gradient + (shrinkage * weight) - ((root - Vector.SquareRoot(sum)) / rate * weight));
            linear.Store(step.Slot1 + i);
            ((Vector.Min(Vector.Max(linear, -l1), l1) - linear) / ((root / rate) + l2)).Store(step.Weight + i);
        }
    }

    private protected override Tensor NewSlot(string slot, Variable variable) =>
        full_like(variable.Value, Held(slot == "accumulator" ? initialAccumulatorValue : 0), requires_grad: false);

    private protected override void BeginStep(float rate)
    {
        this.rate = rate;
        l2 = (float)l2RegularizationStrength + ((float)beta / (2 * rate));
    }

    private protected override void Update(Tensor weight, Tensor gradient, IReadOnlyList<Variable> slots)
    {
        Tensor sum = slots[0].Value;
        Tensor linear = slots[1].Value;
        float l1 = (float)l1RegularizationStrength;
        Tensor newSum = sum.Plus(gradient.Squared());
        Tensor power = newSum.pow(Held((float)-learningRatePower));
        linear.add_(gradient.Plus(weight * Held((float)(2 * l2ShrinkageRegularizationStrength)))
            - ((power - sum.pow(Held((float)-learningRatePower))) / Held(rate) * weight), Held(1));
        weight.copy_((linear.clamp(Held(-l1), Held(l1)) - linear) / ((power / Held(rate)).Plus(Held(2 * l2))));
        sum.copy_(newSum);
    }

    private protected override void WriteConfig(JsonObject config)
    {
        config["learning_rate_power"] = learningRatePower;
        config["initial_accumulator_value"] = initialAccumulatorValue;
        config["l1_regularization_strength"] = l1RegularizationStrength;
        config["l2_regularization_strength"] = l2RegularizationStrength;
        config["l2_shrinkage_regularization_strength"] = l2ShrinkageRegularizationStrength;
        config["beta"] = beta;
    }
}
