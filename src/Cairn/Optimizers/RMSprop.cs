using System.Numerics;
using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Optimizers;

/// <summary>
/// RMSprop: divides the gradient by the root of a moving average of its square (Hinton, 2012). Keras: <c>optimizers.RMSprop</c>.
/// </summary>
/// <remarks>
/// <c>v = ρ · v + (1 - ρ) · g²</c>, and if centered, <c>a = ρ · a + (1 - ρ) · g</c>. The update is <c>rate · g / √(v [- a²] + ε)</c>, plus
/// <c>momentum · m</c> with momentum, and is subtracted from the weight.
/// </remarks>
public sealed class RMSprop : Optimizer
{
    private readonly double rho;
    private readonly double momentum;
    private readonly double epsilon;
    private readonly bool centered;
    private float rate;

    /// <summary>Creates an RMSprop optimizer.</summary>
    /// <param name="learningRate">The learning rate; 0.001 by default.</param>
    /// <param name="rho">Decay rate of the moving average; 0.9 by default.</param>
    /// <param name="momentum">The momentum; 0 by default.</param>
    /// <param name="epsilon">Added under the square root; 1e-7 by default.</param>
    /// <param name="centered">Whether to normalize by the estimated variance instead of the mean square; false by default.</param>
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
    /// <param name="name">Name of the optimizer; <c>rm_sprop</c> by default, as in Keras.</param>
    /// <exception cref="ArgumentException">An argument is out of range, or more than one clipping argument is set.</exception>
    public RMSprop(
        LearningRate? learningRate = null,
        double rho = 0.9,
        double momentum = 0,
        double epsilon = 1e-7,
        bool centered = false,
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
            rho, momentum, epsilon, centered)
    {
    }

    private RMSprop(OptimizerSettings settings, double rho, double momentum, double epsilon, bool centered)
        : base(settings, 0.001)
    {
        if (rho is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(rho), rho, "rho must be in [0, 1].");
        }

        if (!(momentum >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(momentum), momentum, "momentum must be 0 or more.");
        }

        if (!(epsilon >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "epsilon must be 0 or more.");
        }

        this.rho = rho;
        this.momentum = momentum;
        this.epsilon = epsilon;
        this.centered = centered;
    }

    private protected override IReadOnlyList<string[]> SlotGroups =>
    [
        ["velocity"],
        .. momentum > 0 ? new[] { new[] { "momentum" } } : [],
        .. centered ? new[] { new[] { "average_gradient" } } : [],
    ];

    internal static RMSprop FromConfig(ConfigReader config, OptimizerSettings settings) =>
        new(settings, config.Double("rho", 0.9), config.Double("momentum", 0), config.Double("epsilon", 1e-7),
        config.Bool("centered", false));

    internal override unsafe void Update(in FusedStep step, long start, long end)
    {
        var rho = new Vector<float>((float)this.rho);
        var newShare = new Vector<float>((float)(1 - this.rho));
        var momentum = new Vector<float>((float)this.momentum);
        var epsilon = new Vector<float>((float)this.epsilon);
        var rate = new Vector<float>(this.rate);
        float* moments = this.momentum > 0 ? step.Slot1 : null;
        float* averages = !centered ? null : this.momentum > 0 ? step.Slot2 : step.Slot1;
        for (long i = start; i < end; i += Vector<float>.Count)
        {
            var gradient = Vector.Load(step.Gradient + i);
            Vector<float> v = (rho * Vector.Load(step.Slot0 + i)) + (newShare * (gradient * gradient));
            v.Store(step.Slot0 + i);
            Vector<float> denominator = v + epsilon;
            if (averages != null)
            {
                Vector<float> average = (rho * Vector.Load(averages + i)) + (newShare * gradient);
                average.Store(averages + i);
                denominator = v - (average * average) + epsilon;
            }

            Vector<float> change = rate * gradient / Vector.SquareRoot(denominator);
            if (moments != null)
            {
                change = (momentum * Vector.Load(moments + i)) + change;
                change.Store(moments + i);
            }

            (Vector.Load(step.Weight + i) - change).Store(step.Weight + i);
        }
    }

    private protected override void BeginStep(float rate) => this.rate = rate;

    private protected override void Update(Tensor weight, Tensor gradient, IReadOnlyList<Variable> slots)
    {
        Tensor v = slots[0].Value;
        v.mul_(Held((float)rho)).add_(gradient.Squared() * Held((float)(1 - rho)), Held(1));
        Tensor denominator = v.Plus(Held((float)epsilon));
        if (centered)
        {
            Tensor average = slots[^1].Value;
            average.mul_(Held((float)rho)).add_(gradient * Held((float)(1 - rho)), Held(1));
            denominator = (v - average.Squared()).Plus(Held((float)epsilon));
        }

        Tensor change = gradient * Held(rate) / denominator.sqrt();
        if (momentum > 0)
        {
            change = slots[1].Value.mul_(Held((float)momentum)).add_(change, Held(1));
        }

        weight.sub_(change);
    }

    private protected override void WriteConfig(JsonObject config)
    {
        config["rho"] = rho;
        config["momentum"] = momentum;
        config["epsilon"] = epsilon;
        config["centered"] = centered;
    }
}
