using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>In training, converts some images to grayscale. Keras: <c>layers.RandomGrayscale</c>.</summary>
/// <remarks>
/// Input and output <c>[batch, height, width, channels]</c>. See <see cref="AugmentationLayer"/> for the source of the random numbers.
/// </remarks>
public sealed class RandomGrayscale : AugmentationLayer
{
    private readonly double factor;

    /// <summary>Creates the layer.</summary>
    /// <param name="factor">Fraction of the images to convert, 0 to 1; 0.5 by default.</param>
    /// <param name="dataFormat">Position of the channels axis; last by default.</param>
    /// <param name="seed">Kept for compatibility with Keras files; random numbers derive from the run's seed.</param>
    /// <param name="name">Unique name, or null for <c>random_grayscale</c>, <c>random_grayscale_1</c>, …</param>
    /// <exception cref="ArgumentException">An argument is out of range, or a string is unknown.</exception>
    public RandomGrayscale(
        double factor = 0.5,
        DataFormat dataFormat = DataFormat.ChannelsLast,
        long? seed = null,
        string? name = null)
        : base(seed, dataFormat, name)
    {
        this.factor = ((Interval)factor).Limits(0, 1, nameof(factor)).Upper;
    }

    internal static RandomGrayscale FromConfig(ConfigReader config) => new(
        config.Double("factor", 0.5),
        LayerRegistry.DataFormat(config),
        config.OptionalLong("seed"),
        config.OptionalString("name"));

    internal override Tensor Augment(Tensor images, CallContext context) =>
        where(DrawForEach((0, 1), images, context).lt(Held(factor)), PixelValues.Gray(images, ChannelAxis), images);

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        base.WriteConfig(config);
        config["factor"] = factor;
    }
}
