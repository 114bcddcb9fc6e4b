using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Optimizers;

/// <summary>
/// Muon: updates matrices by their orthogonalized momentum (Jordan et al., 2024), and all other variables by Adam. Keras:
/// <c>optimizers.Muon</c>.
/// </summary>
/// <remarks>
/// <para>For matrices, <c>m += g - (1 - momentum) · m</c>, and the update is <c>g + momentum · m</c> (m without Nesterov momentum),
/// orthogonalized approximately by <c>nsSteps</c> Newton-Schulz iterations of <c>x = a · x + (b · xxᵀ + c · (xxᵀ)²) x</c>, starting at norm
/// 1; then <c>w -= rate · rmsRate · √max(rows, columns) · update</c>.</para>
/// <para>Variables that are not matrices, embeddings, and those matched by <c>excludeLayers</c> use Adam; exclude the output layer
/// there.</para>
/// </remarks>
public sealed class Muon : Optimizer
{
    // A pattern may come from a file; one that takes longer than this on a path fails with an exception.
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(1);
    private readonly double adamBeta1;
    private readonly double adamBeta2;
    private readonly double? adamWeightDecay;
    private readonly double epsilon;
    private readonly Regex[] excludeLayers;
    private readonly bool excludeEmbeddings;
    private readonly double muonA;
    private readonly double muonB;
    private readonly double muonC;
    private readonly double adamLrRatio;
    private readonly double momentum;
    private readonly int nsSteps;
    private readonly bool nesterov;
    private readonly double? rmsRate;
    private float rate;
    private float alpha;

    /// <summary>Creates a Muon optimizer.</summary>
    /// <param name="learningRate">The learning rate; 0.001 by default.</param>
    /// <param name="adamBeta1">Adam's decay rate of the first-moment estimates; 0.9 by default.</param>
    /// <param name="adamBeta2">Adam's decay rate of the second-moment estimates; 0.999 by default.</param>
    /// <param name="adamWeightDecay">Weight decay of the variables that use Adam; 0.004 by default, null for none.</param>
    /// <param name="epsilon">Added to the square root in Adam; 1e-7 by default.</param>
    /// <param name="weightDecay">
    /// Weight decay of the matrices: each step subtracts <c>weightDecay · learning rate · weight</c>; 0.004 by default, null for none.
    /// </param>
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
    /// <param name="name">Name of the optimizer; <c>muon</c> by default.</param>
    /// <param name="excludeLayers">Regular expressions; variables whose path matches one of them use Adam. None by default.</param>
    /// <param name="excludeEmbeddings">Whether variables with "embedding" in their path use Adam; true by default.</param>
    /// <param name="muonA">Coefficient a of the orthogonalization; 3.4445 by default.</param>
    /// <param name="muonB">Coefficient b of the orthogonalization; -4.775 by default.</param>
    /// <param name="muonC">Coefficient c of the orthogonalization; 2.0315 by default.</param>
    /// <param name="adamLrRatio">Ratio of Adam's learning rate to the learning rate; 1 by default.</param>
    /// <param name="momentum">Momentum of the matrices; 0.95 by default.</param>
    /// <param name="nsSteps">Number of Newton-Schulz iterations, 0 or more; 5 by default.</param>
    /// <param name="nesterov">Whether to use Nesterov momentum; true by default.</param>
    /// <param name="rmsRate">Scale of the update relative to Adam's; 0.2 by default, null for no scaling.</param>
    /// <exception cref="ArgumentException">An argument is out of range, or more than one clipping argument is set.</exception>
    public Muon(
        LearningRate? learningRate = null,
        double adamBeta1 = 0.9,
        double adamBeta2 = 0.999,
        double? adamWeightDecay = 0.004,
        double epsilon = 1e-7,
        double? weightDecay = 0.004,
        double? clipNorm = null,
        double? clipValue = null,
        double? globalClipNorm = null,
        bool useEma = false,
        double emaMomentum = 0.99,
        int? emaOverwriteFrequency = null,
        double? lossScaleFactor = null,
        int? gradientAccumulationSteps = null,
        string? name = null,
        IReadOnlyList<string>? excludeLayers = null,
        bool excludeEmbeddings = true,
        double muonA = 3.4445,
        double muonB = -4.775,
        double muonC = 2.0315,
        double adamLrRatio = 1,
        double momentum = 0.95,
        int nsSteps = 5,
        bool nesterov = true,
        double? rmsRate = 0.2)
        : this(
            new OptimizerSettings(
                learningRate, weightDecay, clipNorm, clipValue, globalClipNorm,
                useEma, emaMomentum, emaOverwriteFrequency, lossScaleFactor, gradientAccumulationSteps, name),
            adamBeta1, adamBeta2, adamWeightDecay, epsilon, excludeLayers ?? [], excludeEmbeddings, muonA, muonB, muonC, adamLrRatio,
            momentum, nsSteps, nesterov, rmsRate)
    {
    }

    private Muon(
        OptimizerSettings settings,
        double adamBeta1,
        double adamBeta2,
        double? adamWeightDecay,
        double epsilon,
        IReadOnlyList<string> excludeLayers,
        bool excludeEmbeddings,
        double muonA,
        double muonB,
        double muonC,
        double adamLrRatio,
        double momentum,
        int nsSteps,
        bool nesterov,
        double? rmsRate)
        : base(settings, 0.001)
    {
        if (adamBeta1 is not (>= 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(adamBeta1), adamBeta1, "adamBeta1 must be in [0, 1).");
        }

        if (adamBeta2 is not (>= 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(adamBeta2), adamBeta2, "adamBeta2 must be in [0, 1).");
        }

        if (!(epsilon >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "epsilon must be 0 or more.");
        }

        if (adamWeightDecay is < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(adamWeightDecay), adamWeightDecay, "adamWeightDecay must be 0 or more, or null.");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(nsSteps);
        this.adamBeta1 = adamBeta1;
        this.adamBeta2 = adamBeta2;
        this.adamWeightDecay = adamWeightDecay;
        this.epsilon = epsilon;
        this.excludeLayers = [.. excludeLayers.Select(Compile)];
        this.excludeEmbeddings = excludeEmbeddings;
        this.muonA = muonA;
        this.muonB = muonB;
        this.muonC = muonC;
        this.adamLrRatio = adamLrRatio;
        this.momentum = momentum;
        this.nsSteps = nsSteps;
        this.nesterov = nesterov;
        this.rmsRate = rmsRate;
    }

    // Orthogonalization needs products of whole matrices.
    internal override bool HasFusedPass => false;

    private protected override IReadOnlyList<string[]> SlotGroups => [["momentum", "velocity"]];

    internal static Muon FromConfig(ConfigReader config, OptimizerSettings settings) => new(
        settings with { WeightDecay = config.OptionalDouble("weight_decay", missing: 0.004) },
        config.Double("adam_beta_1", 0.9),
        config.Double("adam_beta_2", 0.999),
        config.OptionalDouble("adam_weight_decay", missing: 0.004),
        config.Double("epsilon", 1e-7),
        config.Strings("exclude_layers"),
        config.Bool("exclude_embeddings", true),
        config.Double("muon_a", 3.4445),
        config.Double("muon_b", -4.775),
        config.Double("muon_c", 2.0315),
        config.Double("adam_lr_ratio", 1),
        config.Double("momentum", 0.95),
        config.Int("ns_steps", 5),
        config.Bool("nesterov", true),
        config.OptionalDouble("rms_rate", missing: 0.2));

    private protected override Tensor? NewSlot(string slot, Variable variable) =>
        slot == "velocity" && !FollowsAdam(variable) ? null : base.NewSlot(slot, variable);

    private protected override double? WeightDecayOf(OptimizedVariable one) => FollowsAdam(one.Slots) ? adamWeightDecay : WeightDecay;

    private protected override void BeginStep(float rate)
    {
        this.rate = rate;
        float power1 = MathF.Pow((float)adamBeta1, Iterations + 1);
        float power2 = MathF.Pow((float)adamBeta2, Iterations + 1);
        alpha = rate * (float)adamLrRatio * MathF.Sqrt(1 - power2) / (1 - power1);
    }

    private protected override void Update(Tensor weight, Tensor gradient, IReadOnlyList<Variable> slots)
    {
        Tensor m = slots[0].Value;
        if (FollowsAdam(slots))
        {
            Tensor v = slots[1].Value;
            m.add_((gradient - m) * Held((float)(1 - adamBeta1)), Held(1));
            v.add_((gradient.Squared() - v) * Held((float)(1 - adamBeta2)), Held(1));
            weight.sub_(m * Held(alpha) / v.sqrt().Plus(Held((float)epsilon)));
            return;
        }

        m.add_(gradient.Plus(m * Held((float)(momentum - 1))), Held(1));
        Tensor change = Orthogonalize(nesterov ? gradient.Plus(m * Held((float)momentum)) : m) * Held(rate);
        weight.sub_(rmsRate is { } scale
            ? change * Held(MathF.Sqrt(Math.Max(weight.shape[0], weight.shape[1]))) * Held((float)scale) : change);
    }

    private protected override void WriteConfig(JsonObject config)
    {
        config["adam_beta_1"] = adamBeta1;
        config["adam_beta_2"] = adamBeta2;
        config["adam_weight_decay"] = adamWeightDecay;
        config["epsilon"] = epsilon;
        config["exclude_layers"] = new JsonArray([.. excludeLayers.Select(pattern => JsonValue.Create(pattern.ToString()))]);
        config["exclude_embeddings"] = excludeEmbeddings;
        config["muon_a"] = muonA;
        config["muon_b"] = muonB;
        config["muon_c"] = muonC;
        config["adam_lr_ratio"] = adamLrRatio;
        config["momentum"] = momentum;
        config["ns_steps"] = nsSteps;
        config["nesterov"] = nesterov;
        config["rms_rate"] = rmsRate;
    }

    // Which variables use Adam is decided when the state is created: only they have a velocity.
    private static bool FollowsAdam(IReadOnlyList<Variable> slots) => slots.Count == 2;

    private bool FollowsAdam(Variable variable) =>
        variable.Shape.Rank != 2
        || (excludeEmbeddings && variable.Path.Contains("embedding", StringComparison.OrdinalIgnoreCase))
        || excludeLayers.Any(pattern => pattern.IsMatch(variable.Path));

    private Tensor Orthogonalize(Tensor matrix)
    {
        bool tall = matrix.shape[0] > matrix.shape[1];
        Tensor x = tall ? matrix.t() : matrix;
        x = x / x.Squared().sum().sqrt().Plus(Held(1e-7f));
        for (int i = 0; i < nsSteps; i++)
        {
            Tensor a = x.mm(x.t());
            Tensor b = (a * Held((float)muonB)).Plus((a * Held((float)muonC)).mm(a));
            x = (x * Held((float)muonA)).Plus(b.mm(x));
        }

        return tall ? x.t() : x;
    }

    private static Regex Compile(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant, MatchTimeout);
        }
        catch (ArgumentException exception)
        {
            throw new ArgumentException($"excludeLayers has an invalid regular expression '{pattern}': {exception.Message}",
                nameof(excludeLayers), exception);
        }
    }
}
