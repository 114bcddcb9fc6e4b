using System.Numerics;
using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Optimizers;

/// <summary>Stochastic gradient descent, with optional momentum. Keras: <c>optimizers.SGD</c>.</summary>
/// <remarks>
/// Without momentum, <c>w -= rate · g</c>; with momentum, <c>m = momentum · m - rate · g</c>, then <c>w += m</c>, or with Nesterov momentum
/// <c>w += momentum · m - rate · g</c>.
/// </remarks>
public sealed class SGD : Optimizer
{
    private readonly double momentum;
    private readonly bool nesterov;
    private float rate;

    /// <summary>Creates an SGD optimizer.</summary>
    /// <param name="learningRate">The learning rate; 0.01 by default.</param>
    /// <param name="momentum">The momentum, [0, 1]; 0 by default.</param>
    /// <param name="nesterov">Whether to use Nesterov momentum; false by default.</param>
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
    /// <param name="name">Name of the optimizer; <c>sgd</c> by default.</param>
    /// <exception cref="ArgumentException">An argument is out of range, or more than one clipping argument is set.</exception>
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
        Tensor change = gradient * Held(rate);
        if (momentum == 0)
        {
            weight.sub_(change);
            return;
        }

        Tensor velocity = slots[0].Value;
        velocity.mul_(Held((float)momentum)).sub_(change);
        weight.add_(nesterov ? (velocity * Held((float)momentum)) - change : velocity, Held(1));
    }

    private protected override void WriteConfig(JsonObject config)
    {
        config["momentum"] = momentum;
        config["nesterov"] = nesterov;
    }
}
