using System.Numerics;
using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Optimizers;

/// <summary>Gradient descent with momentum. Keras: <c>optimizers.SGD</c>.</summary>
/// <remarks>
/// Without momentum <c>w -= rate · g</c>; with it <c>m = momentum · m - rate · g</c>, then <c>w += m</c>, or with Nesterov
/// <c>w += momentum · m - rate · g</c>.
/// </remarks>
public sealed class SGD : Optimizer
{
    private readonly double momentum;
    private readonly bool nesterov;
    private float rate;

    /// <summary>Makes a gradient descent.</summary>
    /// <param name="learningRate">0.01 by default.</param>
    /// <param name="momentum">0 (default) to 1.</param>
    /// <param name="nesterov">Whether the gradient is taken as if the momentum had been followed already; false by default.</param>
    /// <param name="weightDecay">Share of a weight, times the rate, taken from it at each step; none by default.</param>
    /// <param name="clipNorm">Largest length of each variable's gradient.</param>
    /// <param name="clipValue">Largest absolute value of each gradient's elements.</param>
    /// <param name="globalClipNorm">Largest length of all gradients together.</param>
    /// <param name="useEma">Whether the weights are averaged over the steps, and the averages take their place at the end of <c>Fit</c>; false by default.</param>
    /// <param name="emaMomentum">Weight of the past in these averages, [0, 1]; 0.99 by default.</param>
    /// <param name="emaOverwriteFrequency">Number of steps after which the averages take the weights' place each time, 1 or more; null (default) for never.</param>
    /// <param name="lossScaleFactor">Factor on the loss that the gradients are divided by again, above 0; none by default.</param>
    /// <param name="gradientAccumulationSteps">Number of steps, 2 or more, whose mean gradient changes the weights once; null (default) to change them at each.</param>
    /// <param name="name">Name; <c>sgd</c> by default.</param>
    /// <exception cref="ArgumentException">An argument is out of its range, or two ways of clipping are set.</exception>
    public SGD(
        LearningRate? learningRate = null,
        double momentum = 0,
        bool nesterov = false,
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
            momentum, nesterov)
    {
    }

    private SGD(OptimizerSettings settings, double momentum, bool nesterov)
        : base(settings, 0.01)
    {
        if (momentum is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(momentum), momentum, "momentum must be in [0, 1].");
        }

        this.momentum = momentum;
        this.nesterov = nesterov;
    }

    private protected override IReadOnlyList<string[]> SlotGroups => momentum == 0 ? [] : [["momentum"]];

    internal static SGD FromConfig(ConfigReader config, OptimizerSettings settings) =>
        new(settings, config.Double("momentum", 0), config.Bool("nesterov", false));

    internal override unsafe void Update(in FusedStep step, long start, long end)
    {
        var rate = new Vector<float>(this.rate);
        var momentum = new Vector<float>((float)this.momentum);
        for (long i = start; i < end; i += Vector<float>.Count)
        {
            var weight = Vector.Load(step.Weight + i);
            Vector<float> change = Vector.Load(step.Gradient + i) * rate;
            if (this.momentum == 0)
            {
                (weight - change).Store(step.Weight + i);
                continue;
            }

            Vector<float> velocity = (Vector.Load(step.Slot0 + i) * momentum) - change;
            velocity.Store(step.Slot0 + i);
            (weight + (nesterov ? (velocity * momentum) - change : velocity)).Store(step.Weight + i);
        }
    }

    private protected override void BeginStep(float rate) => this.rate = rate;

    private protected override void Update(Tensor weight, Tensor gradient, IReadOnlyList<Variable> slots)
    {
        Tensor change = gradient * rate;
        if (momentum == 0)
        {
            weight.sub_(change);
            return;
        }

        Tensor velocity = slots[0].Value;
        velocity.mul_(Held((float)momentum)).sub_(change);
        weight.add_(nesterov ? (velocity * (float)momentum) - change : velocity);
    }

    private protected override void WriteConfig(JsonObject config)
    {
        config["momentum"] = momentum;
        config["nesterov"] = nesterov;
    }
}
