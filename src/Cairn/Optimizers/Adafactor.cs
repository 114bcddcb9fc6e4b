using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Optimizers;

/// <summary>Adam without momentum, with sums over rows and columns in place of all squares (Shazeer and Stern, 2018). Keras: <c>optimizers.Adafactor</c>.</summary>
/// <remarks>
/// <para>With <c>β = 1 - tᵈ</c> and <c>s = g² + ε₁</c>, variables of two and more axes keep the means of s over their last axis (r) and over
/// the last but one (c), each <c>r = β · r + (1 - β) · mean(s)</c>, and <c>v = r / mean(r) · c</c>; others keep <c>v = β · v + (1 - β) · s</c>.
/// Then <c>u = g / √v</c>, and <c>w -= α · u / max(1, rms(u) / clipThreshold)</c> with <c>α = max(ε₂, rms(w)) · min(rate, 1 / √t)</c>.</para>
/// </remarks>
public sealed class Adafactor : Optimizer
{
    private const string Rows = "r";
    private const string Columns = "c";
    private readonly double beta2Decay;
    private readonly double epsilon1;
    private readonly double epsilon2;
    private readonly double clipThreshold;
    private readonly bool relativeStep;
    private float rate;
    private float beta2;

    /// <summary>Makes an Adafactor optimizer.</summary>
    /// <param name="learningRate">0.001 by default.</param>
    /// <param name="beta2Decay">How the weight of the past grows: 1 - step^beta2Decay; -0.8 by default.</param>
    /// <param name="epsilon1">Added to the squares; 1e-30 by default.</param>
    /// <param name="epsilon2">Smallest size of a variable that counts; 1e-3 by default.</param>
    /// <param name="clipThreshold">Largest root mean square of an update before the rate, above 0; 1 by default.</param>
    /// <param name="relativeStep">Kept for files: Keras lets the rate fall with 1 / √step whatever is said here. True by default.</param>
    /// <param name="weightDecay">Share of a weight, times the rate, taken from it at each step; none by default.</param>
    /// <param name="clipNorm">Largest length of each variable's gradient.</param>
    /// <param name="clipValue">Largest absolute value of each gradient's elements.</param>
    /// <param name="globalClipNorm">Largest length of all gradients together.</param>
    /// <param name="useEma">Whether the weights are averaged over the steps, and the averages take their place at the end of <c>Fit</c>; false by default.</param>
    /// <param name="emaMomentum">Weight of the past in these averages, [0, 1]; 0.99 by default.</param>
    /// <param name="emaOverwriteFrequency">Number of steps after which the averages take the weights' place each time, 1 or more; null (default) for never.</param>
    /// <param name="lossScaleFactor">Factor on the loss that the gradients are divided by again, above 0; none by default.</param>
    /// <param name="gradientAccumulationSteps">Number of steps, 2 or more, whose mean gradient changes the weights once; null (default) to change them at each.</param>
    /// <param name="name">Name; <c>adafactor</c> by default.</param>
    /// <exception cref="ArgumentException">An argument is out of its range, or two ways of clipping are set.</exception>
    public Adafactor(
        LearningRate? learningRate = null,
        double beta2Decay = -0.8,
        double epsilon1 = 1e-30,
        double epsilon2 = 1e-3,
        double clipThreshold = 1,
        bool relativeStep = true,
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
            beta2Decay, epsilon1, epsilon2, clipThreshold, relativeStep)
    {
    }

    private Adafactor(OptimizerSettings settings, double beta2Decay, double epsilon1, double epsilon2, double clipThreshold,
        bool relativeStep)
        : base(settings, 0.001)
    {
        if (!(epsilon1 >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(epsilon1), epsilon1, "epsilon1 must be 0 or more.");
        }

        if (!(epsilon2 >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(epsilon2), epsilon2, "epsilon2 must be 0 or more.");
        }

        if (!(clipThreshold > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(clipThreshold), clipThreshold, "clipThreshold must be above 0.");
        }

        this.beta2Decay = beta2Decay;
        this.epsilon1 = epsilon1;
        this.epsilon2 = epsilon2;
        this.clipThreshold = clipThreshold;
        this.relativeStep = relativeStep;
    }

    // Means over rows, columns and whole variables enter into every element.
    internal override bool HasFusedPass => false;

    private protected override IReadOnlyList<string[]> SlotGroups => [[Rows, Columns, "velocity"]];

    internal static Adafactor FromConfig(ConfigReader config, OptimizerSettings settings) => new(
        settings,
        config.Double("beta_2_decay", -0.8),
        config.Double("epsilon_1", 1e-30),
        config.Double("epsilon_2", 1e-3),
        config.Double("clip_threshold", 1),
        config.Bool("relative_step", true));

    // A variable of fewer than two axes has a number in place of each mean, as in Keras.
    private protected override Tensor NewSlot(string slot, Variable variable)
    {
        long[] shape = variable.Value.shape;
        long[] rows = shape.Length < 2 ? [] : shape[..^1];
        long[] columns = shape.Length < 2 ? [] : [.. shape[..^2], shape[^1]];
        return slot switch
        {
            Rows => zeros(rows, ScalarType.Float32, variable.Value.device),
            Columns => zeros(columns, ScalarType.Float32, variable.Value.device),
            _ => zeros_like(variable.Value),
        };
    }

    private protected override void BeginStep(float rate)
    {
        float step = Iterations + 1;
        this.rate = MathF.Min(rate, 1 / MathF.Sqrt(step));
        beta2 = 1 - MathF.Pow(step, (float)beta2Decay);
    }

    private protected override void Update(Tensor weight, Tensor gradient, IReadOnlyList<Variable> slots)
    {
        Tensor r = slots[0].Value;
        Tensor c = slots[1].Value;
        Tensor v = slots[2].Value;
        Tensor alpha = RootMeanSquare(weight).clamp_min(Held((float)epsilon2)) * rate;
        Tensor squares = gradient.square() + (float)epsilon1;
        if (weight.dim() >= 2)
        {
            r.mul_(Held(beta2)).add_(squares.mean([-1]) * (1 - beta2));
            c.mul_(Held(beta2)).add_(squares.mean([-2]) * (1 - beta2));
            v.copy_((r / r.mean([-1], keepdim: true)).unsqueeze(-1) * c.unsqueeze(-2));
        }
        else
        {
            v.mul_(Held(beta2)).add_(squares * (1 - beta2));
        }

        Tensor update = gradient / v.sqrt();
        weight.sub_(alpha * (update / (RootMeanSquare(update) / (float)clipThreshold).clamp_min(Held(1))));
    }

    private protected override void WriteConfig(JsonObject config)
    {
        config["beta_2_decay"] = beta2Decay;
        config["epsilon_1"] = epsilon1;
        config["epsilon_2"] = epsilon2;
        config["clip_threshold"] = clipThreshold;
        config["relative_step"] = relativeStep;
    }

    private static Tensor RootMeanSquare(Tensor tensor) => tensor.square().mean().sqrt();
}
