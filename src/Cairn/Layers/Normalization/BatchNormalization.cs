using System.Text.Json.Nodes;
using Cairn.Constraints;
using Cairn.Initializers;
using Cairn.Regularizers;
using Cairn.Replication;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// Normalizes each channel by its mean and variance: those of the batch in training, the moving averages otherwise. Keras:
/// <c>layers.BatchNormalization</c> (Ioffe and Szegedy, 2015).
/// </summary>
/// <remarks>
/// <c>y = gamma · (x - mean) / √(variance + epsilon) + beta</c> with the biased variance; after each batch
/// <c>moving = moving · momentum + batch · (1 - momentum)</c>. Weights of shape <c>[channels]</c>: gamma, beta, moving mean, moving
/// variance. A frozen layer runs in inference mode. Masked positions are excluded from mean and variance. If several processes train
/// together, each normalizes its rows by their own mean and variance, unless <c>synchronized</c> is set; the moving averages are those of
/// all rows.
/// </remarks>
public sealed partial class BatchNormalization : Layer
{
    private readonly int axis;
    private readonly double momentum;
    private readonly double epsilon;
    private readonly GammaBeta weights;
    private readonly Initializer movingMeanInitializer;
    private readonly Initializer movingVarianceInitializer;
    private readonly bool synchronized;
    private Variable? gamma;
    private Variable? beta;
    private Variable? movingMean;
    private Variable? movingVariance;

    /// <summary>Creates a batch normalization layer.</summary>
    /// <param name="axis">The channels' axis, batch included; the last one (-1) by default.</param>
    /// <param name="momentum">Momentum of the moving averages, 0 to 1; 0.99 by default.</param>
    /// <param name="epsilon">Added to the variance; 0.001 by default.</param>
    /// <param name="center">Whether to add beta; true by default.</param>
    /// <param name="scale">Whether to multiply by gamma; true by default.</param>
    /// <param name="betaInitializer">Initializer of beta; <c>zeros</c> by default.</param>
    /// <param name="gammaInitializer">Initializer of gamma; <c>ones</c> by default.</param>
    /// <param name="movingMeanInitializer">Initializer of the moving mean; <c>zeros</c> by default.</param>
    /// <param name="movingVarianceInitializer">Initializer of the moving variance; <c>ones</c> by default.</param>
    /// <param name="betaRegularizer">Regularizer of beta; none by default.</param>
    /// <param name="gammaRegularizer">Regularizer of gamma; none by default.</param>
    /// <param name="betaConstraint">Constraint on beta, applied after each step; none by default.</param>
    /// <param name="gammaConstraint">Constraint on gamma, applied after each step; none by default.</param>
    /// <param name="renorm">Whether to use batch renormalization (Ioffe, 2017), which adds three moving statistics; false by
    /// default.</param>
    /// <param name="renormClipping">Bounds of its corrections, with the keys <c>rmin</c>, <c>rmax</c> and <c>dmax</c>; none by
    /// default.</param>
    /// <param name="renormMomentum">Momentum of its moving statistics, 0 to 1; 0.99 by default.</param>
    /// <param name="synchronized">
    /// Whether mean and variance are those of the whole batch if several processes train together; false by default.
    /// </param>
    /// <param name="name">Unique name, or null for <c>batch_normalization</c>, …</param>
    /// <exception cref="ArgumentOutOfRangeException">A momentum is outside [0, 1], or epsilon is negative.</exception>
    /// <exception cref="ArgumentException"><paramref name="renormClipping"/> has an unknown key or contradictory bounds.</exception>
    public BatchNormalization(
        int axis = -1,
        double momentum = 0.99,
        double epsilon = 0.001,
        bool center = true,
        bool scale = true,
        Initializer? betaInitializer = null,
        Initializer? gammaInitializer = null,
        Initializer? movingMeanInitializer = null,
        Initializer? movingVarianceInitializer = null,
        Regularizer? betaRegularizer = null,
        Regularizer? gammaRegularizer = null,
        Constraint? betaConstraint = null,
        Constraint? gammaConstraint = null,
        bool renorm = false,
        Dictionary<string, double>? renormClipping = null,
        double renormMomentum = 0.99,
        bool synchronized = false,
        string? name = null)
        : this(
            axis, momentum, epsilon,
            new GammaBeta(center, scale, betaInitializer, gammaInitializer, betaRegularizer, gammaRegularizer, betaConstraint,
                gammaConstraint),
            movingMeanInitializer, movingVarianceInitializer, name, renorm, renormClipping, renormMomentum, synchronized)
    {
    }

    private BatchNormalization(
        int axis, double momentum, double epsilon, GammaBeta weights, Initializer? movingMeanInitializer,
        Initializer? movingVarianceInitializer, string? name, bool renorm, Dictionary<string, double>? renormClipping,
        double renormMomentum, bool synchronized)
        : base(name)
    {
        if (momentum is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(momentum), momentum, "momentum must be between 0 and 1.");
        }

        if (renormMomentum is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(renormMomentum), renormMomentum, "renormMomentum must be between 0 and 1.");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(epsilon);
        this.renorm = renorm;
        this.renormMomentum = renormMomentum;
        this.synchronized = synchronized;
        if (renorm && renormClipping is not null)
        {
            this.renormClipping = CheckClipping(renormClipping);
        }

        this.axis = axis;
        this.momentum = momentum;
        this.epsilon = epsilon;
        this.weights = weights;
        this.movingMeanInitializer = movingMeanInitializer ?? Initializer.Zeros;
        this.movingVarianceInitializer = movingVarianceInitializer ?? Initializer.Ones;
    }

    private protected override bool IsWide => true;

    /// <inheritdoc/>
    public override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

    internal override bool TakesMask => true;

    internal override PlannedFunction? Planned => renorm || synchronized || !Trainable || movingMean is null
        || InputShape is not { Rank: > 1 and var rank } || (axis != -1 && axis != rank - 1)
        ? null
        : new PlannedNormalization(gamma, beta, movingMean, movingVariance!, momentum, epsilon);

    internal static BatchNormalization FromConfig(ConfigReader config)
    {
        // Keras 2 wrote the axis as a list with one element.
        int axis = config.Node("axis") is JsonArray { Count: 1 } ? (int)config.Shape("axis")[0] : config.Int("axis", -1);
        return new BatchNormalization(
            axis,
            config.Double("momentum", 0.99),
            config.Double("epsilon", 0.001),
            GammaBeta.Read(config),
            LayerRegistry.Initializer(config, "moving_mean_initializer", "zeros"),
            LayerRegistry.Initializer(config, "moving_variance_initializer", "ones"),
            config.OptionalString("name"),
            config.Bool("renorm", false),
            ReadClipping(config),
            config.Double("renorm_momentum", 0.99),
            config.Bool("synchronized", false));
    }

    internal override bool MixesSamples(CallContext context) => context.Training && Trainable;

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        int place = axis < 0 ? axis + inputShape.Rank : axis;
        if (place < 1 || place >= inputShape.Rank || inputShape[place] == Shape.None)
        {
            throw UnfitInput(inputShape, $"inputs with a known size along axis {axis}, which must not be the batch axis");
        }

        Shape channels = [inputShape[place]];
        if (weights.Scale)
        {
            gamma = AddWeight("gamma", channels, weights.FirstGamma, regularizer: weights.GammaRegularizer,
                constraint: weights.GammaConstraint);
        }

        if (weights.Center)
        {
            beta = AddWeight("beta", channels, weights.FirstBeta, regularizer: weights.BetaRegularizer, constraint: weights.BetaConstraint);
        }

        movingMean = AddWeight("moving_mean", channels, movingMeanInitializer, trainable: false);
        movingVariance = AddWeight("moving_variance", channels, movingVarianceInitializer, trainable: false);
        BuildRenorm(channels);
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        int place = axis < 0 ? axis + (int)x.dim() : axis;
        if (place == x.dim() - 1 && context.Training && TryByPass(x, context) is { } normalized)
        {
            return normalized;
        }

        bool moved = place != 1;
        Tensor input = moved ? x.movedim([place], [1]) : x;
        Tensor y = context.Training && Trainable
            ? NormalizeByBatch(input, context.MaskOf(x), moved, synchronized ? context.Share : null)
            : NormalizeByMoving(input);
        return moved ? y.movedim([1], [place]) : y;
    }

    /// <summary>The axis and the weights of inference.</summary>
    internal (int Axis, Variable? Gamma, Variable? Beta, Variable Mean, Variable Variance, double Epsilon) Moving =>
        (axis, gamma, beta, movingMean!, movingVariance!, epsilon);

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["axis"] = axis;
        config["momentum"] = momentum;
        config["epsilon"] = epsilon;
        weights.WriteConfig(config, afterInitializers: () =>
        {
            config["moving_mean_initializer"] = movingMeanInitializer.Serialize();
            config["moving_variance_initializer"] = movingVarianceInitializer.Serialize();
        });
        config["synchronized"] = synchronized;
        WriteRenorm(config);
    }

    /// <summary>The result of training by <see cref="NormalizationPass"/>; null if it can't compute it.</summary>
    private Tensor? TryByPass(Tensor x, CallContext context)
    {
        if (renorm || !Trainable || (synchronized && context.Share is not null) || context.MaskOf(x) is not null
            || !NormalizationPass.Takes(x, gamma?.Value, beta?.Value))
        {
            return null;
        }

        (Tensor y, Tensor mean, Tensor variance) = NormalizationPass.Run(x, gamma?.Value, beta?.Value, epsilon);
        using IDisposable _ = no_grad();
        movingMean!.Value.mul_(Held(momentum)).add_(mean, alpha: Held(1 - momentum));
        movingVariance!.Value.mul_(Held(momentum)).add_(variance, alpha: Held(1 - momentum));
        return y;
    }

    private Tensor NormalizeByMoving(Tensor input)
    {
        Tensor mean = movingMean!.Value;
        Tensor variance = movingVariance!.Value;
        if (is_grad_enabled())
        {
            // The gradient needs the current values, which another call of the layer in this step may change.
            (mean, variance) = (mean.clone(), variance.clone());
        }

        return Along(input, x => nn.functional.batch_norm(
            x, mean, variance, gamma?.Value, beta?.Value, training: false, momentum: 0, eps: epsilon));
    }

    // If an axis has size 1, strides do not determine whether channels are first or last, and libtorch's gradient may confuse the two. With
    // all positions along one axis, it can't.
    private static Tensor Along(Tensor input, Func<Tensor, Tensor> normalize)
    {
        long[] sizes = input.shape;
        return sizes.Length > 3 && sizes.Contains(1) ? normalize(input.reshape(sizes[0], sizes[1], -1)).reshape(sizes) : normalize(input);
    }

    private static long[] AllButChannels(Tensor input) =>
        [.. Enumerable.Range(0, (int)input.dim()).Where(a => a != 1).Select(a => (long)a)];

    private Tensor NormalizeByBatch(Tensor input, Tensor? mask, bool moved, BatchShare? share)
    {
        if (mask is not null || share is not null)
        {
            Tensor counts = mask is null ? ones_like(input, requires_grad: false) : CountsOf(input, mask, moved);
            return NormalizeCounted(input, counts, isMasked: mask is not null, share);
        }

        if (renorm)
        {
            long[] others = AllButChannels(input);
            Tensor center = input.mean(others, keepdim: true);
            return Renormalize(input, center, (input - center).Squared().mean(others, keepdim: true));
        }

        // With a momentum of 1, libtorch stores the batch's mean and unbiased variance in the "running" tensors.
        Tensor mean = zeros_like(movingMean!.Value);
        Tensor variance = zeros_like(mean);
        long count = input.NumberOfElements / input.shape[1];
        Tensor y = Along(input, x => nn.functional.batch_norm(
            x, mean, variance, gamma?.Value, beta?.Value, training: true, momentum: 1, eps: epsilon));
        if (count == 1)
        {
            y = SingleValue.Normalize(input, gamma?.Value, beta?.Value, [1, -1, .. Enumerable.Repeat(1L, (int)input.dim() - 2)]);
        }

        using IDisposable _ = no_grad();
        double toBiased = (count - 1.0) / count;
        movingMean.Value.mul_(Held(momentum)).add_(mean, alpha: Held(1 - momentum));
        movingVariance!.Value.mul_(Held(momentum));
        if (count > 1)
        {
            // The variance of a single value is 0; libtorch's unbiased variance is NaN.
            movingVariance.Value.add_(variance, alpha: Held(toBiased * (1 - momentum)));
        }

        return y;
    }
}
