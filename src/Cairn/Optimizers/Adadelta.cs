using System.Numerics;
using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Optimizers;

/// <summary>Scales the gradient by the ratio of the sizes of past changes and past gradients (Zeiler, 2012). Keras: <c>optimizers.Adadelta</c>.</summary>
/// <remarks>
/// <c>a = ρ · a + (1 - ρ) · g²</c>, <c>d = √(s + ε) / √(a + ε) · g</c>, <c>s = ρ · s + (1 - ρ) · d²</c>, <c>w -= rate · d</c>. The paper's
/// rate is 1; Keras' default is 0.001.
/// </remarks>
public sealed class Adadelta : Optimizer
{
    private readonly double rho;
    private readonly double epsilon;
    private float rate;

    /// <summary>Makes an Adadelta optimizer.</summary>
    /// <param name="learningRate">0.001 by default.</param>
    /// <param name="rho">Weight of the past, [0, 1]; 0.95 by default.</param>
    /// <param name="epsilon">Added under both roots; 1e-7 by default.</param>
    /// <param name="weightDecay">Share of a weight, times the rate, taken from it at each step; none by default.</param>
    /// <param name="clipNorm">Largest length of each variable's gradient.</param>
    /// <param name="clipValue">Largest absolute value of each gradient's elements.</param>
    /// <param name="globalClipNorm">Largest length of all gradients together.</param>
    /// <param name="useEma">Whether the weights are averaged over the steps, and the averages take their place at the end of <c>Fit</c>; false by default.</param>
    /// <param name="emaMomentum">Weight of the past in these averages, [0, 1]; 0.99 by default.</param>
    /// <param name="emaOverwriteFrequency">Number of steps after which the averages take the weights' place each time, 1 or more; null (default) for never.</param>
    /// <param name="lossScaleFactor">Factor on the loss that the gradients are divided by again, above 0; none by default.</param>
    /// <param name="gradientAccumulationSteps">Number of steps, 2 or more, whose mean gradient changes the weights once; null (default) to change them at each.</param>
    /// <param name="name">Name; <c>adadelta</c> by default.</param>
    /// <exception cref="ArgumentException">An argument is out of its range, or two ways of clipping are set.</exception>
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
        squares.mul_(Held((float)rho)).add_(gradient.square() * (float)(1 - rho));
        Tensor change = (changes + (float)epsilon).sqrt() * gradient / (squares + (float)epsilon).sqrt();
        changes.mul_(Held((float)rho)).add_(change.square() * (float)(1 - rho));
        weight.sub_(change * rate);
    }

    private protected override void WriteConfig(JsonObject config)
    {
        config["rho"] = rho;
        config["epsilon"] = epsilon;
    }
}
