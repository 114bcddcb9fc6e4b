using System.Text.Json.Nodes;
using Cairn.Constraints;
using Cairn.Initializers;
using Cairn.Regularizers;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// Normalizes each group of channels of each sample by its mean and variance. Keras: <c>layers.GroupNormalization</c> (Wu and He, 2018).
/// </summary>
/// <remarks>
/// <c>y = gamma · (x - mean) / √(variance + epsilon) + beta</c> with the biased variance, in training and inference. Weights gamma and beta
/// of shape <c>[channels]</c>.
/// </remarks>
public sealed class GroupNormalization : Layer
{
    private readonly double epsilon;
    private readonly GammaBeta weights;
    private readonly int axis;
    private int groups;
    private Variable? gamma;
    private Variable? beta;

    /// <summary>Creates a group normalization layer.</summary>
    /// <param name="groups">Number of groups the channels are split into; 32 by default, -1 for one per channel.</param>
    /// <param name="axis">The channels' axis, batch included; the last one (-1) by default.</param>
    /// <param name="epsilon">Added to the variance; 0.001 by default.</param>
    /// <param name="center">Whether to add beta; true by default.</param>
    /// <param name="scale">Whether to multiply by gamma; true by default.</param>
    /// <param name="betaInitializer">Initializer of beta; <c>zeros</c> by default.</param>
    /// <param name="gammaInitializer">Initializer of gamma; <c>ones</c> by default.</param>
    /// <param name="betaRegularizer">Regularizer of beta; none by default.</param>
    /// <param name="gammaRegularizer">Regularizer of gamma; none by default.</param>
    /// <param name="betaConstraint">Constraint on beta, applied after each step; none by default.</param>
    /// <param name="gammaConstraint">Constraint on gamma, applied after each step; none by default.</param>
    /// <param name="name">Unique name, or null for <c>group_normalization</c>, …</param>
    /// <exception cref="ArgumentOutOfRangeException">Epsilon is negative, or the number of groups is invalid.</exception>
    public GroupNormalization(
        int groups = 32,
        int axis = -1,
        double epsilon = 0.001,
        bool center = true,
        bool scale = true,
        Initializer? betaInitializer = null,
        Initializer? gammaInitializer = null,
        Regularizer? betaRegularizer = null,
        Regularizer? gammaRegularizer = null,
        Constraint? betaConstraint = null,
        Constraint? gammaConstraint = null,
        string? name = null)
        : this(
            groups, axis, epsilon,
            new GammaBeta(center, scale, betaInitializer, gammaInitializer, betaRegularizer, gammaRegularizer, betaConstraint,
                gammaConstraint), name)
    {
    }

    private GroupNormalization(int groups, int axis, double epsilon, GammaBeta weights, string? name)
        : base(name)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epsilon);
        if (groups is < 1 and not -1)
        {
            throw new ArgumentOutOfRangeException(nameof(groups), groups, "groups must be 1 or more, or -1 for one per channel.");
        }

        this.groups = groups;
        this.axis = axis;
        this.epsilon = epsilon;
        this.weights = weights;
    }

    private protected override bool IsWide => true;

    /// <inheritdoc/>
    public override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

    internal static GroupNormalization FromConfig(ConfigReader config) =>
        new(
            config.Int("groups", 32),
            config.Int("axis", -1),
            config.Double("epsilon", 0.001),
            GammaBeta.Read(config),
            config.OptionalString("name"));

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        int place = ((Axes)axis).Resolve(inputShape.Rank, $"{ClassName} '{Name}'")[0];
        long channels = inputShape[place];
        if (place == 0 || channels < 1 || channels % (groups == -1 ? channels : groups) != 0)
        {
            throw UnfitInput(inputShape, $"inputs whose size along axis {axis}, not the batch axis, is a multiple of its {groups} groups");
        }

        // Once built, Keras writes the resolved number.
        if (groups == -1)
        {
            groups = (int)channels;
        }

        Shape sizes = [channels];
        if (weights.Scale)
        {
            gamma = AddWeight("gamma", sizes, weights.FirstGamma, regularizer: weights.GammaRegularizer,
                constraint: weights.GammaConstraint);
        }

        if (weights.Center)
        {
            beta = AddWeight("beta", sizes, weights.FirstBeta, regularizer: weights.BetaRegularizer, constraint: weights.BetaConstraint);
        }
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        int place = axis < 0 ? axis + (int)x.dim() : axis;
        bool moved = place != 1;

        // Contiguous, with all positions along one axis: libtorch's gradient for images with channels-last strides (contiguous images with
        // one channel also have them) writes out of bounds and terminates the process. Both weights or none: it fails with only one of
        // them.
        Tensor? scale = gamma?.Value ?? (beta is null ? null : ones_like(beta.Value));
        Tensor? shift = beta?.Value ?? (gamma is null ? null : zeros_like(gamma.Value));
        Tensor input = moved ? x.movedim([place], [1]) : x;
        long[] sizes = input.shape;
        Tensor flat = input.reshape(sizes[0], sizes[1], -1).contiguous();
        Tensor y = groups == sizes[1] && flat.shape[2] == 1
            ? SingleValue.Normalize(input, scale, shift, [1, -1, .. Enumerable.Repeat(1L, sizes.Length - 2)])
            : nn.functional.group_norm(flat, groups, scale, shift, epsilon).reshape(sizes);
        return moved ? y.movedim([1], [place]) : y;
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["groups"] = groups;
        config["axis"] = axis;
        config["epsilon"] = epsilon;
        weights.WriteConfig(config);
    }
}
