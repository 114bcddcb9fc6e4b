using System.Text.Json.Nodes;
using Cairn.Initializers;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Dot-product attention without projections. Keras: <c>layers.Attention</c> (Luong et al., 2015).</summary>
/// <remarks>
/// Query <c>[batch, targets, features]</c>, value <c>[batch, sources, …]</c>, key <c>[batch, sources, features]</c>; the output is
/// <c>softmax(query · keyᵀ) · value</c>. The query's mask zeroes masked outputs and is passed on; the value's mask hides sources.
/// </remarks>
public class Attention : MultiInputLayer
{
    private readonly bool useScale;
    private readonly string scoreMode;
    private readonly double dropout;
    private readonly long? seed;
    private Variable? scale;
    private Variable? concatWeight;

    /// <summary>Creates an attention layer.</summary>
    /// <param name="useScale">Whether to learn a scalar that multiplies the scores; false by default.</param>
    /// <param name="scoreMode"><c>"dot"</c> (default): query · key; <c>"concat"</c>: a weight times the sum of tanh(query + key).</param>
    /// <param name="dropout">Fraction of the scores to drop in training, 0 to 1; 0 by default.</param>
    /// <param name="seed">Kept for compatibility with Keras files; random numbers derive from the run's seed.</param>
    /// <param name="name">Unique name, or null for <c>attention</c>, <c>attention_1</c>, …</param>
    /// <exception cref="ArgumentException">The mode is unknown, or the rate is outside [0, 1].</exception>
    public Attention(bool useScale = false, string scoreMode = "dot", double dropout = 0, long? seed = null, string? name = null)
        : base(name)
    {
        if (scoreMode is not ("dot" or "concat"))
        {
            throw new ArgumentException($"scoreMode must be 'dot' or 'concat'; got '{scoreMode}'.", nameof(scoreMode));
        }

        if (dropout is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(dropout), dropout, "A dropout rate must be between 0 and 1.");
        }

        this.useScale = useScale;
        this.scoreMode = scoreMode;
        this.dropout = dropout;
        this.seed = seed;
    }

    /// <inheritdoc/>
    public sealed override bool SupportsMasking => true;

    internal sealed override IReadOnlyList<string> CallParameters => ["inputs", "mask"];

    private protected bool UseScale => useScale;

    private protected Tensor? Scale => scale?.Value;

    /// <summary>Applies the layer in a functional model. Keras: <c>layer([query, value, key], mask=[…], use_causal_mask=…)</c>.</summary>
    /// <param name="query">The query, <c>[batch, targets, features]</c>.</param>
    /// <param name="value">The value, <c>[batch, sources, …]</c>.</param>
    /// <param name="key">The key, <c>[batch, sources, features]</c>; the value by default.</param>
    /// <param name="useCausalMask">Whether each target attends only to sources at its own and earlier positions; false by default.</param>
    /// <returns>The attention output.</returns>
    /// <exception cref="ArgumentException">The shapes are incompatible.</exception>
    public KerasTensor Apply(KerasTensor query, KerasTensor value, KerasTensor? key = null, bool useCausalMask = false) =>
        Record([query, value, .. key is null ? [] : new[] { key }], Arguments(key is null ? 2 : 3, 0, useCausalMask, scores: false))[0];

    /// <summary>Applies the layer and also returns the attention scores. Keras: <c>return_attention_scores=True</c>.</summary>
    /// <param name="query">The query.</param>
    /// <param name="value">The value.</param>
    /// <param name="key">The key; the value by default.</param>
    /// <param name="useCausalMask">Whether each target attends only to sources at its own and earlier positions; false by default.</param>
    /// <returns>The attention output, and the attention scores <c>[batch, targets, sources]</c>.</returns>
    /// <exception cref="ArgumentException">The shapes are incompatible.</exception>
    public (KerasTensor Output, KerasTensor Scores) ApplyWithScores(KerasTensor query, KerasTensor value, KerasTensor? key = null,
        bool useCausalMask = false)
    {
        IReadOnlyList<KerasTensor> outputs = Record(
            [query, value, .. key is null ? [] : new[] { key }], Arguments(key is null ? 2 : 3, 0, useCausalMask, scores: true));
        return (outputs[0], outputs[1]);
    }

    /// <summary>Calls the layer on a tensor, from within the function of another layer or model.</summary>
    /// <param name="query">The query.</param>
    /// <param name="value">The value.</param>
    /// <param name="context">The context that was passed to the caller.</param>
    /// <param name="key">The key; the value by default.</param>
    /// <param name="useCausalMask">Whether each target attends only to sources at its own and earlier positions; false by default.</param>
    /// <returns>The attention output.</returns>
    public Tensor Apply(Tensor query, Tensor value, CallContext context, Tensor? key = null, bool useCausalMask = false) =>
        Compute([query, value, .. key is null ? [] : new[] { key }], Arguments(key is null ? 2 : 3, 0, useCausalMask, scores: false),
        context)[0];

    /// <summary>Applies the layer and also returns the attention scores.</summary>
    /// <param name="query">The query.</param>
    /// <param name="value">The value.</param>
    /// <param name="context">The context that was passed to the caller.</param>
    /// <param name="key">The key; the value by default.</param>
    /// <param name="useCausalMask">Whether each target attends only to sources at its own and earlier positions; false by default.</param>
    /// <returns>The attention output, and the attention scores <c>[batch, targets, sources]</c>.</returns>
    public (Tensor Output, Tensor Scores) ApplyWithScores(Tensor query, Tensor value, CallContext context, Tensor? key = null,
        bool useCausalMask = false)
    {
        Tensor[] outputs = Compute(
            [query, value, .. key is null ? [] : new[] { key }], Arguments(key is null ? 2 : 3, 0, useCausalMask, scores: true), context);
        return (outputs[0], outputs[1]);
    }

    /// <inheritdoc/>
    public sealed override IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        return ComputeOutputShapes(inputShapes, CallArguments.List(inputShapes.Count));
    }

    internal static Attention FromConfig(ConfigReader config) => new(
        config.Bool("use_scale", false),
        config.Choice("score_mode", "dot", "dot", "concat"),
        config.Double("dropout", 0),
        config.OptionalLong("seed"),
        config.OptionalString("name"));

    internal sealed override IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes, CallArguments arguments)
    {
        int count = arguments.Range("inputs")?.Count ?? 0;
        if (count is not (2 or 3) || inputShapes.Take(count).Any(s => s.Rank < 2))
        {
            throw new ArgumentException(
                $"{ClassName} '{Name}' takes [query, value] or [query, value, key], each (batch, positions, features); got "
                + $"{Shape.Describe(inputShapes)}.");
        }

        Shape query = inputShapes[0];
        Shape key = inputShapes[count - 1];
        if (query[^1] != key[^1] && query[^1] != Shape.None && key[^1] != Shape.None)
        {
            throw new ArgumentException(
                $"{ClassName} '{Name}' takes a query and a key with the same number of features; got {query} and {key}.");
        }

        Shape output = [.. query[..^1], inputShapes[1][^1]];
        return WantsScores(arguments) ? [output, [.. query[..^1], key[^2]]] : [output];
    }

    /// <inheritdoc/>
    protected sealed override Tensor[] Call(Tensor[] inputs, CallContext context) =>
        Call(inputs, CallArguments.List(inputs.Length), context);

    /// <inheritdoc/>
    protected override void Build(IReadOnlyList<Shape> inputShapes)
    {
        if (useScale)
        {
            scale = AddWeight("scale", [], Initializer.Ones);
        }

        if (scoreMode == "concat")
        {
            concatWeight = AddWeight("concat_score_weight", [], Initializer.Ones);
        }
    }

    private protected sealed override Tensor[] Call(Tensor[] inputs, CallArguments arguments, CallContext context)
    {
        Tensor[] given = arguments.FindList("inputs", inputs);
        Tensor[] masks = arguments.FindList("mask", inputs);
        (Tensor query, Tensor value, Tensor key) = (given[0], given[1], given[^1]);
        Tensor? queryMask = masks.Length > 0 ? masks[0] : context.MaskOf(query);
        Tensor? seen = masks.Length > 1 ? masks[1] : context.MaskOf(value);
        queryMask = queryMask?.to(ScalarType.Bool);
        seen = seen?.to(ScalarType.Bool).unsqueeze(-2);

        Tensor scores = Scores(query, key);
        if (arguments.Values["use_causal_mask"] is JsonValue flag && flag.TryGetValue(out bool causal) && causal)
        {
            Tensor earlier = ones(scores.shape[^2], scores.shape[^1], ScalarType.Bool, scores.device).tril().unsqueeze(0);
            seen = seen is null ? earlier : seen.logical_and(earlier);
        }

        if (seen is not null)
        {
            // As in Keras: 65504 is the largest number of float16.
            scores = where(seen, scores, scores - Held(scores.dtype == ScalarType.Float16 ? 65504f : 1e9f));
        }

        Tensor shares = scores.softmax(-1);
        Tensor mixed = (context.Training ? Dropout.Drop(shares, null, dropout, context) : shares).MatrixProduct(value);
        if (queryMask is not null)
        {
            mixed = where(queryMask.unsqueeze(-1), mixed, tensor(0f, mixed.dtype, mixed.device));
        }

        if (masks.Length > 0)
        {
            context.SetMask(mixed, queryMask);
        }

        return WantsScores(arguments) ? [mixed, shares] : [mixed];
    }

    /// <summary>The attention scores before the softmax, <c>[batch, targets, sources]</c>.</summary>
    private protected virtual Tensor Scores(Tensor query, Tensor key)
    {
        if (scoreMode == "dot")
        {
            Tensor products = query.MatrixProduct(key.transpose(-2, -1));
            return scale is null ? products : products * scale.Value;
        }

        Tensor sum = query.unsqueeze(-2).Plus(key.unsqueeze(-3));
        return concatWeight!.Value * (scale is null ? sum : scale.Value * sum).tanh().sum(-1);
    }

    /// <summary>Creates the weight that scales the scores.</summary>
    private protected void AddScale(Shape shape, Initializer initializer) => scale = AddWeight("scale", shape, initializer);

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["use_scale"] = useScale;
        config["score_mode"] = scoreMode;
        config["dropout"] = dropout;
        config["seed"] = seed;
    }

    private static bool WantsScores(CallArguments arguments) =>
        arguments.Values["return_attention_scores"] is JsonValue value && value.TryGetValue(out bool flag) && flag;

    private static CallArguments Arguments(int inputs, int masks, bool causal, bool scores)
    {
        var values = new JsonObject();
        if (scores)
        {
            values["return_attention_scores"] = true;
        }

        if (causal)
        {
            values["use_causal_mask"] = true;
        }

        List<CallArguments.TensorArgument> tensors = [new("inputs", 0, inputs, IsList: true)];
        if (masks > 0)
        {
            tensors.Add(new("mask", inputs, masks, IsList: true));
        }

        return new CallArguments(tensors, values);
    }
}
