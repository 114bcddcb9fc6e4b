using System.Text.Json.Nodes;
using Cairn.Constraints;
using Cairn.Initializers;
using Cairn.Regularizers;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Maps integers to learned vectors. Keras: <c>layers.Embedding</c>.</summary>
/// <remarks>
/// Input <c>[batch, ...]</c>, integers from 0 to inputDim - 1; output <c>[batch, ..., outputDim]</c>; weight embeddings
/// <c>[inputDim, outputDim]</c>. Fractions are truncated, and negative values index from the end, as in Keras.
/// </remarks>
public class Embedding : Layer
{
    private readonly Initializer embeddingsInitializer;
    private readonly Regularizer? embeddingsRegularizer;
    private readonly Constraint? embeddingsConstraint;

    /// <summary>Creates an embedding layer.</summary>
    /// <param name="inputDim">Number of vectors, 1 or more: the largest input value plus 1.</param>
    /// <param name="outputDim">Size of each vector, 1 or more.</param>
    /// <param name="embeddingsInitializer">Initializer of the vectors; <c>uniform</c> over ±0.05 by default.</param>
    /// <param name="embeddingsRegularizer">Regularizer of the vectors; none by default.</param>
    /// <param name="embeddingsConstraint">Constraint on the vectors, applied after each step; none by default.</param>
    /// <param name="maskZero">Whether 0 is a padding value that later layers mask out; false by default.</param>
    /// <param name="name">Unique name, or null for <c>embedding</c>, <c>embedding_1</c>, …</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public Embedding(
        int inputDim,
        int outputDim,
        Initializer? embeddingsInitializer = null,
        Regularizer? embeddingsRegularizer = null,
        Constraint? embeddingsConstraint = null,
        bool maskZero = false,
        string? name = null)
        : base(name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputDim, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputDim, 1);
        InputDim = inputDim;
        OutputDim = outputDim;
        MaskZero = maskZero;
        this.embeddingsInitializer = embeddingsInitializer ?? "uniform";
        this.embeddingsRegularizer = embeddingsRegularizer;
        this.embeddingsConstraint = embeddingsConstraint;
    }

    /// <summary>The vectors, <c>[inputDim, outputDim]</c>; null before the layer is built.</summary>
    internal Variable? Vectors { get; private set; }

    /// <summary>The initializer of the vectors.</summary>
    private protected Initializer EmbeddingsInitializer => embeddingsInitializer;

    /// <summary>Number of vectors.</summary>
    public int InputDim { get; }

    /// <summary>Size of each vector.</summary>
    public int OutputDim { get; }

    /// <summary>Whether 0 is a padding value that later layers mask out.</summary>
    public bool MaskZero { get; }

    private protected override bool CastsInputs => false;

    /// <inheritdoc/>
    public override bool SupportsMasking => MaskZero;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => [.. inputShape, OutputDim];

    /// <summary>The rank of the layer's LoRA, or null.</summary>
    public int? LoraRank => LoraSettings?.Rank;

    /// <summary>The scale of the layer's LoRA, or null: the product of its factors is multiplied by <c>alpha / rank</c>.</summary>
    public double? LoraAlpha => LoraSettings?.Alpha;

    /// <summary>
    /// Adds a low-rank adaptation (LoRA): instead of the vectors, two small matrices are trained, whose product is added to the vectors.
    /// Keras: <c>enable_lora</c>.
    /// </summary>
    /// <remarks>
    /// Call it before <c>Compile</c>. Unlike Keras, it can also be called before the layer is built. Saving as <c>.keras</c> or
    /// <c>.weights.h5</c> merges the product into the vectors, as Keras does; after loading, the adaptation starts again at zero. A layer
    /// that Keras quantized keeps its quantized vectors; saving quantizes them again with the product.
    /// </remarks>
    /// <param name="rank">The number of columns of the first and rows of the second matrix, 1 or more.</param>
    /// <param name="loraAlpha">The product is multiplied by <c>loraAlpha / rank</c>; the rank by default.</param>
    /// <param name="aInitializer">Initializer of the first matrix; <c>he_uniform</c> by default.</param>
    /// <param name="bInitializer">
    /// Initializer of the second matrix; <c>zeros</c> by default, so that the output does not change at first.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rank"/> is below 1.</exception>
    /// <exception cref="InvalidOperationException">The layer has LoRA already, or a constraint on the vectors.</exception>
    public void EnableLora(
        int rank, double? loraAlpha = null, Initializer? aInitializer = null, Initializer? bInitializer = null) =>
        AddLora(Vectors ?? Quantized?.Values, new LoraSettings(rank, loraAlpha, aInitializer, bInitializer));

    internal static Embedding FromConfig(ConfigReader config)
    {
        config.RefuseUnlessNull("activity_regularizer");
        var layer = new Embedding(
            config.Int("input_dim"),
            config.Int("output_dim"),
            LayerRegistry.Initializer(config, "embeddings_initializer", "uniform"),
            LayerRegistry.Regularizer(config, "embeddings_regularizer"),
            LayerRegistry.Constraint(config, "embeddings_constraint"),
            config.Bool("mask_zero", false),
            config.OptionalString("name"));
        layer.TakeQuantization(config);
        layer.TakeLora(config);
        return layer;
    }

    private protected override bool MakesMasks => MaskZero;

    /// <inheritdoc/>
    protected override Tensor? ComputeMask(Tensor x, Tensor? mask)
    {
        ArgumentNullException.ThrowIfNull(x);
        return MaskZero ? x.ne(Held(0)) : null;
    }

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        if (IsQuantized)
        {
            AddQuantized("embeddings", [InputDim, OutputDim],
                new QuantizedLayout(InputDim, OutputDim, 1, [1], scale => scale.unsqueeze(-1)), [InputDim], embeddingsRegularizer,
                embeddingsConstraint);
            AddWantedLora(Quantized!.Values);
            return;
        }

        Vectors = AddWeight(
            "embeddings", [InputDim, OutputDim], embeddingsInitializer, regularizer: embeddingsRegularizer,
            constraint: embeddingsConstraint);
        AddWantedLora(Vectors);
    }

    private protected override bool CanTakeAgain(Shape earlier, Shape now) => true;

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(x);
        Tensor places = x.to(ScalarType.Int64).flatten();
        if (places.NumberOfElements > 0)
        {
            long least = places.min().item<long>();
            long most = places.max().item<long>();
            if (least < -InputDim || most >= InputDim)
            {
                throw new ArgumentException(
                    $"Embedding '{Name}' takes integers from 0 to {InputDim - 1} (inputDim is {InputDim}); got "
                    + $"{(most >= InputDim ? most : least)}.");
            }

            if (least < 0)
            {
                places = places.remainder(Held(InputDim));
            }
        }

        Tensor vectors = Quantized is not null ? Dequantized(Quantized, places) : Vectors!.Value.index_select(0, places);
        if (Lora is not null)
        {
            vectors = vectors.add(Lora.A.Value.index_select(0, places).MatrixProduct(Lora.B.Value), Held(Lora.Scale));
        }

        return vectors.reshape([.. x.shape, OutputDim]);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config["input_dim"] = InputDim;
        config["output_dim"] = OutputDim;
        config["embeddings_initializer"] = embeddingsInitializer.Serialize();
        config["embeddings_regularizer"] = embeddingsRegularizer?.Serialize();
        config["activity_regularizer"] = null;
        config["embeddings_constraint"] = embeddingsConstraint?.Serialize();
        config["mask_zero"] = MaskZero;
        config["quantization_config"] = null;
        WriteQuantization(config);
        WriteLora(config);
    }

    private static Tensor Dequantized(QuantizedWeight weight, Tensor places)
    {
        Tensor integers = weight.Integers(places);
        Tensor scale = weight.Scale.Value.index_select(0, places);
        return weight.Zero is null
            ? integers.div(scale.unsqueeze(-1))
            : weight.InBlocks(integers, scale, weight.Zero.Value.index_select(0, places), 1);
    }
}
