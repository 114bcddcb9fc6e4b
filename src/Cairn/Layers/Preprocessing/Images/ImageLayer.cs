using System.ComponentModel;
using System.Text.Json.Nodes;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Base class of image preprocessing layers. Keras: <c>BaseImagePreprocessingLayer</c>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class ImageLayer : Layer
{
    private protected ImageLayer(DataFormat dataFormat, string? name)
        : base(name) => DataFormat = dataFormat;

    /// <summary>Position of the channels axis.</summary>
    public DataFormat DataFormat { get; }

    private protected int HeightAxis => SpatialAxes.First(DataFormat);

    private protected int WidthAxis => HeightAxis + 1;

    private protected int ChannelAxis => DataFormat == DataFormat.ChannelsLast ? 3 : 1;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => CheckImages(inputShape);

    private protected Shape CheckImages(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        return inputShape.Rank == 4 ? inputShape : throw UnfitInput(inputShape, SpatialAxes.Expected(2));
    }

    private protected Shape WithSize(Shape inputShape, long height, long width) =>
        SpatialAxes.Write(CheckImages(inputShape)[0], [height, width], SpatialAxes.Channels(inputShape, DataFormat), DataFormat);

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config["data_format"] = DataFormat.ToKeras();
    }

    private protected static Tensor ToFloat(Tensor x) => x.is_floating_point() ? x : x.to(ScalarType.Float32);
}
