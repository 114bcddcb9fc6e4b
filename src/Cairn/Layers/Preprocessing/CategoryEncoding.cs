using System.Text.Json.Nodes;
using Cairn.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Encodes integers as one-hot, multi-hot or count vectors. Keras: <c>layers.CategoryEncoding</c>.</summary>
/// <remarks>
/// Input <c>[batch, numbers]</c>; output <c>[batch, tokens]</c>, for <c>"one_hot"</c> <c>[batch, numbers, tokens]</c> (a last axis of size
/// 1 is dropped).
/// </remarks>
public sealed class CategoryEncoding : Layer
{
    private readonly string outputMode;

    /// <summary>Creates an encoding layer.</summary>
    /// <param name="numTokens">Number of categories, 1 or more; the input values range from 0 to numTokens - 1.</param>
    /// <param name="outputMode"><c>"multi_hot"</c> (default): which values a sample contains; <c>"one_hot"</c>: a vector per value;
    /// <c>"count"</c>: how often it contains each value.</param>
    /// <param name="name">Unique name, or null for <c>category_encoding</c>, …</param>
    /// <exception cref="ArgumentException">The number of tokens is below 1, or the mode is unknown.</exception>
    public CategoryEncoding(int numTokens, string outputMode = "multi_hot", string? name = null)
        : base(name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(numTokens, 1);
        if (outputMode is not ("multi_hot" or "one_hot" or "count"))
        {
            throw new ArgumentException($"outputMode must be 'multi_hot', 'one_hot' or 'count'; got '{outputMode}'.", nameof(outputMode));
        }

        NumTokens = numTokens;
        this.outputMode = outputMode;
    }

    /// <summary>Number of categories.</summary>
    public int NumTokens { get; }

    // Keras' data layers take one positional argument and the others by keyword; the second position is never used.
    internal override IReadOnlyList<string> CallParameters => ["inputs", "", "count_weights"];

    /// <summary>Applies the layer in a functional model with a weight for each value to count.</summary>
    /// <param name="input">The integers.</param>
    /// <param name="countWeights">The weights, of the same shape.</param>
    /// <returns>The encoded samples.</returns>
    /// <exception cref="InvalidOperationException">The mode is not <c>"count"</c>.</exception>
    public KerasTensor Apply(KerasTensor input, KerasTensor countWeights)
    {
        if (outputMode != "count")
        {
            throw new InvalidOperationException($"countWeights needs outputMode 'count'; CategoryEncoding '{Name}' has '{outputMode}'.");
        }

        return Record([input, countWeights],
            new CallArguments([new("inputs", 0, 1, IsList: false), new("count_weights", 1, 1, IsList: false)], null))[0];
    }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => CategoricalEncoding.OutputShape(inputShape, outputMode, NumTokens);

    internal override IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes, CallArguments arguments) =>
        [ComputeOutputShape(inputShapes[0])];

    internal static CategoryEncoding FromConfig(ConfigReader config)
    {
        if (config.Bool("sparse", false))
        {
            throw config.Error("sparse", "sparse tensors are not supported");
        }

        string mode = config.Choice("output_mode", "multi_hot", "multi_hot", "binary", "one_hot", "count");
        return new CategoryEncoding(config.Int("num_tokens"), mode == "binary" ? "multi_hot" : mode, config.OptionalString("name"));
    }

    private protected override void Build(IReadOnlyList<Shape> inputShapes, CallArguments arguments)
    {
    }

    private protected override Tensor[] Call(Tensor[] inputs, CallArguments arguments, CallContext context) =>
        [Encode(inputs[0], arguments.Find("count_weights", inputs))];

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => Encode(x, null);

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["num_tokens"] = NumTokens;
        config["output_mode"] = outputMode;
        config["sparse"] = false;
    }

    private Tensor Encode(Tensor x, Tensor? weights)
    {
        Tensor categories = x.to(ScalarType.Int64);
        if (categories.NumberOfElements > 0 && categories.max().item<long>() is var greatest && greatest >= NumTokens)
        {
            throw new ArgumentOutOfRangeException(
                nameof(x), greatest, $"CategoryEncoding '{Name}' takes integers from 0 to {NumTokens - 1}.");
        }

        return CategoricalEncoding.Encode(categories, outputMode, NumTokens, weights);
    }
}
