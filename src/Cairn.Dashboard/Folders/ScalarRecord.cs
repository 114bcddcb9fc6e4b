using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Cairn.EventFiles.Messages;

namespace Cairn.Dashboard.Folders;

/// <summary>
/// An event with one scalar, in the form that TensorFlow 2, Keras, Cairn or PyTorch write, read without the objects of a message: these
/// would take most of the time of reading a folder. Any other event is left to the parser of messages.
/// </summary>
internal readonly ref struct ScalarRecord
{
    /// <summary>Seconds since 1970.</summary>
    public double WallTime { get; private init; }

    public long Step { get; private init; }

    /// <summary>The tag in UTF-8.</summary>
    public ReadOnlySpan<byte> Tag { get; private init; }

    public float Value { get; private init; }

    /// <summary>Reads a record.</summary>
    /// <returns>False if it is anything but a single scalar.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryRead(ReadOnlySpan<byte> record, out ScalarRecord scalar)
    {
        scalar = default;
        double wallTime = 0;
        long step = 0;
        ReadOnlySpan<byte> summary = default;
        var reader = new WireReader(record);
        while (!reader.IsAtEnd)
        {
            bool known = reader.ReadKey() switch
            {
                (Event.WallTimeFieldNumber, WireReader.Fixed64) => reader.TryReadDouble(out wallTime),
                (Event.StepFieldNumber, WireReader.Varint) => reader.TryReadInteger(out step),
                (Event.SummaryFieldNumber, WireReader.Bytes) => summary.IsEmpty && reader.TryReadBytes(out summary),
                _ => false,
            };
            if (!known)
            {
                return false;
            }
        }

        reader = new WireReader(summary);
        if (summary.IsEmpty || reader.ReadKey() != (Summary.ValueFieldNumber, WireReader.Bytes)
            || !reader.TryReadBytes(out ReadOnlySpan<byte> value) || !reader.IsAtEnd
            || !TryReadValue(value, out ReadOnlySpan<byte> tag, out float number))
        {
            return false;
        }

        scalar = new ScalarRecord { WallTime = wallTime, Step = step, Tag = tag, Value = number };
        return true;
    }

    /// <summary>
    /// Whether a record surely has no summary, such as the one with the version of the file, or a graph. It needs no parser then, whose
    /// code would have to be compiled first.
    /// </summary>
    public static bool HasNoSummary(ReadOnlySpan<byte> record)
    {
        var reader = new WireReader(record);
        while (!reader.IsAtEnd)
        {
            (int field, int type) = reader.ReadKey();
            if (field is 0 or Event.SummaryFieldNumber || !reader.TrySkip(type))
            {
                return false;
            }
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool TryReadValue(ReadOnlySpan<byte> value, out ReadOnlySpan<byte> tag, out float number)
    {
        tag = default;
        number = 0;
        int numbers = 0;
        var reader = new WireReader(value);
        while (!reader.IsAtEnd)
        {
            bool known;
            switch (reader.ReadKey())
            {
                case (Summary.Types.Value.TagFieldNumber, WireReader.Bytes):
                    known = tag.IsEmpty && reader.TryReadBytes(out tag);
                    break;
                case (Summary.Types.Value.SimpleValueFieldNumber, WireReader.Fixed32):
                    known = numbers++ == 0 && reader.TryReadFloat(out number);
                    break;
                case (Summary.Types.Value.TensorFieldNumber, WireReader.Bytes):
                    known = numbers++ == 0 && reader.TryReadBytes(out ReadOnlySpan<byte> tensor) && TryReadTensor(tensor, out number);
                    break;
                case (Summary.Types.Value.MetadataFieldNumber, WireReader.Bytes):
                    known = reader.TryReadBytes(out ReadOnlySpan<byte> metadata) && IsScalars(metadata);
                    break;
                default:
                    return false;
            }

            if (!known)
            {
                return false;
            }
        }

        return numbers == 1 && !tag.IsEmpty;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool TryReadTensor(ReadOnlySpan<byte> tensor, out float number)
    {
        number = 0;
        int numbers = 0;
        long type = 0;
        var reader = new WireReader(tensor);
        while (!reader.IsAtEnd)
        {
            ReadOnlySpan<byte> bytes = default;
            bool known;
            switch (reader.ReadKey())
            {
                case (TensorProto.DtypeFieldNumber, WireReader.Varint):
                    known = reader.TryReadInteger(out type);
                    break;
                case (TensorProto.TensorShapeFieldNumber, WireReader.Bytes):
                    known = reader.TryReadBytes(out bytes) && bytes.IsEmpty;
                    break;
                case (TensorProto.TensorContentFieldNumber or TensorProto.FloatValFieldNumber, WireReader.Bytes):
                    known = numbers++ == 0 && reader.TryReadBytes(out bytes) && bytes.Length == sizeof(float)
                        && BinaryPrimitives.TryReadSingleLittleEndian(bytes, out number);
                    break;
                case (TensorProto.FloatValFieldNumber, WireReader.Fixed32):
                    known = numbers++ == 0 && reader.TryReadFloat(out number);
                    break;
                default:
                    return false;
            }

            if (!known)
            {
                return false;
            }
        }

        return numbers == 1 && type == (long)DataType.DtFloat;
    }

    // A field that may be absent, with the name of the dashboard first, as all of them write it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool IsScalars(ReadOnlySpan<byte> metadata)
    {
        var reader = new WireReader(metadata);
        if (reader.ReadKey() != (SummaryMetadata.PluginDataFieldNumber, WireReader.Bytes)
            || !reader.TryReadBytes(out ReadOnlySpan<byte> plugin))
        {
            return false;
        }

        reader = new WireReader(plugin);
        return reader.ReadKey() == (SummaryMetadata.Types.PluginData.PluginNameFieldNumber, WireReader.Bytes)
            && reader.TryReadBytes(out ReadOnlySpan<byte> name) && name.SequenceEqual("scalars"u8);
    }
}
