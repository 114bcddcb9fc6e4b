using System.ComponentModel;
using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>In training, drops whole channels, each with probability <c>rate</c>, and divides the others by <c>1 - rate</c>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class SpatialDropout : Layer
{
    private readonly long? seed;
    private readonly int axes;

    private protected SpatialDropout(int axes, double rate, DataFormat dataFormat, long? seed, string? name)
        : base(name)
    {
        if (rate is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(rate), rate, "A dropout rate must be between 0 and 1.");
        }

        Rate = rate;
        DataFormat = dataFormat;
        this.seed = seed;
        this.axes = axes;
    }

    /// <summary>Fraction of the channels to drop.</summary>
    public double Rate { get; }

    private protected DataFormat DataFormat { get; }

    /// <inheritdoc/>
    public override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => inputShape.Rank == axes + 2
        ? inputShape
        : throw UnfitInput(inputShape, $"inputs of rank {axes + 2}, batch included");

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        if (!context.Training)
        {
            return x;
        }

        long[] one = [.. Enumerable.Repeat(1L, axes)];
        return Dropout.Drop(
            x, DataFormat == DataFormat.ChannelsLast ? [x.shape[0], .. one, x.shape[^1]] : [x.shape[0], x.shape[1], .. one], Rate, context);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        // Keras' classes take only these keys, and the type as a plain string.
        config.Remove("trainable");
        config["dtype"] = "float32";
        config["rate"] = Rate;
        config["seed"] = seed;
        if (axes > 1)
        {
            config["data_format"] = DataFormat.ToKeras();
        }
    }
}
