using System.Buffers.Binary;
using System.Text;

namespace Cairn.Tests.EventFiles;

/// <summary>
/// Reads event files without the library and without a protobuf package: records and checksums by TensorFlow's description of the format,
/// messages by the protobuf wire format, the public field numbers written out below.
/// </summary>
internal static class EventReader
{
    private static readonly uint[] Table = MakeTable();

    /// <summary>The events of all files of a folder, in the order of the files' names; none if there is no folder.</summary>
    public static List<ReadEvent> ReadFolder(string folder) =>
        [.. FilesIn(folder).SelectMany(ReadFile)];

    public static string[] FilesIn(string folder) =>
        Directory.Exists(folder) ? [.. Directory.GetFiles(folder, "events.out.tfevents.*").Order(StringComparer.Ordinal)] : [];

    public static List<ReadEvent> ReadFile(string path) => [.. Records(path).Select(Event)];

    /// <summary>The bytes of each record, whose length and checksums must be right to the last byte of the file.</summary>
    public static List<byte[]> Records(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        var records = new List<byte[]>();
        for (int at = 0; at < file.Length;)
        {
            ulong length = BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at));
            Assert.Equal(Masked(file.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8)));
            byte[] data = file[(at + 12)..(at + 12 + (int)length)];
            Assert.Equal(Masked(data), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 12 + data.Length)));
            records.Add(data);
            at += 12 + data.Length + 4;
        }

        return records;
    }

    /// <summary>CRC-32C, a bit at a time in a table: polynomial 0x1EDC6F41, reflected.</summary>
    public static uint Crc32C(ReadOnlySpan<byte> data)
    {
        uint crc = uint.MaxValue;
        foreach (byte one in data)
        {
            crc = Table[(byte)(crc ^ one)] ^ (crc >> 8);
        }

        return ~crc;
    }

    public static uint Masked(ReadOnlySpan<byte> data)
    {
        uint crc = Crc32C(data);
        return ((crc >> 15) | (crc << 17)) + 0xA282EAD8u;
    }

    private static uint[] MakeTable()
    {
        uint[] table = new uint[256];
        for (uint i = 0; i < 256; i++)
        {
            uint value = i;
            for (int bit = 0; bit < 8; bit++)
            {
                value = (value & 1) == 1 ? (value >> 1) ^ 0x82F63B78u : value >> 1;
            }

            table[i] = value;
        }

        return table;
    }

    // Event: wall_time 1, step 2, file_version 3, summary 5. Summary: value 1.
    private static ReadEvent Event(byte[] message)
    {
        ILookup<int, WireField> fields = WireField.Read(message);
        List<ReadValue> values = [.. fields[5].SelectMany(summary => WireField.Read(summary.Bytes)[1]).Select(value => Value(value.Bytes))];
        return new ReadEvent(fields[1].Single().Double, (long)(fields[2].SingleOrDefault()?.Number ?? 0),
            fields[3].SingleOrDefault()?.Text, values);
    }

    // Value: tag 1, tensor 8, metadata 9. SummaryMetadata: plugin_data 1, data_class 4. PluginData: plugin_name 1, content 2.
    // TensorProto: dtype 1, tensor_shape 2, tensor_content 4, float_val 5 (packed), string_val 8. TensorShapeProto: dim 2. Dim: size 1.
    private static ReadValue Value(byte[] message)
    {
        ILookup<int, WireField> value = WireField.Read(message);
        ILookup<int, WireField> metadata = WireField.Read(value[9].Single().Bytes);
        ILookup<int, WireField> plugin = WireField.Read(metadata[1].Single().Bytes);
        ILookup<int, WireField> tensor = WireField.Read(value[8].Single().Bytes);
        long[] shape = [.. WireField.Read(tensor[2].Single().Bytes)[2]
            .Select(dim => (long)(WireField.Read(dim.Bytes)[1].SingleOrDefault()?.Number ?? 0))];
        byte[] content = tensor[4].SingleOrDefault()?.Bytes ?? [];
        byte[] packed = tensor[5].SingleOrDefault()?.Bytes ?? [];
        return new ReadValue(
            value[1].Single().Text,
            plugin[1].Single().Text,
            plugin[2].SingleOrDefault()?.Bytes ?? [],
            (int)(metadata[4].SingleOrDefault()?.Number ?? 0),
            (int)tensor[1].Single().Number,
            shape,
            [.. Enumerable.Range(0, packed.Length / 4).Select(i => BitConverter.ToSingle(packed, i * 4))],
            [.. Enumerable.Range(0, content.Length / 8).Select(i => BitConverter.ToDouble(content, i * 8))],
            [.. tensor[8].Select(text => text.Bytes)]);
    }
}

internal sealed record ReadEvent(double WallTime, long Step, string? FileVersion, List<ReadValue> Values);

internal sealed record ReadValue(
    string Tag, string Plugin, byte[] Content, int DataClass, int Dtype, long[] Shape, float[] Floats, double[] Doubles, byte[][] Strings)
{
    public string Text(int index) => Encoding.UTF8.GetString(Strings[index]);
}
