using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Optimizers;

/// <summary>
/// Adam without momentum, with second moments factored into rows and columns to save memory (Shazeer and Stern, 2018). Keras:
/// <c>optimizers.Adafactor</c>.
/// </summary>
/// <remarks>
/// <para>With <c>β = 1 - tᵈ</c> and <c>s = g² + ε₁</c>, variables of two or more axes keep the means of s over their last axis (r) and
/// their second-to-last axis (c), each <c>r = β · r + (1 - β) · mean(s)</c>, and <c>v = r / mean(r) · c</c>; other variables keep
/// <c>v = β · v + (1 - β) · s</c>. Then <c>u = g / √v</c>, and <c>w -= α · u / max(1, rms(u) / clipThreshold)</c> with
/// <c>α = max(ε₂, rms(w)) · min(rate, 1 / √t)</c>.</para>
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

    /// <summary>Creates an Adafactor optimizer.</summary>
    /// <param name="learningRate">The learning rate; 0.001 by default.</param>
    /// <param name="beta2Decay">Exponent of the decay rate, <c>1 - step^beta2Decay</c>; -0.8 by default.</param>
    /// <param name="epsilon1">Added to the squares; 1e-30 by default.</param>
    /// <param name="epsilon2">Lower bound of the root mean square of a variable; 1e-3 by default.</param>
    /// <param name="clipThreshold">
    /// Maximum root mean square of an update before the learning rate is applied, above 0; 1 by default.
    /// </param>
    /// <param name="relativeStep">Saved in files only: Keras decays the learning rate with 1 / √step in any case. True by default.</param>
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
    /// <param name="name">Name of the optimizer; <c>adafactor</c> by default.</param>
    /// <exception cref="ArgumentException">An argument is out of range, or more than one clipping argument is set.</exception>
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

    // Means over rows, columns and whole variables affect each element.
    internal override bool HasFusedPass => false;

    private protected override IReadOnlyList<string[]> SlotGroups => [[Rows, Columns, "velocity"]];

    internal static Adafactor FromConfig(ConfigReader config, OptimizerSettings settings) => new(
        settings,
        config.Double("beta_2_decay", -0.8),
        config.Double("epsilon_1", 1e-30),
        config.Double("epsilon_2", 1e-3),
        config.Double("clip_threshold", 1),
        config.Bool("relative_step", true));

    // A variable of fewer than two axes has a scalar in place of each mean, as in Keras.
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

    private protected override Tensor? NewSlotOfOverwritten(string slot) => slot is Rows or Columns ? zeros([]) : null;

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
        Tensor alpha = RootMeanSquare(weight).clamp_min(Held((float)epsilon2)) * Held(rate);
        Tensor squares = gradient.Squared().Plus(Held((float)epsilon1));
        if (weight.dim() >= 2)
        {
            r.mul_(Held(beta2)).add_(squares.mean([-1]) * Held(1 - beta2), Held(1));
            c.mul_(Held(beta2)).add_(squares.mean([-2]) * Held(1 - beta2), Held(1));
            v.copy_((r / r.mean([-1], keepdim: true)).unsqueeze(-1) * c.unsqueeze(-2));
        }
        else
        {
            v.mul_(Held(beta2)).add_(squares * Held(1 - beta2), Held(1));
        }

        Tensor update = gradient / v.sqrt();
        weight.sub_(alpha * (update / (RootMeanSquare(update) / Held((float)clipThreshold)).clamp_min(Held(1))));
    }

    private protected override void WriteConfig(JsonObject config)
    {
        config["beta_2_decay"] = beta2Decay;
        config["epsilon_1"] = epsilon1;
        config["epsilon_2"] = epsilon2;
        config["clip_threshold"] = clipThreshold;
        config["relative_step"] = relativeStep;
    }

    private static Tensor RootMeanSquare(Tensor tensor) => tensor.Squared().mean().sqrt();
}
