using System.ComponentModel;
using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Base class of <see cref="Cropping1D"/>, <see cref="Cropping2D"/> and <see cref="Cropping3D"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class Cropping : Layer
{
    private readonly Margin[] cropping;
    private readonly DataFormat dataFormat;

    private protected Cropping(Margin[] cropping, DataFormat dataFormat, string? name)
        : base(name)
    {
        this.cropping = Margin.AtLeastZero(cropping, nameof(cropping));
        this.dataFormat = dataFormat;
    }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        if (inputShape.Rank != cropping.Length + 2)
        {
            throw UnfitInput(inputShape, SpatialAxes.Expected(cropping.Length));
        }

        long[] sizes = SpatialAxes.Sizes(inputShape, dataFormat);
        for (int i = 0; i < sizes.Length; i++)
        {
            if (sizes[i] == Shape.None)
            {
                continue;
            }

            sizes[i] -= cropping[i].Before + cropping[i].After;
            if (sizes[i] < 1)
            {
                throw UnfitInput(inputShape, $"{SpatialAxes.Noun(cropping.Length)} larger than its cropping {string.Join(", ", cropping)}");
            }
        }

        return SpatialAxes.Write(inputShape[0], sizes, SpatialAxes.Channels(inputShape, dataFormat), dataFormat);
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        int first = SpatialAxes.First(dataFormat);
        for (int i = 0; i < cropping.Length; i++)
        {
            x = x.narrow(first + i, cropping[i].Before, x.shape[first + i] - cropping[i].Before - cropping[i].After);
        }

        return x;
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["cropping"] = Margin.ToJson(cropping);
        if (cropping.Length > 1)
        {
            config["data_format"] = dataFormat.ToKeras();
        }
    }
}
