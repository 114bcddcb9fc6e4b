using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>In training, blurs each image. Keras: <c>layers.RandomGaussianBlur</c>.</summary>
/// <remarks>
/// Input and output <c>[batch, height, width, channels]</c>. See <see cref="AugmentationLayer"/> for the source of the random numbers.
/// </remarks>
public sealed class RandomGaussianBlur : AugmentationLayer
{
    private readonly (double Lower, double Upper) factor;
    private readonly Size2D kernelSize;
    private readonly (double Lower, double Upper) sigma;
    private readonly ValueRange valueRange;

    /// <summary>Creates the layer.</summary>
    /// <param name="factor">Fraction of the images to change, 0 to 1; 1 by default.</param>
    /// <param name="kernelSize">Size of the window, odd along both axes; 3 by default.</param>
    /// <param name="sigma">Range of the standard deviation in pixels, 0 to 1; one number s means 0 to s.</param>
    /// <param name="valueRange">Range of the pixel values; 0 to 255 by default.</param>
    /// <param name="dataFormat">Position of the channels axis; last by default.</param>
    /// <param name="seed">Kept for compatibility with Keras files; random numbers derive from the run's seed.</param>
    /// <param name="name">Unique name, or null for <c>random_gaussian_blur</c>, <c>random_gaussian_blur_1</c>, …</param>
    /// <exception cref="ArgumentException">An argument is out of range, or a string is unknown.</exception>
    public RandomGaussianBlur(
        Interval? factor = null,
        Size2D? kernelSize = null,
        Interval? sigma = null,
        ValueRange? valueRange = null,
        DataFormat dataFormat = DataFormat.ChannelsLast,
        long? seed = null,
        string? name = null)
        : base(seed, dataFormat, name)
    {
        this.factor = (factor ?? 1).Limits(0, 1, nameof(factor));
        Size2D size = kernelSize ?? 3;
        if (size.Height % 2 == 0 || size.Width % 2 == 0)
        {
            throw new ArgumentOutOfRangeException(nameof(kernelSize), size, "kernelSize must be odd along both axes.");
        }

        this.kernelSize = size;
        this.sigma = (sigma ?? 1).Limits(0, 1, nameof(sigma));
        this.valueRange = valueRange ?? ValueRange.Bytes;
    }

    internal static RandomGaussianBlur FromConfig(ConfigReader config) => new(
        Interval.ReadOptional(config, "factor"),
        LayerRegistry.Size(config, "kernel_size", 3),
        Interval.ReadOptional(config, "sigma"),
        ValueRange.Read(config),
        LayerRegistry.DataFormat(config),
        config.OptionalLong("seed"),
        config.OptionalString("name"));

    internal override Tensor Augment(Tensor images, CallContext context)
    {
        Tensor deviations = DrawForAll(sigma, 2, images, context).Plus(Held(1e-6));
        Tensor across = PixelValues.Bell(kernelSize.Width, deviations[0]);
        Tensor down = PixelValues.Bell(kernelSize.Height, deviations[1]);
        Tensor kernel = down.outer(across).reshape(1, 1, kernelSize.Height, kernelSize.Width);
        Tensor blurred = PixelValues.EachChannel(images, ChannelAxis, kernel);
        return where(DrawChosen(factor, images, context), blurred, images).clamp(Held(valueRange.Least), Held(valueRange.Greatest));
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        base.WriteConfig(config);
        config["factor"] = Interval.ToJson(factor);
        config["kernel_size"] = kernelSize.Axes().ToJson();
        config["sigma"] = Interval.ToJson(sigma);
        config["value_range"] = valueRange.ToJson();
        config["seed"] = Seed;
    }
}
