using System.Numerics;
using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Optimizers;

/// <summary>
/// Adadelta: scales the gradient by the ratio of the running RMS of past updates to that of past gradients (Zeiler, 2012). Keras:
/// <c>optimizers.Adadelta</c>.
/// </summary>
/// <remarks>
/// <c>a = ρ · a + (1 - ρ) · g²</c>, <c>d = √(s + ε) / √(a + ε) · g</c>, <c>s = ρ · s + (1 - ρ) · d²</c>, <c>w -= rate · d</c>. The paper
/// uses a learning rate of 1; Keras' default is 0.001.
/// </remarks>
public sealed class Adadelta : Optimizer
{
    private readonly double rho;
    private readonly double epsilon;
    private float rate;

    /// <summary>Creates an Adadelta optimizer.</summary>
    /// <param name="learningRate">The learning rate; 0.001 by default.</param>
    /// <param name="rho">Decay rate of the moving averages, [0, 1]; 0.95 by default.</param>
    /// <param name="epsilon">Added under both square roots; 1e-7 by default.</param>
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
    /// <param name="name">Name of the optimizer; <c>adadelta</c> by default.</param>
    /// <exception cref="ArgumentException">An argument is out of range, or more than one clipping argument is set.</exception>
    public Adadelta(
        LearningRate? learningRate = null,
        double rho = 0.95,
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
            rho, epsilon)
    {
    }

    private Adadelta(OptimizerSettings settings, double rho, double epsilon)
        : base(settings, 0.001)
    {
        if (rho is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(rho), rho, "rho must be in [0, 1].");
        }

        if (!(epsilon >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "epsilon must be 0 or more.");
        }

        this.rho = rho;
        this.epsilon = epsilon;
    }

    private protected override IReadOnlyList<string[]> SlotGroups => [["accumulated_grad", "accumulated_delta_var"]];

    internal static Adadelta FromConfig(ConfigReader config, OptimizerSettings settings) =>
        new(settings, config.Double("rho", 0.95), config.Double("epsilon", 1e-7));

    internal override unsafe void Update(in FusedStep step, long start, long end)
    {
        var rho = new Vector<float>((float)this.rho);
        var newShare = new Vector<float>((float)(1 - this.rho));
        var epsilon = new Vector<float>((float)this.epsilon);
        var rate = new Vector<float>(this.rate);
        for (long i = start; i < end; i += Vector<float>.Count)
        {
            var gradient = Vector.Load(step.Gradient + i);
            Vector<float> squares = (rho * Vector.Load(step.Slot0 + i)) + (newShare * (gradient * gradient));
            squares.Store(step.Slot0 + i);
            var changes = Vector.Load(step.Slot1 + i);
            Vector<float> change = Vector.SquareRoot(changes + epsilon) * gradient / Vector.SquareRoot(squares + epsilon);
            ((rho * changes) + (newShare * (change * change))).Store(step.Slot1 + i);
            (Vector.Load(step.Weight + i) - (rate * change)).Store(step.Weight + i);
        }
    }

    private protected override void BeginStep(float rate) => this.rate = rate;

    private protected override void Update(Tensor weight, Tensor gradient, IReadOnlyList<Variable> slots)
    {
        Tensor squares = slots[0].Value;
        Tensor changes = slots[1].Value;
        squares.mul_(Held((float)rho)).add_(gradient.Squared() * Held((float)(1 - rho)), Held(1));
        Tensor change = changes.Plus(Held((float)epsilon)).sqrt() * gradient / squares.Plus(Held((float)epsilon)).sqrt();
        changes.mul_(Held((float)rho)).add_(change.Squared() * Held((float)(1 - rho)), Held(1));
        weight.sub_(change * Held(rate));
    }

    private protected override void WriteConfig(JsonObject config)
    {
        config["rho"] = rho;
        config["epsilon"] = epsilon;
    }
}
