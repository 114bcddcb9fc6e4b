using System.Text.Json.Nodes;
using Cairn.Constraints;
using Cairn.Initializers;
using Cairn.Regularizers;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// Normalizes each sample by its own mean and variance along the given axes. Keras: <c>layers.LayerNormalization</c> (Ba et al., 2016).
/// </summary>
/// <remarks>
/// <c>y = gamma · (x - mean) / √(variance + epsilon) + beta</c> with the biased variance, in training and inference. Weights gamma and beta
/// have the sizes of the normalized axes.
/// </remarks>
public sealed class LayerNormalization : Layer
{
    private readonly double epsilon;
    private readonly bool rmsScaling;
    private readonly GammaBeta weights;
    private Axes axis;
    private Variable? gamma;
    private Variable? beta;

    /// <summary>Creates a layer normalization layer.</summary>
    /// <param name="axis">The normalized axes, batch included; the last one (-1) by default.</param>
    /// <param name="epsilon">Added to the variance; 0.001 by default.</param>
    /// <param name="center">Whether to add beta; true by default.</param>
    /// <param name="scale">Whether to multiply by gamma; true by default.</param>
    /// <param name="rmsScaling">Whether, as in old models, x is only divided by √(variance + epsilon) and multiplied by gamma, without mean
    /// and beta; false by default.</param>
    /// <param name="betaInitializer">Initializer of beta; <c>zeros</c> by default.</param>
    /// <param name="gammaInitializer">Initializer of gamma; <c>ones</c> by default.</param>
    /// <param name="betaRegularizer">Regularizer of beta; none by default.</param>
    /// <param name="gammaRegularizer">Regularizer of gamma; none by default.</param>
    /// <param name="betaConstraint">Constraint on beta, applied after each step; none by default.</param>
    /// <param name="gammaConstraint">Constraint on gamma, applied after each step; none by default.</param>
    /// <param name="name">Unique name, or null for <c>layer_normalization</c>, …</param>
    /// <exception cref="ArgumentOutOfRangeException">Epsilon is negative.</exception>
    public LayerNormalization(
        Axes? axis = null,
        double epsilon = 0.001,
        bool center = true,
        bool scale = true,
        bool rmsScaling = false,
        Initializer? betaInitializer = null,
        Initializer? gammaInitializer = null,
        Regularizer? betaRegularizer = null,
        Regularizer? gammaRegularizer = null,
        Constraint? betaConstraint = null,
        Constraint? gammaConstraint = null,
        string? name = null)
        : this(
            axis, epsilon, rmsScaling,
            new GammaBeta(center, scale, betaInitializer, gammaInitializer, betaRegularizer, gammaRegularizer, betaConstraint,
                gammaConstraint), name)
    {
    }

    private LayerNormalization(Axes? axis, double epsilon, bool rmsScaling, GammaBeta weights, string? name)
        : base(name)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epsilon);
        this.axis = axis ?? -1;
        this.epsilon = epsilon;
        this.weights = weights;
        this.rmsScaling = rmsScaling;
    }

    private protected override bool IsWide => true;

    /// <inheritdoc/>
    public override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

    internal static LayerNormalization FromConfig(ConfigReader config) => new(
        config.Axes("axis", -1),
        config.Double("epsilon", 0.001),
        config.Bool("rms_scaling", false),
        GammaBeta.Read(config),
        config.OptionalString("name"));

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        int[] places = axis.Resolve(inputShape.Rank, $"{ClassName} '{Name}'");
        if (places.Length == 0 || places.Any(p => inputShape[p] == Shape.None))
        {
            throw UnfitInput(inputShape, $"inputs with known sizes along axis {axis}");
        }

        // Once built, Keras writes the axes as non-negative numbers.
        axis = Axes.Create(places);
        Shape sizes = [.. places.Select(p => inputShape[p])];
        if (weights.Scale || rmsScaling)
        {
            gamma = AddWeight("gamma", sizes, weights.FirstGamma, regularizer: weights.GammaRegularizer,
                constraint: weights.GammaConstraint);
        }

        if (weights.Center && !rmsScaling)
        {
            beta = AddWeight("beta", sizes, weights.FirstBeta, regularizer: weights.BetaRegularizer, constraint: weights.BetaConstraint);
        }
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        if (rmsScaling)
        {
            long[] spread = [.. Enumerable.Range(0, (int)x.dim()).Select(a => axis.Contains(a) ? x.shape[a] : 1)];
            long[] normalised = [.. axis.Select(a => (long)a)];
            return x * x.var(normalised, unbiased: false, keepdim: true).Plus(Held((float)epsilon)).rsqrt() * gamma!.Value.reshape(spread);
        }

        if (axis.All(a => x.shape[a] == 1))
        {
            return SingleValue.Normalize(x, gamma?.Value, beta?.Value, 1);
        }

        // libtorch normalizes the last axes, so move them to the end.
        long[] places = [.. axis.Select(a => (long)a)];
        long[] last = [.. places.Select((_, i) => x.dim() - places.Length + i)];
        bool moved = places[0] != last[0];
        Tensor input = moved ? x.movedim(places, last) : x;
        long[] sizes = [.. places.Select(p => x.shape[p])];
        Tensor y = nn.functional.layer_norm(input, sizes, gamma?.Value, beta?.Value, epsilon);
        return moved ? y.movedim(last, places) : y;
    }

    /// <summary>The axes, the weights and epsilon; null for the scaling by the root mean square.</summary>
    internal (Axes Axis, Variable? Gamma, Variable? Beta, double Epsilon)? Plain => rmsScaling ? null : (axis, gamma, beta, epsilon);

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["axis"] = axis.ToJson();
        config["epsilon"] = epsilon;
        weights.WriteConfig(config, afterSwitches: () => config["rms_scaling"] = rmsScaling);
    }
}
