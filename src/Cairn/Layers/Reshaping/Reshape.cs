using System.Text.Json.Nodes;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Reshapes each sample to a shape with the same number of elements. Keras: <c>layers.Reshape</c>.</summary>
/// <param name="targetShape">The new shape without the batch axis; one axis may be -1, which is inferred.</param>
/// <param name="name">Unique name, or null for <c>reshape</c>, <c>reshape_1</c>, …</param>
public sealed class Reshape(Shape targetShape, string? name = null) : Layer(name)
{
    private readonly Shape targetShape = targetShape ?? throw new ArgumentNullException(nameof(targetShape));

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        Shape rest = inputShape[1..];
        int open = targetShape.Count(d => d == Shape.None);
        if (open > 1)
        {
            throw new ArgumentException($"Reshape '{Name}' may have one inferred axis (-1); its target shape {targetShape} has {open}.");
        }

        if (!rest.IsFullyKnown)
        {
            return targetShape.WithBatch(inputShape[0]);
        }

        long given = rest.ElementCount;
        long fixedCount = targetShape.Where(d => d != Shape.None).Aggregate(1L, (product, d) => product * d);
        if (open == 0 ? fixedCount != given : fixedCount == 0 || given % fixedCount != 0)
        {
            throw UnfitInput(inputShape, $"inputs whose samples can be reshaped to {targetShape}");
        }

        return [inputShape[0], .. targetShape.Select(d => d == Shape.None ? given / fixedCount : d)];
    }

    internal static Reshape FromConfig(ConfigReader config)
    {
        // Keras writes an inferred axis as -1.
        if (config.Node("target_shape") is not JsonArray sizes)
        {
            throw config.Error("target_shape", "expected a list of sizes");
        }

        var shape = new List<long>();
        foreach (JsonNode? size in sizes)
        {
            if (size is JsonValue value && value.TryGetValue(out int number) && number >= -1)
            {
                shape.Add(number);
            }
            else if (size is null)
            {
                shape.Add(Shape.None);
            }
            else
            {
                throw config.Error("target_shape", "expected integers of -1 or more");
            }
        }

        return new Reshape(shape.ToArray(), config.OptionalString("name"));
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => x.reshape([x.shape[0], .. OutputShape![1..]]);

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config) =>
        config["target_shape"] = new JsonArray([.. targetShape.Select(d => (JsonNode?)JsonValue.Create(d))]);
}
