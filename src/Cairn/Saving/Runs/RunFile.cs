using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using System.Text.Json.Nodes;
using Cairn.Callbacks;
using Cairn.Native;
using static TorchSharp.torch;

namespace Cairn.Saving.Runs;

/// <summary>
/// The backup file of a run: a header of 24 bytes (a signature, the version, the length of the text), a JSON text, the arrays that it
/// lists, concatenated, and the XXH128 hash of all of it.
/// </summary>
internal static class RunFile
{
    private const int Version = 3;
    private const int HeaderBytes = 24;
    private const int HashBytes = 16;
    private const int Piece = 1 << 20;

    // The root, the parts, one part, and the object for a number that JSON does not support.
    private const int LevelsAroundValues = 4;
    private const string Variables = "variables";

    private static ReadOnlySpan<byte> Mark => "CairnRun"u8;

    /// <summary>Writes a file in the format of <see cref="Read"/>.</summary>
    /// <exception cref="RunPartException">A part can't be saved; nothing is written.</exception>
    public static void Write(Stream stream, RunSnapshot snapshot, FileLimits? limits = null)
    {
        limits ??= FileLimits.OfRuns;
        List<WeightData> arrays = [];
        JsonObject description = Describe(snapshot, arrays, limits);
        byte[] text = Encoding.UTF8.GetBytes(description.ToJsonString());
        if (text.Length > limits.MaximumJsonBytes)
        {
            throw TooLong(description, text.Length, limits);
        }

        var hash = new XxHash128();
        byte[] header = new byte[HeaderBytes];
        Mark.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(8), Version);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(16), text.Length);
        Append(header);
        Append(text);
        foreach (WeightData array in arrays)
        {
            AppendArray(array);
        }

        stream.Write(hash.GetCurrentHash());

        void AppendArray(WeightData array)
        {
            if (array.Content.InMemory is { } memory)
            {
                Append(memory.Span);
                return;
            }

            byte[] buffer = new byte[Piece];
            for (long done = 0; done < array.ByteCount;)
            {
                Span<byte> piece = buffer.AsSpan(0, (int)Math.Min(Piece, array.ByteCount - done));
                array.Content.CopyTo(piece, done);
                Append(piece);
                done += piece.Length;
            }
        }

        void Append(ReadOnlySpan<byte> bytes)
        {
            // Piece by piece, so that the hashed bytes are still in the cache when they are written.
            for (; bytes.Length > 0; bytes = bytes[Math.Min(Piece, bytes.Length)..])
            {
                ReadOnlySpan<byte> next = bytes[..Math.Min(Piece, bytes.Length)];
                hash.Append(next);
                stream.Write(next);
            }
        }
    }

    /// <summary>
    /// Reads the identity and the states of the callbacks, without the weights and without checking the whole file: to show a run, not to
    /// go on with it.
    /// </summary>
    /// <exception cref="ModelFormatException">It is not a backup file.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    public static RunSnapshot ReadStates(string path) => ReadFile(path, FileLimits.OfRuns, whole: false);

    /// <summary>Reads the identity and the history only, also without checking the whole file.</summary>
    /// <returns>The history is empty if there is none; null if the file must be read with <see cref="ReadStates"/>.</returns>
    /// <exception cref="ModelFormatException">It is not a backup file.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    public static (string Identity, History History)? TryReadHistory(string path)
    {
        FileLimits limits = FileLimits.OfRuns;
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        int length;
        try
        {
            length = CheckHeader(stream, limits);
        }
        catch (ModelFormatException exception)
        {
            throw new ModelFormatException(exception.Problem, path, exception.Location, exception);
        }

        byte[] text = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            stream.ReadExactly(text, 0, length);
            ModelJson.CheckBeforeReading(text.AsSpan(0, length), path, limits);
            return RunHistoryReader.Read(text.AsSpan(0, length), stream, limits);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(text);
        }
    }

    /// <summary>Reads a file completely; accepts it only if it is exactly as written.</summary>
    /// <exception cref="ModelFormatException">It is not a backup file, or is damaged.</exception>
    /// <exception cref="IOException">An I/O error occurred.</exception>
    public static RunSnapshot Read(string path, FileLimits? limits = null) =>
        ReadFile(path, limits ?? FileLimits.OfRuns, whole: true);

    private static RunSnapshot ReadFile(string path, FileLimits limits, bool whole)
    {
        using FileStream stream = File.OpenRead(path);
        try
        {
            int textBytes = CheckHeader(stream, limits);
            if (whole)
            {
                CheckHash(stream);
            }

            stream.Position = HeaderBytes;
            byte[] text = new byte[textBytes];
            stream.ReadExactly(text);
            return Parse(ModelJson.ParseObject(Encoding.UTF8.GetString(text), null, null, limits), stream, limits, whole);
        }
        catch (ModelFormatException exception)
        {
            throw new ModelFormatException(exception.Problem, path, exception.Location, exception);
        }
        catch (Exception exception)
            when (exception is InvalidOperationException or FormatException or ArgumentException or ArithmeticException
            or EndOfStreamException)
        {
            throw new ModelFormatException($"its description is invalid ({exception.Message})", path, innerException: exception);
        }
    }

    /// <summary>Reads the identity of the run of a file, without verifying the rest of the file.</summary>
    /// <returns>The identity, and the number of epochs of the run, or null if the file does not contain it.</returns>
    /// <exception cref="ModelFormatException">The file is not a backup, or is damaged.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    public static (string Identity, long? Epochs) ReadIdentity(string path)
    {
        using FileStream stream = File.OpenRead(path);
        try
        {
            byte[] text = new byte[CheckHeader(stream, FileLimits.OfRuns)];
            stream.Position = HeaderBytes;
            stream.ReadExactly(text);
            JsonObject all = ModelJson.ParseObject(text, path, null, FileLimits.OfRuns);
            JsonNode? epochs = all["parts"]?["run"]?["values"]?[RunSnapshot.Epochs];
            return ((string?)all["identity"] ?? "{}", (long?)epochs);
        }
        catch (Exception exception) when (exception is InvalidOperationException or FormatException or EndOfStreamException)
        {
            throw new ModelFormatException($"the description of its content is invalid ({exception.Message})", path,
                innerException: exception);
        }
    }

    private static RunPartException TooLong(JsonObject description, int length, FileLimits limits)
    {
        (string part, int size) = description["parts"]!.AsObject().Select(part => (part.Key, part.Value?.ToJsonString().Length ?? 0))
            .MaxBy(part => part.Item2);
        return new RunPartException(
            part, $"the values of all states take {length} bytes as JSON; at most {limits.MaximumJsonBytes} are allowed, and this state "
            + $"takes {size}, more than any other. "
            + "Store large lists of numbers in SavedState.Arrays, which has no such limit.");
    }

    private static JsonObject Values(string name, SavedState part, FileLimits limits)
    {
        try
        {
            return StateJson.Write(part.Values, limits.MaximumJsonDepth - LevelsAroundValues);
        }
        catch (InvalidOperationException exception)
        {
            throw new RunPartException(name, exception.Message, exception);
        }
    }

    private static JsonObject Describe(RunSnapshot snapshot, List<WeightData> arrays, FileLimits limits)
    {
        var parts = new JsonObject();
        foreach ((string name, SavedState? part) in snapshot.Parts)
        {
            parts[name] = part is null
                ? null
                : new JsonObject
                {
                    ["values"] = Values(name, part, limits),
                    ["arrays"] = List(part.Arrays.Select(pair => ArrayData.Of(pair.Key, pair.Value)))
                };
        }

        return new JsonObject { ["identity"] = snapshot.Identity, ["parts"] = parts, [Variables] = List(snapshot.Variables) };

        JsonArray List(IEnumerable<WeightData> found)
        {
            var list = new JsonArray();
            foreach (WeightData array in found)
            {
                arrays.Add(array);
                var shape = new JsonArray([.. array.Shape.Select(size => (JsonNode)size)]);
                list.Add((JsonNode)new JsonObject { ["name"] = array.Name, ["dtype"] = array.DType, ["shape"] = shape });
            }

            return list;
        }
    }

    private static int CheckHeader(FileStream stream, FileLimits limits)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (stream.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes || !header.StartsWith(Mark))
        {
            throw new ModelFormatException(stream.Length == 0 ? "the file is empty." : "this is not a backup of a run.");
        }

        int version = BinaryPrimitives.ReadInt32LittleEndian(header[8..]);
        if (version != Version)
        {
            throw new ModelFormatException($"it has format version {version}; this program supports {Version}.");
        }

        long text = BinaryPrimitives.ReadInt64LittleEndian(header[16..]);
        long most = Math.Min(limits.MaximumJsonBytes, stream.Length - HeaderBytes - HashBytes);
        return text >= 0 && text <= most ? (int)text : throw new ModelFormatException("it is truncated.");
    }

    private static void CheckHash(FileStream stream)
    {
        var hash = new XxHash128();
        byte[] buffer = new byte[Piece];
        stream.Position = 0;
        for (long left = stream.Length - HashBytes; left > 0;)
        {
            Span<byte> piece = buffer.AsSpan(0, (int)Math.Min(left, Piece));
            stream.ReadExactly(piece);
            hash.Append(piece);
            left -= piece.Length;
        }

        Span<byte> stored = stackalloc byte[HashBytes];
        stream.ReadExactly(stored);
        if (!stored.SequenceEqual(hash.GetCurrentHash()))
        {
            throw new ModelFormatException("its checksum is wrong: it is damaged or truncated.");
        }
    }

    private static RunSnapshot Parse(JsonObject text, FileStream stream, FileLimits limits, bool whole)
    {
        var parts = new OrderedDictionary<string, SavedState?>(StringComparer.Ordinal);
        foreach ((string name, JsonNode? node) in Member<JsonObject>(text, "parts"))
        {
            if (node is not JsonObject part)
            {
                parts[name] = null;
                continue;
            }

            var state = new SavedState(StateJson.Read(Member<JsonObject>(part, "values")));
            foreach (WeightData array in Arrays(part, "arrays"))
            {
                state.Arrays[array.Name] = ArrayData.ToNDArray(array);
            }

            parts[name] = state;
        }

        return new RunSnapshot
        {
            Identity = (string?)text["identity"] ?? "{}",
            Parts = parts,
            Variables = whole ? [.. Arrays(text, Variables)] : []
        };

        IEnumerable<WeightData> Arrays(JsonObject owner, string key) => Member<JsonArray>(owner, key).Select(node =>
        {
            JsonObject entry = node as JsonObject ?? throw new ModelFormatException("the entry of an array is not an object.");
            string name = (string?)entry["name"] ?? "";
            string dtype = (string?)entry["dtype"] ?? "";
            long[] shape = [.. Member<JsonArray>(entry, "shape").Select(size => (long)size!)];
            if (shape.Length > limits.MaximumRank)
            {
                throw new ModelFormatException($"it has {shape.Length} axes; at most {limits.MaximumRank} are allowed.", location: name);
            }

            long bytes = WeightType.SizeOf(dtype);
            foreach (long size in shape)
            {
                bytes = size < 0 ? throw new ModelFormatException("a size is negative.", location: name) : checked(bytes * size);
            }

            if (bytes > Math.Min(limits.MaximumWeightBytes, stream.Length - HashBytes - stream.Position))
            {
                throw new ModelFormatException($"the array has {bytes} bytes, more than are left in the file.", location: name);
            }

            return new WeightData(name, shape, dtype, ReadContent(stream, bytes));
        });
    }

    private static unsafe WeightContent ReadContent(FileStream stream, long bytes)
    {
        if (bytes <= Array.MaxLength)
        {
            byte[] content = new byte[bytes];
            stream.ReadExactly(content);
            return new MemoryContent(content);
        }

        Tensor memory = empty(bytes, ScalarType.Byte).DetachFromDisposeScope();
        byte* start = (byte*)TensorMemory.PointerTo(memory);
        for (long done = 0; done < bytes;)
        {
            var piece = new Span<byte>(start + done, (int)Math.Min(Piece, bytes - done));
            stream.ReadExactly(piece);
            done += piece.Length;
        }

        return new NativeContent((nint)start, bytes, memory);
    }

    private static T Member<T>(JsonObject owner, string key)
        where T : JsonNode => owner[key] as T ?? throw new ModelFormatException($"'{key}' is missing.");
}
