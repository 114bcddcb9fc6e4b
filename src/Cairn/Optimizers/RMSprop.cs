using System.Numerics;
using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Optimizers;

/// <summary>Divides the gradient by a running mean of its size (Hinton, 2012). Keras: <c>optimizers.RMSprop</c>.</summary>
/// <remarks>
/// <c>v = ρ · v + (1 - ρ) · g²</c>; centered also <c>a = ρ · a + (1 - ρ) · g</c>; the change is <c>rate · g / √(v [- a²] + ε)</c>, added
/// to <c>momentum · m</c> where there is a momentum, and subtracted from the weight.
/// </remarks>
public sealed class RMSprop : Optimizer
{
    private readonly double rho;
    private readonly double momentum;
    private readonly double epsilon;
    private readonly bool centered;
    private float rate;

    /// <summary>Makes an RMSprop optimizer.</summary>
    /// <param name="learningRate">0.001 by default.</param>
    /// <param name="rho">Weight of the past; 0.9 by default.</param>
    /// <param name="momentum">0 by default.</param>
    /// <param name="epsilon">Added under the root; 1e-7 by default.</param>
    /// <param name="centered">Whether the variance is used instead of the mean square; false by default.</param>
    /// <param name="weightDecay">Share of a weight, times the rate, taken from it at each step; none by default.</param>
    /// <param name="clipNorm">Largest length of each variable's gradient.</param>
    /// <param name="clipValue">Largest absolute value of each gradient's elements.</param>
    /// <param name="globalClipNorm">Largest length of all gradients together.</param>
    /// <param name="useEma">Whether the weights are averaged over the steps, and the averages take their place at the end of <c>Fit</c>; false by default.</param>
    /// <param name="emaMomentum">Weight of the past in these averages, [0, 1]; 0.99 by default.</param>
    /// <param name="emaOverwriteFrequency">Number of steps after which the averages take the weights' place each time, 1 or more; null (default) for never.</param>
    /// <param name="lossScaleFactor">Factor on the loss that the gradients are divided by again, above 0; none by default.</param>
    /// <param name="gradientAccumulationSteps">Number of steps, 2 or more, whose mean gradient changes the weights once; null (default) to change them at each.</param>
    /// <param name="name">Name; <c>rm_sprop</c> by default, Keras' spelling.</param>
    /// <exception cref="ArgumentException">An argument is out of its range, or two ways of clipping are set.</exception>
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
        v.mul_(Held((float)rho)).add_(gradient.square() * (float)(1 - rho));
        Tensor denominator = v + (float)epsilon;
        if (centered)
        {
            Tensor average = slots[^1].Value;
            average.mul_(Held((float)rho)).add_(gradient * (float)(1 - rho));
            denominator = v - average.square() + (float)epsilon;
        }

        Tensor change = gradient * rate / denominator.sqrt();
        if (momentum > 0)
        {
            change = slots[1].Value.mul_(Held((float)momentum)).add_(change);
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
