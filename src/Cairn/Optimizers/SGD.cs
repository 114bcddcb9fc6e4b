using System.Numerics;
using System.Text.Json.Nodes;
using Cairn.Saving;
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
        string? name = null)
        : base(learningRate ?? 0.01, weightDecay, new GradientClipping(clipNorm, clipValue, globalClipNorm), name)
    {
        if (momentum is not (>= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(momentum), momentum, "momentum must be in [0, 1].");
        this.momentum = momentum;
        this.nesterov = nesterov;
    }

    private protected override IReadOnlyList<string[]> SlotGroups => momentum == 0 ? [] : [["momentum"]];

    internal static SGD FromConfig(ConfigReader config, OptimizerSettings settings) => new(
        settings.LearningRate, config.Double("momentum", 0), config.Bool("nesterov", false),
        settings.WeightDecay, settings.ClipNorm, settings.ClipValue, settings.GlobalClipNorm, settings.Name);

    internal override unsafe void Update(in FusedStep step, long start, long end)
    {
        var rate = new Vector<float>(this.rate);
        var momentum = new Vector<float>((float)this.momentum);
        for (long i = start; i < end; i += Vector<float>.Count)
        {
            Vector<float> weight = Vector.Load(step.Weight + i);
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
        velocity.mul_((float)momentum).sub_(change);
        weight.add_(nesterov ? (velocity * (float)momentum) - change : velocity);
    }

    private protected override void WriteConfig(JsonObject config)
    {
        config["momentum"] = momentum;
        config["nesterov"] = nesterov;
    }
}
