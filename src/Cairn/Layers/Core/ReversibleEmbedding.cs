using System.Text.Json.Nodes;
using Cairn.Constraints;
using Cairn.Initializers;
using Cairn.Regularizers;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// An <see cref="Embedding"/> that can also project vectors back to one logit per integer, as in the output layer of language models.
/// Keras: <c>layers.ReversibleEmbedding</c>.
/// </summary>
/// <remarks>
/// The forward direction is that of <see cref="Embedding"/>. The reverse direction (<see cref="ApplyReverse"/>): input
/// <c>[batch, ..., outputDim]</c>, output <c>[batch, ..., inputDim]</c>, the product with the transposed embeddings, or with the weight
/// reverse_embeddings <c>[outputDim, inputDim]</c>.
/// </remarks>
public sealed class ReversibleEmbedding : Embedding
{
    private const string Reverse = "reverse";

    private readonly bool tieWeights;
    private readonly string? reverseDtype;
    private readonly double? logitSoftCap;
    private Variable? reverseEmbeddings;

    /// <summary>Creates an embedding layer.</summary>
    /// <param name="inputDim">Number of vectors, 1 or more: the largest input value plus 1.</param>
    /// <param name="outputDim">Size of each vector, 1 or more.</param>
    /// <param name="tieWeights">Whether the reverse projection uses the same weights; true by default.</param>
    /// <param name="embeddingsInitializer">Initializer of the vectors; <c>uniform</c> over ±0.05 by default.</param>
    /// <param name="embeddingsRegularizer">Regularizer of the vectors; none by default.</param>
    /// <param name="embeddingsConstraint">Constraint on the vectors, applied after each step; none by default.</param>
    /// <param name="maskZero">Whether 0 is a padding value that later layers mask out; false by default.</param>
    /// <param name="reverseDtype">Kept for compatibility with Keras files; the reverse projection is computed in float32.</param>
    /// <param name="logitSoftCap">Soft cap c of the logits, <c>c · tanh(x / c)</c>; null (default) for none.</param>
    /// <param name="name">Unique name, or null for <c>reversible_embedding</c>, <c>reversible_embedding_1</c>, …</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public ReversibleEmbedding(
        int inputDim,
        int outputDim,
        bool tieWeights = true,
        Initializer? embeddingsInitializer = null,
        Regularizer? embeddingsRegularizer = null,
        Constraint? embeddingsConstraint = null,
        bool maskZero = false,
        string? reverseDtype = null,
        double? logitSoftCap = null,
        string? name = null)
        : base(inputDim, outputDim, embeddingsInitializer, embeddingsRegularizer, embeddingsConstraint, maskZero, name)
    {
        this.tieWeights = tieWeights;
        this.reverseDtype = reverseDtype;
        this.logitSoftCap = logitSoftCap;
    }

    internal override IReadOnlyList<string> CallParameters => ["inputs", Reverse];

    // The direction is a call argument, which only the overload of Call for several outputs receives.
    internal override bool HasSeveralOutputs => true;

    /// <summary>Applies the reverse projection in a functional model. Keras: <c>layer(x, reverse=True)</c>.</summary>
    /// <param name="input">The vectors, <c>[batch, ..., outputDim]</c>.</param>
    /// <returns>The logits, <c>[batch, ..., inputDim]</c>.</returns>
    /// <exception cref="ArgumentException">The vectors have the wrong size.</exception>
    public KerasTensor ApplyReverse(KerasTensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Record([input], new CallArguments(CallArguments.One.Tensors, new JsonObject { [Reverse] = true }))[0];
    }

    internal static new ReversibleEmbedding FromConfig(ConfigReader config)
    {
        config.RefuseUnlessNull("activity_regularizer", "quantization_config");
        var layer = new ReversibleEmbedding(
            config.Int("input_dim"),
            config.Int("output_dim"),
            config.Bool("tie_weights", true),
            LayerRegistry.Initializer(config, "embeddings_initializer", "uniform"),
            LayerRegistry.Regularizer(config, "embeddings_regularizer"),
            LayerRegistry.Constraint(config, "embeddings_constraint"),
            config.Bool("mask_zero", false),
            config.OptionalString("reverse_dtype"),
            config.OptionalDouble("logit_soft_cap"),
            config.OptionalString("name"));
        layer.TakeLora(config);
        return layer;
    }

    internal override IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes, CallArguments arguments)
    {
        if (!IsReverse(arguments))
        {
            return ComputeOutputShapes(inputShapes);
        }

        return AgreeInLastAxis(inputShapes[0], [OutputDim])
            ? [[.. inputShapes[0][..^1], InputDim]]
            : throw UnfitInput(inputShapes[0], $"vectors of size {OutputDim} in reverse");
    }

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        base.Build(inputShape);
        if (!tieWeights)
        {
            reverseEmbeddings = AddWeight("reverse_embeddings", [OutputDim, InputDim], EmbeddingsInitializer);
        }
    }

    private protected override Tensor[] Call(Tensor[] inputs, CallArguments arguments, CallContext context)
    {
        if (IsReverse(arguments))
        {
            Tensor logits = inputs[0].MatrixProduct(reverseEmbeddings?.Value ?? (Lora?.Merged() ?? Vectors!.Value).transpose(0, 1));
            return [logitSoftCap is { } cap ? (logits / Held(cap)).tanh() * Held(cap) : logits];
        }

        Tensor y = Call(inputs[0], context);
        context.SetMask(y, ComputeMask(inputs[0], null));
        return [y];
    }

    // The mask is set where the direction of the call is known.
    private protected override void PropagateMasks(Tensor[] inputs, Tensor[] outputs, CallContext context)
    {
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        base.WriteConfig(config);
        config["tie_weights"] = tieWeights;
        config["reverse_dtype"] = reverseDtype;
        config["logit_soft_cap"] = logitSoftCap;
    }

    private static bool IsReverse(CallArguments arguments) =>
        arguments.Values[Reverse] is JsonValue value && value.TryGetValue(out bool reverse) && reverse;
}
