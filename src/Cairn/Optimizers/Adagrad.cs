using System.Numerics;
using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Optimizers;

/// <summary>
/// Adagrad: divides the gradient by the root of the accumulated squared gradients (Duchi et al., 2011). Keras: <c>optimizers.Adagrad</c>.
/// </summary>
/// <remarks><c>a += g²</c>, <c>w -= rate · g / √(a + ε)</c>.</remarks>
public sealed class Adagrad : Optimizer
{
    private readonly double initialAccumulatorValue;
    private readonly double epsilon;
    private float rate;

    /// <summary>Creates an Adagrad optimizer.</summary>
    /// <param name="learningRate">The learning rate; 0.001 by default.</param>
    /// <param name="initialAccumulatorValue">Initial value of the accumulated squares, 0 or more; 0.1 by default.</param>
    /// <param name="epsilon">Added under the square root; 1e-7 by default.</param>
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
    /// <param name="name">Name of the optimizer; <c>adagrad</c> by default.</param>
    /// <exception cref="ArgumentException">An argument is out of range, or more than one clipping argument is set.</exception>
    public Adagrad(
        LearningRate? learningRate = null,
        double initialAccumulatorValue = 0.1,
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
            initialAccumulatorValue, epsilon)
    {
    }

    private Adagrad(OptimizerSettings settings, double initialAccumulatorValue, double epsilon)
        : base(settings, 0.001)
    {
        if (!(initialAccumulatorValue >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(initialAccumulatorValue), initialAccumulatorValue,
                "initialAccumulatorValue must be 0 or more.");
        }

        if (!(epsilon >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "epsilon must be 0 or more.");
        }

        this.initialAccumulatorValue = initialAccumulatorValue;
        this.epsilon = epsilon;
    }

    private protected override IReadOnlyList<string[]> SlotGroups => [["accumulator"]];

    internal static Adagrad FromConfig(ConfigReader config, OptimizerSettings settings) =>
        new(settings, config.Double("initial_accumulator_value", 0.1), config.Double("epsilon", 1e-7));

    internal override unsafe void Update(in FusedStep step, long start, long end)
    {
        var rate = new Vector<float>(this.rate);
        var epsilon = new Vector<float>((float)this.epsilon);
        for (long i = start; i < end; i += Vector<float>.Count)
        {
            var gradient = Vector.Load(step.Gradient + i);
            Vector<float> sum = Vector.Load(step.Slot0 + i) + (gradient * gradient);
            sum.Store(step.Slot0 + i);
            (Vector.Load(step.Weight + i) - (rate * gradient / Vector.SquareRoot(sum + epsilon))).Store(step.Weight + i);
        }
    }

    private protected override Tensor NewSlot(string slot, Variable variable) =>
        full_like(variable.Value, Held(initialAccumulatorValue), requires_grad: false);

    private protected override void BeginStep(float rate) => this.rate = rate;

    private protected override void Update(Tensor weight, Tensor gradient, IReadOnlyList<Variable> slots)
    {
        Tensor sum = slots[0].Value;
        sum.add_(gradient.Squared(), Held(1));
        weight.sub_(gradient * Held(rate) / sum.Plus(Held((float)epsilon)).sqrt());
    }

    private protected override void WriteConfig(JsonObject config)
    {
        config["initial_accumulator_value"] = initialAccumulatorValue;
        config["epsilon"] = epsilon;
    }
}
