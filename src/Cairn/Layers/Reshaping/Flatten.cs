using System.Text.Json.Nodes;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// Flattens all axes but the batch: <c>[batch, a, b, ...]</c> becomes <c>[batch, a · b · ...]</c>. Keras: <c>layers.Flatten</c>.
/// </summary>
/// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>, which moves the channels to the end first.</param>
/// <param name="name">Unique name, or null for <c>flatten</c>, <c>flatten_1</c>, …</param>
public sealed class Flatten(DataFormat dataFormat = DataFormat.ChannelsLast, string? name = null) : Layer(name)
{
    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        if (inputShape.Rank < 1)
        {
            throw UnfitInput(inputShape, "inputs with a batch axis");
        }

        Shape rest = inputShape[1..];
        return [inputShape[0], rest.IsFullyKnown ? rest.ElementCount : Shape.None];
    }

    internal override PlannedFunction? Planned =>
        dataFormat == DataFormat.ChannelsLast || InputShape?.Rank == 2 ? new PlannedIdentity(Flattens: true) : null;

    internal static Flatten FromConfig(ConfigReader config) => new(LayerRegistry.DataFormat(config), config.OptionalString("name"));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        if (dataFormat == DataFormat.ChannelsFirst && x.dim() > 2)
        {
            x = x.movedim([1], [-1]);
        }

        return x.dim() == 1 ? x.reshape(-1, 1) : x.flatten(1);
    }

    /// <summary>The order of the axes.</summary>
    internal DataFormat DataFormat => dataFormat;

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config) => config["data_format"] = dataFormat.ToKeras();
}
