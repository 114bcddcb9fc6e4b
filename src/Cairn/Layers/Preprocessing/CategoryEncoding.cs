using System.Text.Json.Nodes;
using Cairn.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Turns whole numbers into vectors of 0 and 1, or of counts. Keras: <c>layers.CategoryEncoding</c>.</summary>
/// <remarks>Input <c>[batch, numbers]</c>; output <c>[batch, tokens]</c>, for <c>"one_hot"</c> <c>[batch, numbers, tokens]</c> (an axis of size 1 is left out).</remarks>
public sealed class CategoryEncoding : Layer
{
    private readonly string outputMode;

    /// <summary>Makes an encoding.</summary>
    /// <param name="numTokens">How many categories there are, 1 or more; numbers go from 0 to one less.</param>
    /// <param name="outputMode"><c>"multi_hot"</c> (default): which numbers a sample has; <c>"one_hot"</c>: a vector for each number; <c>"count"</c>: how often it has each.</param>
    /// <param name="name">Unique name, or null for <c>category_encoding</c>, …</param>
    /// <exception cref="ArgumentException">There is no token, or the mode is another word.</exception>
    public CategoryEncoding(int numTokens, string outputMode = "multi_hot", string? name = null)
        : base(name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(numTokens, 1);
        if (outputMode is not ("multi_hot" or "one_hot" or "count"))
        {
            throw new ArgumentException($"outputMode must be 'multi_hot', 'one_hot' or 'count'; it was '{outputMode}'.",
                nameof(outputMode));
        }

        NumTokens = numTokens;
        this.outputMode = outputMode;
    }

    /// <summary>How many categories there are.</summary>
    public int NumTokens { get; }

    // Keras' layers for data take one argument by position and the others by name; nothing is ever given for the second place.
    internal override IReadOnlyList<string> CallParameters => ["inputs", "", "count_weights"];

    /// <summary>Uses the layer in a functional model with a weight for each number to count.</summary>
    /// <param name="input">The numbers.</param>
    /// <param name="countWeights">What each is worth, of the same shape.</param>
    /// <returns>The encoded samples.</returns>
    /// <exception cref="InvalidOperationException">The mode is not <c>"count"</c>.</exception>
    public KerasTensor Apply(KerasTensor input, KerasTensor countWeights)
    {
        if (outputMode != "count")
        {
            throw new InvalidOperationException($"Weights are for outputMode 'count'; CategoryEncoding '{Name}' has '{outputMode}'.");
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
            throw new ArgumentOutOfRangeException(nameof(x), greatest, $"CategoryEncoding '{Name}' takes numbers of 0 to {NumTokens - 1}.");
        }

        return CategoricalEncoding.Encode(categories, outputMode, NumTokens, weights);
    }
}
