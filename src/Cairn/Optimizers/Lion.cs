using System.Numerics;
using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Optimizers;

/// <summary>Goes one step of the same size in every weight, by the sign of the momentum (Chen et al., 2023). Keras: <c>optimizers.Lion</c>.</summary>
/// <remarks><c>w -= rate · sign(β₁ · m + (1 - β₁) · g)</c>, then <c>m = β₂ · m + (1 - β₂) · g</c>.</remarks>
public sealed class Lion : Optimizer
{
    private readonly double beta1;
    private readonly double beta2;
    private float rate;

    /// <summary>Makes a Lion optimizer.</summary>
    /// <param name="learningRate">0.001 by default.</param>
    /// <param name="beta1">Weight of the momentum against the gradient in the direction of a step, above 0 to 1; 0.9 by default.</param>
    /// <param name="beta2">Weight of the past in the momentum; 0.99 by default.</param>
    /// <param name="weightDecay">Share of a weight, times the rate, taken from it at each step; none by default.</param>
    /// <param name="clipNorm">Largest length of each variable's gradient.</param>
    /// <param name="clipValue">Largest absolute value of each gradient's elements.</param>
    /// <param name="globalClipNorm">Largest length of all gradients together.</param>
    /// <param name="useEma">Whether the weights are averaged over the steps, and the averages take their place at the end of <c>Fit</c>; false by default.</param>
    /// <param name="emaMomentum">Weight of the past in these averages, [0, 1]; 0.99 by default.</param>
    /// <param name="emaOverwriteFrequency">Number of steps after which the averages take the weights' place each time, 1 or more; null (default) for never.</param>
    /// <param name="lossScaleFactor">Factor on the loss that the gradients are divided by again, above 0; none by default.</param>
    /// <param name="gradientAccumulationSteps">Number of steps, 2 or more, whose mean gradient changes the weights once; null (default) to change them at each.</param>
    /// <param name="name">Name; <c>lion</c> by default.</param>
    /// <exception cref="ArgumentException">An argument is out of its range, or two ways of clipping are set.</exception>
    public Lion(
        LearningRate? learningRate = null,
        double beta1 = 0.9,
        double beta2 = 0.99,
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
            beta1, beta2)
    {
    }

    private Lion(OptimizerSettings settings, double beta1, double beta2)
        : base(settings, 0.001)
    {
        if (beta1 is not (> 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(beta1), beta1, "beta1 must be above 0 and at most 1.");
        }

        if (beta2 is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(beta2), beta2, "beta2 must be in [0, 1].");
        }

        this.beta1 = beta1;
        this.beta2 = beta2;
    }

    private protected override IReadOnlyList<string[]> SlotGroups => [["momentum"]];

    internal static Lion FromConfig(ConfigReader config, OptimizerSettings settings) =>
        new(settings, config.Double("beta_1", 0.9), config.Double("beta_2", 0.99));

    internal override unsafe void Update(in FusedStep step, long start, long end)
    {
        var beta1 = new Vector<float>((float)this.beta1);
        var beta2 = new Vector<float>((float)this.beta2);
        var newShare1 = new Vector<float>((float)(1 - this.beta1));
        var newShare2 = new Vector<float>((float)(1 - this.beta2));
        var rate = new Vector<float>(this.rate);
        for (long i = start; i < end; i += Vector<float>.Count)
        {
            var gradient = Vector.Load(step.Gradient + i);
            var m = Vector.Load(step.Slot0 + i);
            Vector<float> direction = (m * beta1) + (gradient * newShare1);
            var down = Vector.ConditionalSelect(Vector.LessThan(direction, Vector<float>.Zero), -rate, Vector<float>.Zero);
            var change = Vector.ConditionalSelect(Vector.GreaterThan(direction, Vector<float>.Zero), rate, down);
            (Vector.Load(step.Weight + i) - change).Store(step.Weight + i);
            ((m * beta2) + (gradient * newShare2)).Store(step.Slot0 + i);
        }
    }

    private protected override void BeginStep(float rate) => this.rate = rate;

    private protected override void Update(Tensor weight, Tensor gradient, IReadOnlyList<Variable> slots)
    {
        Tensor m = slots[0].Value;
        weight.sub_(((m * (float)beta1) + (gradient * (float)(1 - beta1))).sign() * rate);
        m.mul_(Held((float)beta2)).add_(gradient * (float)(1 - beta2));
    }

    private protected override void WriteConfig(JsonObject config)
    {
        config["beta_1"] = beta1;
        config["beta_2"] = beta2;
    }
}
