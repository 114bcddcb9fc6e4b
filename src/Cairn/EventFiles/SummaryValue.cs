using System.Globalization;
using System.Runtime.InteropServices;
using Cairn.EventFiles.Messages;
using Google.Protobuf;
using Value = Cairn.EventFiles.Messages.Summary.Types.Value;

namespace Cairn.EventFiles;

/// <summary>The values that TensorBoard's dashboards show, as TensorFlow 2 writes them: a tensor and the name of the dashboard.</summary>
internal static class SummaryValue
{
    /// <summary>Maximum number of images per value; further ones are left out, as in TensorFlow.</summary>
    public const int MostImages = 3;

    /// <summary>A scalar, stored as a 32-bit float.</summary>
    public static Value Scalar(string tag, double value) => Of(
        tag, "scalars", DataClass.Scalar, new TensorProto { Dtype = DataType.DtFloat, TensorShape = new(), FloatVal = { (float)value } });

    /// <summary>A histogram.</summary>
    public static Value Histogram(string tag, ReadOnlySpan<float> numbers)
    {
        double[] buckets = HistogramBuckets.Of(numbers);
        return Of(tag, "histograms", DataClass.Tensor, new TensorProto
        {
            Dtype = DataType.DtDouble,
            TensorShape = Shape(buckets.Length / HistogramBuckets.Columns, HistogramBuckets.Columns),
            TensorContent = ByteString.CopyFrom(MemoryMarshal.AsBytes<double>(buckets)),
        });
    }

    /// <summary>Images of one size: their width and height as text, then one PNG per image, up to the maximum.</summary>
    public static Value Images(string tag, WeightImages images)
    {
        List<ByteString> strings =
        [
            ByteString.CopyFromUtf8(images.Width.ToString(CultureInfo.InvariantCulture)),
            ByteString.CopyFromUtf8(images.Height.ToString(CultureInfo.InvariantCulture)),
        ];
        for (int index = 0; index < Math.Min(images.Count, MostImages); index++)
        {
            strings.Add(ByteString.CopyFrom(Png.Encode(images.Pixels(index), images.Width, images.Height, images.Channels)));
        }

        return Of(tag, "images", DataClass.BlobSequence, Strings(strings));
    }

    /// <summary>Markdown.</summary>
    public static Value Text(string tag, string markdown) => Of(tag, "text", DataClass.Tensor, Text(markdown));

    /// <summary>A model's configuration in Keras' format, from which the graph dashboard draws the conceptual graph.</summary>
    public static Value KerasModel(string tag, string json)
    {
        Value value = Of(tag, "graph_keras_model", DataClass.Unknown, Text(json));
        value.Metadata.PluginData.Content = ByteString.CopyFromUtf8("1");
        return value;
    }

    /// <summary>Data of the hparams dashboard; the tensor is present only because every value needs one.</summary>
    public static Value HyperParameters(string tag, HParamsPluginData data)
    {
        Value value = Of(tag, "hparams", DataClass.Tensor,
            new TensorProto { Dtype = DataType.DtFloat, TensorShape = Shape(1), FloatVal = { 0 } });
        value.Metadata.PluginData.Content = data.ToByteString();
        return value;
    }

    private static Value Of(string tag, string plugin, DataClass dataClass, TensorProto tensor) => new()
    {
        Tag = tag,
        Tensor = tensor,
        Metadata = new SummaryMetadata { PluginData = new() { PluginName = plugin }, DataClass = dataClass },
    };

    private static TensorProto Text(string text) =>
        new() { Dtype = DataType.DtString, TensorShape = new(), StringVal = { ByteString.CopyFromUtf8(text) } };

    private static TensorProto Strings(List<ByteString> strings) =>
        new() { Dtype = DataType.DtString, TensorShape = Shape(strings.Count), StringVal = { strings } };

    private static TensorShapeProto Shape(params ReadOnlySpan<int> sizes)
    {
        var shape = new TensorShapeProto();
        foreach (int size in sizes)
        {
            shape.Dim.Add(new TensorShapeProto.Types.Dim { Size = size });
        }

        return shape;
    }
}
