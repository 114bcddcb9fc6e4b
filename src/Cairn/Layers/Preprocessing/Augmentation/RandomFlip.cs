using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>In training, flips each image with a probability of one half. Keras: <c>layers.RandomFlip</c>.</summary>
/// <remarks>
/// Input and output <c>[batch, height, width, channels]</c>. As in Keras, <c>"horizontal_and_vertical"</c> flips an image both ways or not
/// at all. See <see cref="AugmentationLayer"/> for the source of the random numbers.
/// </remarks>
public sealed class RandomFlip : AugmentationLayer
{
    private static readonly string[] Modes = ["horizontal", "vertical", "horizontal_and_vertical"];

    private readonly string mode;

    /// <summary>Creates the layer.</summary>
    /// <param name="mode"><c>"horizontal"</c> (left for right), <c>"vertical"</c> (top for bottom) or <c>"horizontal_and_vertical"</c>
    /// (default).</param>
    /// <param name="seed">Kept for compatibility with Keras files; random numbers derive from the run's seed.</param>
    /// <param name="dataFormat">Position of the channels axis; last by default.</param>
    /// <param name="name">Unique name, or null for <c>random_flip</c>, <c>random_flip_1</c>, …</param>
    /// <exception cref="ArgumentException">The mode is unknown.</exception>
    public RandomFlip(
        string mode = "horizontal_and_vertical", long? seed = null, DataFormat dataFormat = DataFormat.ChannelsLast, string? name = null)
        : base(seed, dataFormat, name) => this.mode = OneOf(mode, Modes, nameof(mode));

    internal static RandomFlip FromConfig(ConfigReader config) => new(
        config.OptionalString("mode") ?? "horizontal_and_vertical",
        config.OptionalLong("seed"),
        LayerRegistry.DataFormat(config),
        config.OptionalString("name"));

    internal override Tensor Augment(Tensor images, CallContext context)
    {
        Tensor flips = DrawForEach((0, 1), images, context).le(Held(0.5));
        long[] axes = mode switch { "horizontal" => [WidthAxis], "vertical" => [HeightAxis], _ => [HeightAxis, WidthAxis] };
        return where(flips, images.flip(axes), images);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        base.WriteConfig(config);
        config["seed"] = Seed;
        config["mode"] = mode;
    }
}
