using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace Cairn.Saving;

/// <summary>
/// The safetensors format: a length, a JSON header of names, types, shapes and offsets, then the values. It contains no code.
/// </summary>
/// <remarks>
/// Source: the format description at https://github.com/huggingface/safetensors. The offsets leave no gaps and do not overlap.
/// </remarks>
internal static class SafetensorsFile
{
    private const int LengthBytes = 8;
    private const int HeaderAlignment = 8;

    // The format's own limit.
    private const int MostHeaderBytes = 100_000_000;

    /// <summary>Writes named weights, with a checksum if one is given.</summary>
    public static void Write(Stream stream, IReadOnlyList<WeightData> weights, string? checksum = null)
    {
        byte[] header = Header(weights, checksum);
        Span<byte> length = stackalloc byte[LengthBytes];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (WeightData weight in weights)
        {
            ContentWriting.Write(stream, weight);
        }
    }

    /// <summary>Reads names, types, shapes and offsets; the values are read from the file on demand.</summary>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="ModelFormatException">The file has another format or is damaged.</exception>
    public static NamedWeights Read(string path, FileLimits? limits = null) => Read(WeightSource.Open(path), limits);

    /// <summary>Reads an open file, which is closed with the returned object.</summary>
    /// <exception cref="ModelFormatException">The file has another format or is damaged.</exception>
    public static NamedWeights Read(WeightSource file, FileLimits? limits = null)
    {
        try
        {
            return new NamedWeights(ReadHeader(file, limits ?? FileLimits.Current), file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static byte[] Header(IReadOnlyList<WeightData> weights, string? checksum)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            if (checksum is not null)
            {
                json.WriteStartObject(SafetensorsHeader.Metadata);
                json.WriteString(ContentChecksum.Key, checksum);
                json.WriteEndObject();
            }

            long offset = 0;
            foreach (WeightData weight in weights)
            {
                json.WriteStartObject(weight.Name);
                json.WriteString("dtype", SafetensorsType.NameOf(weight.DType));
                json.WriteStartArray("shape");
                foreach (long size in weight.Shape)
                {
                    json.WriteNumberValue(size);
                }

                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += weight.ByteCount);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        // Trailing spaces align the values, so that programs can map them into memory.
        while (text.Length % HeaderAlignment != 0)
        {
            text.WriteByte((byte)' ');
        }

        return text.ToArray();
    }

    private static IReadOnlyList<WeightData> ReadHeader(WeightSource file, FileLimits limits)
    {
        if (file.Length < LengthBytes)
        {
            throw Failure(file, $"the file has {file.Length} bytes; at least {LengthBytes} are expected.");
        }

        Span<byte> start = stackalloc byte[LengthBytes];
        file.Read(0, start);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(start);
        ulong most = (ulong)Math.Min(MostHeaderBytes, file.Length - LengthBytes);
        if (length > most)
        {
            throw Failure(file, $"the header declares {length} bytes; at most {most} are possible. (Is this a safetensors file?)");
        }

        byte[] header = new byte[length];
        file.Read(LengthBytes, header);
        if (header is not [(byte)'{', ..])
        {
            throw Failure(file, "the header is not a JSON object, so this is not a safetensors file.");
        }

        try
        {
            var found = new SafetensorsHeader(file, LengthBytes + (long)length, limits);
            IReadOnlyList<WeightData> weights = found.Read(header);
            ContentChecksum.Check(found.Checksum, () => ContentChecksum.Of(weights), file.FileName).GetAwaiter().GetResult();
            return weights;
        }
        catch (Exception exception)
            when (exception is JsonException or InvalidOperationException or FormatException or DecoderFallbackException)
        {
            throw new ModelFormatException($"the header is not valid JSON: {exception.Message}", file.FileName, "header", exception);
        }
    }

    private static ModelFormatException Failure(WeightSource file, string problem) => new(problem, file.FileName, "header");
}
