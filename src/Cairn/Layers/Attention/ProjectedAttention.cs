using System.ComponentModel;
using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// Base class of <see cref="MultiHeadAttention"/> and <see cref="GroupQueryAttention"/>: calls, masks, and the attention itself.
/// </summary>
/// <remarks>
/// Query <c>[batch, targets, features]</c>, value and key <c>[batch, sources, features]</c>. Each is projected into heads. The softmax of
/// the dot products of query and key, divided by √(key size), weights the values (Vaswani et al., 2017).
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class ProjectedAttention : MultiInputLayer
{
    // Keras adds this to the scores of masked positions if no scores are returned. It exceeds any score, so a fully masked row gets uniform
    // weights.
    private const float Drowned = -0.7f * 3.38953e38f;

    private protected ProjectedAttention(AttentionSettings settings, string? name)
        : base(name)
    {
        settings.Check();
        Settings = settings;
    }

    /// <inheritdoc/>
    public sealed override bool SupportsMasking => true;

    private protected AttentionSettings Settings { get; }

    internal override IReadOnlyList<string> CallParameters =>
        ["query", "value", "key", "query_mask", "value_mask", "key_mask", "attention_mask"];

    /// <summary>
    /// Applies the layer in a functional model. Keras: <c>layer(query, value, key, attention_mask=…, use_causal_mask=…)</c>.
    /// </summary>
    /// <param name="query">The query, <c>[batch, targets, features]</c>.</param>
    /// <param name="value">The value, <c>[batch, sources, features]</c>.</param>
    /// <param name="key">The key, <c>[batch, sources, features]</c>; the value by default.</param>
    /// <param name="attentionMask">Which sources each target may attend to, <c>[batch, targets, sources]</c> (or with a head axis after the
    /// batch), nonzero where allowed; all by default.</param>
    /// <param name="useCausalMask">Whether each target attends only to sources at its own and earlier positions; false by default.</param>
    /// <returns>The attention output.</returns>
    /// <exception cref="ArgumentException">The shapes are incompatible.</exception>
    public KerasTensor Apply(KerasTensor query, KerasTensor value, KerasTensor? key = null, KerasTensor? attentionMask = null,
        bool useCausalMask = false) =>
        Record([.. Given(query, value, key, attentionMask)],
        Arguments(key is not null, attentionMask is not null, useCausalMask, scores: false))[0];

    /// <summary>Applies the layer and also returns the attention scores. Keras: <c>return_attention_scores=True</c>.</summary>
    /// <param name="query">The query, <c>[batch, targets, features]</c>.</param>
    /// <param name="value">The value, <c>[batch, sources, features]</c>.</param>
    /// <param name="key">The key; the value by default.</param>
    /// <param name="attentionMask">Which sources each target may attend to; all by default.</param>
    /// <param name="useCausalMask">Whether each target attends only to sources at its own and earlier positions; false by default.</param>
    /// <returns>The attention output, and the attention scores <c>[batch, heads, targets, sources]</c>.</returns>
    /// <exception cref="ArgumentException">The shapes are incompatible.</exception>
    public (KerasTensor Output, KerasTensor Scores) ApplyWithScores(
        KerasTensor query, KerasTensor value, KerasTensor? key = null, KerasTensor? attentionMask = null, bool useCausalMask = false)
    {
        IReadOnlyList<KerasTensor> outputs = Record(
            [.. Given(query, value, key, attentionMask)],
            Arguments(key is not null, attentionMask is not null, useCausalMask, scores: true));
        return (outputs[0], outputs[1]);
    }

    /// <summary>Calls the layer on a tensor, from within the function of another layer or model.</summary>
    /// <param name="query">The query, <c>[batch, targets, features]</c>.</param>
    /// <param name="value">The value, <c>[batch, sources, features]</c>.</param>
    /// <param name="context">The context that was passed to the caller.</param>
    /// <param name="key">The key; the value by default.</param>
    /// <param name="attentionMask">Which sources each target may attend to, nonzero where allowed; all by default.</param>
    /// <param name="useCausalMask">Whether each target attends only to sources at its own and earlier positions; false by default.</param>
    /// <returns>The attention output.</returns>
    public Tensor Apply(Tensor query, Tensor value, CallContext context, Tensor? key = null, Tensor? attentionMask = null,
        bool useCausalMask = false) =>
        Compute([.. Given(query, value, key, attentionMask)],
        Arguments(key is not null, attentionMask is not null, useCausalMask, scores: false), context)[0];

    /// <summary>Applies the layer and also returns the attention scores.</summary>
    /// <param name="query">The query, <c>[batch, targets, features]</c>.</param>
    /// <param name="value">The value, <c>[batch, sources, features]</c>.</param>
    /// <param name="context">The context that was passed to the caller.</param>
    /// <param name="key">The key; the value by default.</param>
    /// <param name="attentionMask">Which sources each target may attend to, nonzero where allowed; all by default.</param>
    /// <param name="useCausalMask">Whether each target attends only to sources at its own and earlier positions; false by default.</param>
    /// <returns>The attention output, and the attention scores <c>[batch, heads, targets, sources]</c>.</returns>
    public (Tensor Output, Tensor Scores) ApplyWithScores(
        Tensor query, Tensor value, CallContext context, Tensor? key = null, Tensor? attentionMask = null, bool useCausalMask = false)
    {
        Tensor[] outputs = Compute(
            [.. Given(query, value, key, attentionMask)],
            Arguments(key is not null, attentionMask is not null, useCausalMask, scores: true), context);
        return (outputs[0], outputs[1]);
    }

    /// <inheritdoc/>
    public sealed override IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        return ComputeOutputShapes(inputShapes, ArgumentsFor(inputShapes.Count));
    }

    internal sealed override CallArguments ArgumentsFor(int count) => count is 2 or 3
        ? Arguments(key: count == 3, mask: false, causal: false, scores: false)
        : throw new ArgumentException($"{ClassName} '{Name}' takes a query, a value and optionally a key; got {count} inputs.");

    internal sealed override IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes, CallArguments arguments)
    {
        (Shape query, Shape value, Shape? key) = Roles(inputShapes, arguments);
        if (!Middle(value).Equals(Middle(key ?? value)))
        {
            throw new ArgumentException(
                $"{ClassName} '{Name}' takes a value and a key whose shapes differ only in the last axis; got {value} and {key}.");
        }

        Shape output = OutputShapeFor(query, value);
        return WantsScores(arguments) ? [output, ScoresShape(query, key ?? value)] : [output];
    }

    internal sealed override void BuildFor(IReadOnlyList<Shape> inputShapes, CallArguments arguments, Cairn.Training.BuildContext context)
    {
        // Masks and the key are optional in each call; the weights don't depend on them.
        if (!Built)
        {
            base.BuildFor(inputShapes, arguments, context);
            return;
        }

        (Shape query, Shape value, Shape? key) = Roles(InputShapes, BuildArguments);
        (Shape query2, Shape value2, Shape? key2) = Roles(inputShapes, arguments);
        if (!SameFeatures(query, query2) || !SameFeatures(value, value2) || !SameFeatures(key ?? value, key2 ?? value2))
        {
            throw new ArgumentException(
                $"{ClassName} '{Name}' was built for inputs of shape {Shape.Describe(InputShapes)} and can't "
                    + $"take {Shape.Describe(inputShapes)}.", nameof(inputShapes));
        }
    }

    internal sealed override JsonObject? BuildConfig()
    {
        if (!Built)
        {
            return null;
        }

        var shapes = new JsonObject();
        foreach (CallArguments.TensorArgument tensor in BuildArguments.Tensors.Where(t => t.Parameter is "query" or "value" or "key"))
        {
            shapes[$"{tensor.Parameter}_shape"] = InputShapes[tensor.Start].ToJson();
        }

        return new JsonObject { ["shapes_dict"] = shapes };
    }

    /// <inheritdoc/>
    protected sealed override void Build(IReadOnlyList<Shape> inputShapes) => Build(inputShapes, ArgumentsFor(inputShapes.Count));

    /// <inheritdoc/>
    protected sealed override Tensor[] Call(Tensor[] inputs, CallContext context) => Call(inputs, ArgumentsFor(inputs.Length), context);

    private protected sealed override void Build(IReadOnlyList<Shape> inputShapes, CallArguments arguments)
    {
        (Shape query, Shape value, Shape? key) = Roles(inputShapes, arguments);
        ComputeOutputShapes(inputShapes, arguments);
        BuildProjections(query, value, key ?? value);
    }

    private protected abstract Shape OutputShapeFor(Shape query, Shape value);

    private protected abstract Shape ScoresShape(Shape query, Shape key);

    private protected abstract void BuildProjections(Shape query, Shape value, Shape key);

    private protected static bool WantsScores(CallArguments arguments) => Flag(arguments, "return_attention_scores");

    private protected static bool IsCausal(CallArguments arguments) => Flag(arguments, "use_causal_mask");

    /// <summary>Which sources each target may attend to, as booleans; null for all.</summary>
    private protected Tensor? Mask(Tensor query, Tensor value, Tensor? queryMask, Tensor? valueMask, Tensor? keyMask, Tensor? attentionMask,
        bool causal)
    {
        Tensor? mask = attentionMask?.to(ScalarType.Bool);
        (long targets, long sources) = (query.shape[1], value.shape[1]);
        And(queryMask?.to(ScalarType.Bool).unsqueeze(-1));
        And(valueMask?.to(ScalarType.Bool).unsqueeze(-2));
        And(keyMask?.to(ScalarType.Bool).unsqueeze(-2));
        if (causal)
        {
            And(ones(targets, sources, ScalarType.Bool, query.device).tril().unsqueeze(0));
        }

        if (Settings.SlidingWindow is { } window)
        {
            And(ones(targets, sources, ScalarType.Bool, query.device).tril(window - 1).triu(1 - window).unsqueeze(0));
        }

        return mask;

        void And(Tensor? other)
        {
            if (other is not null)
            {
                mask = mask is null ? other : mask.logical_and(other);
            }
        }
    }

    /// <summary>
    /// Attention of <c>[batch, positions, heads, size]</c>: short sequences by <see cref="AttentionPass"/>, others with libtorch's fused
    /// kernel, which keeps no scores.
    /// </summary>
    /// <remarks>
    /// A fully masked target, such as a padded one, weights all sources equally. The kernel's gradient uses the weight 1 for each of them
    /// instead, because the logarithm of their number is lost in the large value added to the scores. Such rows are therefore computed step
    /// by step.
    /// </remarks>
    private protected static Tensor Attend(Tensor query, Tensor key, Tensor value, Tensor? mask, bool causal)
    {
        if (mask is null && AttentionPass.Fits(query, key, value))
        {
            return AttentionPass.Run(query, key, value, causal);
        }

        (Tensor q, Tensor k, Tensor v) = (query.transpose(1, 2), key.transpose(1, 2), value.transpose(1, 2));
        if (mask is null)
        {
            return nn.functional.scaled_dot_product_attention(q, k, v, is_casual: causal).transpose(1, 2);
        }

        Tensor added = where(WithHeads(mask, 1, 4), tensor(0f, query.dtype, query.device),
            tensor(query.dtype == ScalarType.Float16 ? Unseen(query) : Drowned, query.dtype, query.device));
        Tensor mixed = mask.any(-1).all().item<bool>()
            ? nn.functional.scaled_dot_product_attention(q, k, v, added)
            : ((q * Held((float)(1 / Math.Sqrt(q.shape[^1])))).MatrixProduct(k.transpose(-1, -2)).Plus(added)).softmax(-1).MatrixProduct(v);
        return mixed.transpose(1, 2);
    }

    /// <summary>The attention weights: 0 where masked, even if the whole row is masked.</summary>
    private protected static Tensor Shares(Tensor scores, Tensor? mask, int attendedAxes)
    {
        if (mask is null)
        {
            return Normalised(scores);
        }

        Tensor seen = WithHeads(mask, attendedAxes, (int)scores.dim());
        Tensor shares = Normalised(where(seen, scores, tensor(Unseen(scores), scores.dtype, scores.device)));
        return where(seen, shares, tensor(0f, scores.dtype, scores.device));

        // Several axes are reduced as one combined axis.
        Tensor Normalised(Tensor x) => attendedAxes == 1 ? x.softmax(-1) : x.flatten(-attendedAxes).softmax(-1).reshape(x.shape);
    }

    // As in Keras' Softmax layer: finite in float16 too, because a row of infinities has no softmax.
    private static float Unseen(Tensor scores) => scores.dtype == ScalarType.Float16 ? -3e4f : -1e9f;

    private protected Tensor Drop(Tensor shares, CallContext context) =>
        context.Training ? Dropout.Drop(shares, null, Settings.Dropout, context) : shares;

    // A mask of targets and sources is expanded by leading axes: heads, then missing batch axes.
    private static Tensor WithHeads(Tensor mask, int attendedAxes, int rank)
    {
        while (mask.dim() < rank)
        {
            mask = mask.unsqueeze(Math.Max(-(attendedAxes * 2) - 1, -(int)mask.dim() - 1));
        }

        return mask;
    }

    private static bool Flag(CallArguments arguments, string keyword) =>
        arguments.Values[keyword] is JsonValue value && value.TryGetValue(out bool flag) && flag;

    private static IEnumerable<T> Given<T>(T query, T value, T? key, T? mask)
        where T : class
    {
        yield return query;
        yield return value;
        if (key is not null)
        {
            yield return key;
        }

        if (mask is not null)
        {
            yield return mask;
        }
    }

    private static CallArguments Arguments(bool key, bool mask, bool causal, bool scores)
    {
        List<string> names = ["query", "value"];
        if (key)
        {
            names.Add("key");
        }

        if (mask)
        {
            names.Add("attention_mask");
        }

        var values = new JsonObject();
        if (causal)
        {
            values["use_causal_mask"] = true;
        }

        if (scores)
        {
            values["return_attention_scores"] = true;
        }

        return new CallArguments(names.Select((name, i) => new CallArguments.TensorArgument(name, i, 1, IsList: false)), values);
    }

    private (Shape Query, Shape Value, Shape? Key) Roles(IReadOnlyList<Shape> shapes, CallArguments arguments)
    {
        if (arguments.Range("query") is not { } query || arguments.Range("value") is not { } value)
        {
            throw new ArgumentException($"{ClassName} '{Name}' takes a query, a value and optionally a key; got {Shape.Describe(shapes)}.");
        }

        (Shape q, Shape v, Shape? k) =
            (shapes[query.Start], shapes[value.Start], arguments.Range("key") is { } key ? shapes[key.Start] : null);
        if (q.Rank < 3 || v.Rank != q.Rank || (k ?? v).Rank != q.Rank)
        {
            throw new ArgumentException(
                $"{ClassName} '{Name}' takes a query and a value of shape (batch, positions, features); got {Shape.Describe(shapes)}.");
        }

        return (q, v, k);
    }

    private static Shape Middle(Shape shape) => shape[1..^1];

    private static bool SameFeatures(Shape built, Shape now) => built.Rank == now.Rank && built[^1] == now[^1];
}
