using System.Numerics;
using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Optimizers;

/// <summary>
/// Lion: updates every weight by the sign of the momentum, with the same magnitude (Chen et al., 2023). Keras: <c>optimizers.Lion</c>.
/// </summary>
/// <remarks><c>w -= rate · sign(β₁ · m + (1 - β₁) · g)</c>, then <c>m = β₂ · m + (1 - β₂) · g</c>.</remarks>
public sealed class Lion : Optimizer
{
    private readonly double beta1;
    private readonly double beta2;
    private float rate;

    /// <summary>Creates a Lion optimizer.</summary>
    /// <param name="learningRate">The learning rate; 0.001 by default.</param>
    /// <param name="beta1">Weight of the momentum relative to the gradient in the update, above 0 and at most 1; 0.9 by default.</param>
    /// <param name="beta2">Decay rate of the momentum; 0.99 by default.</param>
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
    /// <param name="name">Name of the optimizer; <c>lion</c> by default.</param>
    /// <exception cref="ArgumentException">An argument is out of range, or more than one clipping argument is set.</exception>
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
        weight.sub_(((m * Held((float)beta1)).Plus(gradient * Held((float)(1 - beta1)))).sign() * Held(rate));
        m.mul_(Held((float)beta2)).add_(gradient * Held((float)(1 - beta2)), Held(1));
    }

    private protected override void WriteConfig(JsonObject config)
    {
        config["beta_1"] = beta1;
        config["beta_2"] = beta2;
    }
}
