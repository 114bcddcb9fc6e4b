using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Equalizes the histogram of each channel of a batch. Keras: <c>layers.Equalization</c>.</summary>
/// <remarks>
/// Input and output <c>[batch, height, width, channels]</c>. As in Keras, it is active only in training, and uses one histogram over all
/// images of the batch.
/// </remarks>
public sealed class Equalization : ImageLayer
{
    private readonly ValueRange valueRange;
    private readonly int bins;

    /// <summary>Creates the layer.</summary>
    /// <param name="valueRange">Range of the pixel values; 0 to 255 by default.</param>
    /// <param name="bins">Number of histogram bins, 2 or more; 256 by default.</param>
    /// <param name="dataFormat">Position of the channels axis; last by default.</param>
    /// <param name="name">Unique name, or null for <c>equalization</c>, <c>equalization_1</c>, …</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than 2 bins.</exception>
    public Equalization(ValueRange? valueRange = null, int bins = 256, DataFormat dataFormat = DataFormat.ChannelsLast, string? name = null)
        : base(dataFormat, name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 2);
        this.valueRange = (valueRange ?? ValueRange.Bytes).Sorted;
        this.bins = bins;
    }

    internal static Equalization FromConfig(ConfigReader config) =>
        new(ValueRange.Read(config), (int)config.Long("bins", 256, 2, 1 << 20), LayerRegistry.DataFormat(config),
        config.OptionalString("name"));

    internal override bool MixesSamples(CallContext context) => context.Training;

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        Tensor images = ToFloat(x);
        if (!context.Training)
        {
            return images;
        }

        return stack([.. images.unbind(ChannelAxis).Select(channel => PixelValues.FromTo(
            Equalized(PixelValues.FromTo(channel, valueRange, ValueRange.Bytes)), ValueRange.Bytes, valueRange))], ChannelAxis);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        base.WriteConfig(config);
        config["bins"] = bins;
        config["value_range"] = valueRange.ToJson();
    }

    private Tensor Equalized(Tensor channel)
    {
        Tensor places = (channel * Held(bins - 1) / Held(255)).to(ScalarType.Int64).clamp(Held(0), Held(bins - 1));
        Tensor histogram = bincount(places.flatten(), null, bins);
        if (histogram.count_nonzero().item<long>() <= 1)
        {
            return channel;
        }

        Tensor cumulated = histogram.cumsum(0);
        Tensor first = cumulated[cumulated.gt(Held(0))].min();
        Tensor table = ((cumulated - first) * Held(255.0) / (cumulated[-1] - first).clamp_min(Held(1))).round().clamp(Held(0), Held(255))
            .to(channel.dtype);
        Tensor indices = (channel / Held(255) * Held(bins - 1)).clamp(Held(0), Held(bins - 1)).to(ScalarType.Int64);
        return table.index_select(0, indices.flatten()).reshape(channel.shape);
    }
}
