using System.Text.Json.Nodes;
using Cairn.Constraints;
using Cairn.Initializers;
using Cairn.Regularizers;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Multi-head attention. Keras: <c>layers.MultiHeadAttention</c> (Vaswani et al., 2017).</summary>
/// <remarks>
/// <code>KerasTensor y = new MultiHeadAttention(numHeads: 8, keyDim: 64).Apply(x, x, useCausalMask: true);</code>
/// Kernels of query, key and value are <c>[features, heads, size]</c>, their biases <c>[heads, size]</c>; the output's kernel is
/// <c>[heads, value size, output features]</c>. The query's mask hides targets and is passed on; those of value and key hide sources. As in
/// Keras, the call removes the masks from its inputs, so layers that use these inputs later see no mask.
/// </remarks>
public sealed class MultiHeadAttention : ProjectedAttention
{
    private readonly int valueDim;
    private readonly Shape? outputSizes;
    private int[]? attentionAxes;
    private EinsumDense? query;
    private EinsumDense? key;
    private EinsumDense? gate;
    private EinsumDense? value;
    private EinsumDense? output;
    private AttentionEquations? equations;

    /// <summary>Creates an attention layer.</summary>
    /// <param name="numHeads">Number of heads, 1 or more.</param>
    /// <param name="keyDim">Size of query and key in each head, 1 or more.</param>
    /// <param name="valueDim">Size of the value in each head; <paramref name="keyDim"/> by default.</param>
    /// <param name="dropout">Fraction of the scores to drop in training, 0 to 1; 0 by default.</param>
    /// <param name="useBias">Whether the projections have biases; true by default.</param>
    /// <param name="outputShape">Sizes of the output's feature axes; the query's features by default.</param>
    /// <param name="attentionAxes">The attention axes, batch included; all but batch and features by default.</param>
    /// <param name="slidingWindow">Each target attends only to sources less than this many positions away; all by default.</param>
    /// <param name="kernelInitializer">Initializer of the kernels; <c>glorot_uniform</c> by default.</param>
    /// <param name="biasInitializer">Initializer of the biases; <c>zeros</c> by default.</param>
    /// <param name="kernelRegularizer">Regularizer of the kernels; none by default.</param>
    /// <param name="biasRegularizer">Regularizer of the biases; none by default.</param>
    /// <param name="activityRegularizer">Regularizer of the output of every projection, divided by the batch size; none by default.</param>
    /// <param name="kernelConstraint">Constraint on the kernels, applied after each step; none by default.</param>
    /// <param name="biasConstraint">Constraint on the biases, applied after each step; none by default.</param>
    /// <param name="useGate">Whether to multiply the result by the sigmoid of another projection of the query (Qiu et al., 2025); false by
    /// default.</param>
    /// <param name="seed">Kept for compatibility with Keras files; random numbers derive from the run's seed.</param>
    /// <param name="name">Unique name, or null for <c>multi_head_attention</c>, …</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1 or the rate is outside [0, 1].</exception>
    public MultiHeadAttention(
        int numHeads,
        int keyDim,
        int? valueDim = null,
        double dropout = 0,
        bool useBias = true,
        Shape? outputShape = null,
        Axes? attentionAxes = null,
        int? slidingWindow = null,
        Initializer? kernelInitializer = null,
        Initializer? biasInitializer = null,
        Regularizer? kernelRegularizer = null,
        Regularizer? biasRegularizer = null,
        Regularizer? activityRegularizer = null,
        Constraint? kernelConstraint = null,
        Constraint? biasConstraint = null,
        bool useGate = false,
        long? seed = null,
        string? name = null)
        : this(
            numHeads, keyDim, valueDim, outputShape, attentionAxes,
            new AttentionSettings(
                dropout, useBias, useGate, slidingWindow, kernelInitializer, biasInitializer, kernelRegularizer, biasRegularizer,
                activityRegularizer,
                kernelConstraint, biasConstraint, seed),
            name)
    {
    }

    private MultiHeadAttention(int numHeads, int keyDim, int? valueDim, Shape? outputShape, IReadOnlyList<int>? attentionAxes,
        AttentionSettings settings, string? name)
        : base(settings, name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(numHeads, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(keyDim, 1);
        if (valueDim is { } size)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(size, 1, nameof(valueDim));
        }

        NumHeads = numHeads;
        KeyDim = keyDim;
        this.valueDim = valueDim ?? keyDim;
        outputSizes = outputShape is { Rank: > 0 } ? outputShape : null;
        this.attentionAxes = attentionAxes is null ? null : [.. attentionAxes];
    }

    /// <summary>Number of heads.</summary>
    public int NumHeads { get; }

    /// <summary>Size of query and key in each head.</summary>
    public int KeyDim { get; }

    internal static MultiHeadAttention FromConfig(ConfigReader config) => new(
        config.Int("num_heads"),
        config.Int("key_dim"),
        config.Has("value_dim") ? config.Int("value_dim") : null,
        config.Node("output_shape") is JsonValue ? [config.Long("output_shape", least: 1)] : config.OptionalShape("output_shape"),
        config.OptionalInts("attention_axes"),
        AttentionSettings.Read(config),
        config.OptionalString("name"));

    private protected override Shape OutputShapeFor(Shape query, Shape value) =>
        outputSizes is null ? query : [.. query[..^1], .. outputSizes];

    private protected override Shape ScoresShape(Shape query, Shape key)
    {
        int[] axes = ResolvedAxes(query.Rank);
        int[] apart = [.. Enumerable.Range(0, query.Rank - 1).Where(a => !axes.Contains(a))];
        return [.. apart.Select(a => query[a]), NumHeads, .. axes.Select(a => query[a]), .. axes.Select(a => key[a])];
    }

    private protected override void BuildProjections(Shape query, Shape value, Shape key)
    {
        this.query = AddSublayer(Into("query", query, KeyDim), "query_dense");
        BuildSublayer(this.query, query);
        this.key = AddSublayer(Into("key", key, KeyDim), "key_dense");
        BuildSublayer(this.key, key);
        if (Settings.UseGate)
        {
            gate = AddSublayer(Into("gate", query, valueDim, "sigmoid"), "_gate_dense");
            BuildSublayer(gate, query);
        }

        this.value = AddSublayer(Into("value", value, valueDim), "value_dense");
        BuildSublayer(this.value, value);

        attentionAxes = ResolvedAxes(query.Rank);
        equations = new AttentionEquations(query.Rank + 1, attentionAxes);
        Shape heads = [.. query[..^1], NumHeads, valueDim];
        Shape sizes = outputSizes ?? [query[^1]];
        (string equation, string biasAxes) = AttentionEquations.Projection(query.Rank - 1, bound: 2, made: sizes.Rank);
        output = AddSublayer(
            Settings.Project("attention_output", equation, biasAxes, [.. Enumerable.Repeat(Shape.None, query.Rank - 2), .. sizes]),
            "output_dense");
        BuildSublayer(output, heads);
    }

    private protected override Tensor[] Call(Tensor[] inputs, CallArguments arguments, CallContext context)
    {
        Tensor asked = arguments.Find("query", inputs)!;
        Tensor answers = arguments.Find("value", inputs)!;
        Tensor compared = arguments.Find("key", inputs) ?? answers;
        Tensor? queryMask = context.MaskOf(asked);
        Tensor? valueMask = arguments.Find("value_mask", inputs) ?? context.MaskOf(answers);
        Tensor? keyMask = arguments.Find("key_mask", inputs) ?? (arguments.Range("key") is null ? null : context.MaskOf(compared));
        foreach (Tensor input in (Tensor[])[asked, answers, compared])
        {
            context.SetMask(input, null);
        }

        bool causal = IsCausal(arguments);
        bool scored = WantsScores(arguments);
        bool quick = Settings.Dropout == 0 && !scored && asked.dim() == 3;
        Tensor? given = arguments.Find("attention_mask", inputs);
        bool causalOnly = quick && causal && queryMask is null && valueMask is null && keyMask is null && given is null
            && Settings.SlidingWindow is null;
        Tensor? mask = causalOnly ? null : Mask(asked, answers, queryMask, valueMask, keyMask, given, causal);
        Tensor? opened = gate?.Apply(asked, context);
        Tensor q = query!.Apply(asked, context);
        Tensor k = key!.Apply(compared, context);
        Tensor v = value!.Apply(answers, context);

        Tensor? shares = null;
        Tensor mixed;
        if (quick)
        {
            mixed = Attend(q, k, v, mask, causal);
        }
        else
        {
            shares = Shares(einsum(equations!.Scores, k, q * Held((float)(1 / Math.Sqrt(KeyDim)))), mask, attentionAxes!.Length);
            mixed = einsum(equations.Mix, Drop(shares, context), v);
        }

        Tensor y = output!.Apply(opened is null ? mixed : mixed * opened, context);
        context.SetMask(y, queryMask);
        return scored ? [y, shares!] : [y];
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["num_heads"] = NumHeads;
        config["key_dim"] = KeyDim;
        config["value_dim"] = valueDim;
        config["dropout"] = Settings.Dropout;
        config["use_bias"] = Settings.UseBias;
        config["use_gate"] = Settings.UseGate;
        config["output_shape"] = outputSizes?.ToJson();
        config["attention_axes"] = attentionAxes is null ? null
            : new JsonArray([.. attentionAxes.Select(a => (JsonNode?)JsonValue.Create(a))]);
        config["sliding_window"] = Settings.SlidingWindow;
        Settings.WriteRest(config);
    }

    private EinsumDense Into(string name, Shape shape, int size, Activations.ActivationFunction? activation = null)
    {
        (string equation, string biasAxes) = AttentionEquations.Projection(shape.Rank - 1, bound: 1, made: 2);
        return Settings.Project(name, equation, biasAxes, [.. Enumerable.Repeat(Shape.None, shape.Rank - 2), NumHeads, size], activation);
    }

    private int[] ResolvedAxes(int rank)
    {
        int[] axes = attentionAxes is null ? [.. Enumerable.Range(1, rank - 2)] : [.. attentionAxes.Select(a => a < 0 ? a + rank : a)];
        return axes.All(a => a > 0 && a < rank - 1) && axes.Distinct().Count() == axes.Length && axes.Length > 0
            ? axes
            : throw new ArgumentException(
                $"MultiHeadAttention '{Name}' has attentionAxes [{string.Join(", ", axes)}]; inputs of rank {rank} allow only the axes 1 "
                + $"to {rank - 2}, between batch and features.");
    }
}
