using System.Text.Json.Nodes;
using Cairn.Constraints;
using Cairn.Initializers;
using Cairn.Regularizers;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// Attention whose heads share keys and values in groups. Keras: <c>layers.GroupQueryAttention</c> (Ainslie et al., 2023).
/// </summary>
/// <remarks>
/// The query's kernel is <c>[features, query heads, size]</c>, those of key and value <c>[features, key heads, size]</c>; each of these
/// heads is shared by <c>query heads / key heads</c> heads of the query. With one key head this is multi-query attention.
/// </remarks>
public sealed class GroupQueryAttention : ProjectedAttention
{
    private EinsumDense? query;
    private EinsumDense? key;
    private EinsumDense? gate;
    private EinsumDense? value;
    private EinsumDense? output;

    /// <summary>Creates an attention layer.</summary>
    /// <param name="headDim">Size of each head, 1 or more.</param>
    /// <param name="numQueryHeads">Number of query heads, a multiple of <paramref name="numKeyValueHeads"/>.</param>
    /// <param name="numKeyValueHeads">Number of key and value heads, 1 or more.</param>
    /// <param name="dropout">Fraction of the scores to drop in training, 0 to 1; 0 by default.</param>
    /// <param name="useBias">Whether the projections have biases; true by default.</param>
    /// <param name="slidingWindow">Each target attends only to sources less than this many positions away; all by default.</param>
    /// <param name="kernelInitializer">Initializer of the kernels; <c>glorot_uniform</c> by default.</param>
    /// <param name="biasInitializer">Initializer of the biases; <c>zeros</c> by default.</param>
    /// <param name="kernelRegularizer">Regularizer of the kernels; none by default.</param>
    /// <param name="biasRegularizer">Regularizer of the biases; none by default.</param>
    /// <param name="activityRegularizer">Regularizer of the output and of every projection, divided by the batch size; none by
    /// default.</param>
    /// <param name="kernelConstraint">Constraint on the kernels, applied after each step; none by default.</param>
    /// <param name="biasConstraint">Constraint on the biases, applied after each step; none by default.</param>
    /// <param name="useGate">Whether to multiply the result by the sigmoid of another projection of the query; false by default.</param>
    /// <param name="seed">Kept for compatibility with Keras files; random numbers derive from the run's seed.</param>
    /// <param name="name">Unique name, or null for <c>grouped_query_attention</c>, …</param>
    /// <exception cref="ArgumentException">A size is below 1, the rate is outside [0, 1], or the query heads are not a multiple of the key
    /// heads.</exception>
    public GroupQueryAttention(
        int headDim,
        int numQueryHeads,
        int numKeyValueHeads,
        double dropout = 0,
        bool useBias = true,
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
            headDim, numQueryHeads, numKeyValueHeads,
            new AttentionSettings(
                dropout, useBias, useGate, slidingWindow, kernelInitializer, biasInitializer, kernelRegularizer, biasRegularizer,
                activityRegularizer,
                kernelConstraint, biasConstraint, seed),
            name)
    {
    }

    private GroupQueryAttention(int headDim, int numQueryHeads, int numKeyValueHeads, AttentionSettings settings, string? name)
        : base(settings, name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(headDim, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(numKeyValueHeads, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(numQueryHeads, 1);
        if (numQueryHeads % numKeyValueHeads != 0)
        {
            throw new ArgumentException(
                $"numQueryHeads must be a multiple of numKeyValueHeads; got {numQueryHeads} and "
                + $"{numKeyValueHeads}.", nameof(numQueryHeads));
        }

        HeadDim = headDim;
        NumQueryHeads = numQueryHeads;
        NumKeyValueHeads = numKeyValueHeads;
        ActivityRegularizer = settings.ActivityRegularizer;
    }

    /// <summary>Size of each head.</summary>
    public int HeadDim { get; }

    /// <summary>Number of query heads.</summary>
    public int NumQueryHeads { get; }

    /// <summary>Number of key and value heads.</summary>
    public int NumKeyValueHeads { get; }

    internal static GroupQueryAttention FromConfig(ConfigReader config) => new(
        config.Int("head_dim"), config.Int("num_query_heads"), config.Int("num_key_value_heads"), AttentionSettings.Read(config),
        config.OptionalString("name"));

    private protected override Shape OutputShapeFor(Shape query, Shape value) => query.Rank == 3 && query[^1] == value[^1]
        ? query
        : throw new ArgumentException(
            $"{ClassName} '{Name}' takes a query and a value of shape (batch, positions, features) with the same number of features; got "
            + $"{query} and {value}.");

    private protected override Shape ScoresShape(Shape query, Shape key) => [query[0], NumQueryHeads, query[1], key[1]];

    private protected override void BuildProjections(Shape query, Shape value, Shape key)
    {
        this.query = Add("query", "_query_dense", "bqm,muh->bquh", "uh", NumQueryHeads, query);
        this.key = Add("key", "_key_dense", "bkm,mvh->bkvh", "vh", NumKeyValueHeads, key);
        if (Settings.UseGate)
        {
            gate = Add("gate", "_gate_dense", "bqm,muh->bquh", "uh", NumQueryHeads, query, "sigmoid");
        }

        this.value = Add("value", "_value_dense", "bkm,mvh->bkvh", "vh", NumKeyValueHeads, value);
        output = AddSublayer(Settings.Project("attention_output", "bquh,uhm->bqm", "m", [Shape.None, query[^1]]), "_output_dense");
        BuildSublayer(output, [Shape.None, Shape.None, NumQueryHeads, HeadDim]);
    }

    private protected override Tensor[] Call(Tensor[] inputs, CallArguments arguments, CallContext context)
    {
        Tensor asked = arguments.Find("query", inputs)!;
        Tensor answers = arguments.Find("value", inputs)!;
        Tensor compared = arguments.Find("key", inputs) ?? answers;
        bool causal = IsCausal(arguments);
        bool scored = WantsScores(arguments);
        Tensor? mask = Mask(
            asked,
            answers,
            arguments.Find("query_mask", inputs) ?? context.MaskOf(asked),
            arguments.Find("value_mask", inputs) ?? context.MaskOf(answers),
            arguments.Find("key_mask", inputs) ?? (arguments.Range("key") is null ? null : context.MaskOf(compared)),
            arguments.Find("attention_mask", inputs),
            causal);

        Tensor? opened = gate?.Apply(asked, context);
        Tensor q = query!.Apply(asked, context);
        long repeats = NumQueryHeads / NumKeyValueHeads;
        Tensor k = key!.Apply(compared, context).repeat_interleave(repeats, 2);
        Tensor v = value!.Apply(answers, context).repeat_interleave(repeats, 2);

        Tensor? shares = null;
        Tensor mixed;
        if (Settings.Dropout == 0 && !scored)
        {
            mixed = Attend(q, k, v, mask, causal: false);
        }
        else
        {
            shares = Shares(einsum("bquh,bkuh->buqk", q * Held((float)(1 / Math.Sqrt(HeadDim))), k), mask, attendedAxes: 1);
            mixed = einsum("buqk,bkuh->bquh", Drop(shares, context), v);
        }

        Tensor y = output!.Apply(opened is null ? mixed : mixed * opened, context);
        return scored ? [y, shares!] : [y];
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["head_dim"] = HeadDim;
        config["num_query_heads"] = NumQueryHeads;
        config["num_key_value_heads"] = NumKeyValueHeads;
        config["use_bias"] = Settings.UseBias;
        config["use_gate"] = Settings.UseGate;
        config["sliding_window"] = Settings.SlidingWindow;
        config["dropout"] = Settings.Dropout;
        Settings.WriteRest(config);
    }

    private EinsumDense Add(string name, string attribute, string equation, string biasAxes, int heads, Shape shape,
        Activations.ActivationFunction? activation = null)
    {
        EinsumDense projection =
            AddSublayer(Settings.Project(name, equation, biasAxes, [Shape.None, heads, HeadDim], activation), attribute);
        BuildSublayer(projection, shape);
        return projection;
    }
}
