using System.IO.Compression;
using System.Numerics;

namespace Cairn.Saving.Torch;

/// <summary>Reads weights written by PyTorch's <c>torch.save</c>: the zip format of version 1.6 and later, and the legacy format.</summary>
internal static class TorchFile
{
    private const string Pickle = "data.pkl";

    private const int MostStart = 300;

    // The signature of legacy files, a separate pickle.
    private static ReadOnlySpan<byte> OldStart => [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

    private static readonly BigInteger OldMark =
        BigInteger.Parse("119547037146038801333356", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Whether a file starts like one of the two formats.</summary>
    public static bool IsOne(WeightSource file)
    {
        byte[] start = new byte[Math.Min(MostStart, file.Length)];
        file.Read(0, start);

        // The name of the first member follows after 30 bytes of a zip file.
        return start.AsSpan().StartsWith(OldStart) || (start.AsSpan().StartsWith("PK"u8) && start.AsSpan().IndexOf("/data.pkl"u8) >= 0);
    }

    /// <summary>Reads the names and shapes of the tensors; the values are read from the file on demand.</summary>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="ModelFormatException">The file has another format, is damaged, or contains more than tensors.</exception>
    public static NamedWeights Read(string path, FileLimits? limits = null) => Read(WeightSource.Open(path), limits ?? FileLimits.Current);

    /// <summary>Reads an open file, which is closed with the returned weights.</summary>
    public static NamedWeights Read(WeightSource file, FileLimits limits)
    {
        try
        {
            byte[] start = new byte[Math.Min(4, file.Length)];
            file.Read(0, start);
            return new NamedWeights(start is [(byte)'P', (byte)'K', ..] ? ReadZip(file, limits) : ReadOld(file, limits), file);
        }
        catch (Exception exception)
            when (exception is InvalidDataException or EndOfStreamException or ArgumentException or InvalidOperationException
            or NotSupportedException or ArithmeticException or IndexOutOfRangeException or OutOfMemoryException)
        {
            file.Dispose();
            throw new ModelFormatException($"the file is damaged ({exception.Message})", file.FileName, innerException: exception);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static IReadOnlyList<WeightData> ReadZip(WeightSource file, FileLimits limits)
    {
        var stream = new SourceStream(file);
        using var zip = new ZipArchive(stream, ZipArchiveMode.Read);
        var members = new ZipMembers(zip, file, stream, limits, name => name.Split('/').All(ZipMembers.IsPlain), limits.MaximumObjects);
        string pickle = members.Names.FirstOrDefault(name => name == Pickle || name.EndsWith($"/{Pickle}", StringComparison.Ordinal))
            ?? throw new ModelFormatException("the zip archive has no 'data.pkl', so it is not a torch.save file.", file.FileName);
        string folder = pickle[..^Pickle.Length];
        if (members.Contains($"{folder}byteorder") && System.Text.Encoding.ASCII.GetString(members.Bytes($"{folder}byteorder", 64))
            .Trim() != "little")
        {
            throw new ModelFormatException("the numbers are big-endian, which is not supported.", file.FileName, $"{folder}byteorder");
        }

        object? top = new PickleReader(members.Bytes(pickle, limits.MinimumReadBudget), file.FileName, limits).Read();
        Dictionary<string, WeightSource> storages = [];
        List<Task> checks = [];
        var weights = new TorchWeights(file.FileName, limits, storage =>
        {
            if (!storages.TryGetValue(storage.Key, out WeightSource? source))
            {
                source = members.Content($"{folder}data/{storage.Key}", out Task check);
                checks.Add(check);
                storages[storage.Key] = source;
            }

            return (source, 0);
        });
        IReadOnlyList<WeightData> found = weights.Of(top);
        Task.WhenAll(checks).GetAwaiter().GetResult();
        return found;
    }

    // Consecutive pickles: a signature, the version, the machine, the object and the keys of its storages; then the storages.
    private static IReadOnlyList<WeightData> ReadOld(WeightSource file, FileLimits limits)
    {
        byte[] bytes = new byte[Math.Min(file.Length, limits.MinimumReadBudget)];
        file.Read(0, bytes);
        var reader = new PickleReader(bytes, file.FileName, limits);
        if (bytes is not [0x80, ..] || reader.Read() is not BigInteger mark || mark != OldMark)
        {
            throw new ModelFormatException("neither a zip archive nor a legacy torch.save file.", file.FileName);
        }

        if (reader.Read() is not 1001L)
        {
            throw new ModelFormatException("the format version is not supported.", file.FileName);
        }

        if (reader.Read() is PickleDictionary machine && machine.Find("little_endian") is false)
        {
            throw new ModelFormatException("the numbers are big-endian, which is not supported.", file.FileName);
        }

        object? top = reader.Read();
        if (reader.Read() is not PickleList keys)
        {
            throw new ModelFormatException("the keys of the storages are missing.", file.FileName);
        }

        Dictionary<string, long> starts = new(StringComparer.Ordinal);
        TorchStorage[] known = [.. TorchWeights.StoragesOf(top, limits)];
        long position = reader.Position;
        Span<byte> count = stackalloc byte[8];
        foreach (object? item in keys)
        {
            TorchStorage storage = Array.Find(known, s => s.Key == item as string)
                ?? throw new ModelFormatException("a storage is not used by any tensor, so its element type is unknown.", file.FileName);
            file.Read(position, count);
            long numbers = System.Buffers.Binary.BinaryPrimitives.ReadInt64LittleEndian(count);
            position += 8;
            if (numbers != storage.Count)
            {
                throw new ModelFormatException($"a storage has {numbers} elements, but {storage.Count} are declared.", file.FileName,
                    storage.Key);
            }

            starts[storage.Key] = position;
            position = checked(position + (numbers * (storage.Type is null ? 1 : WeightType.SizeOf(storage.Type))));
            if (position > file.Length)
            {
                throw new ModelFormatException("the file ends within a storage: it is truncated.", file.FileName, storage.Key);
            }
        }

        return new TorchWeights(file.FileName, limits, storage => starts.TryGetValue(storage.Key, out long start)
            ? (file, start)
            : throw new ModelFormatException("a storage is missing.", file.FileName, storage.Key)).Of(top);
    }
}
