using System.IO.Compression;
using System.IO.Hashing;
using System.Text.Json.Nodes;

namespace Cairn.Saving;

/// <summary>Reads the members of an untrusted zip archive: by name, whole, within limits, and with the checksum verified.</summary>
/// <remarks>The names in the archive are never used as paths to write to.</remarks>
internal sealed class ZipMembers
{
    // Larger members are unpacked to a file.
    private const long MostInMemory = 64 * 1024 * 1024;
    private const int PieceBytes = 1024 * 1024;

    private readonly Dictionary<string, ZipArchiveEntry> members = new(StringComparer.Ordinal);
    private readonly WeightSource file;
    private readonly SourceStream stream;
    private readonly FileLimits limits;

    /// <summary>Lists the members of an archive.</summary>
    /// <param name="archive">The archive, over <paramref name="stream"/>.</param>
    /// <param name="file">The open file.</param>
    /// <param name="stream">The same file as a stream.</param>
    /// <param name="limits">The limits to apply.</param>
    /// <param name="isAllowed">Which member names to allow besides plain ones; those of assets by default.</param>
    /// <param name="mostMembers">Maximum number of members; the one in the limits by default.</param>
    /// <exception cref="ModelFormatException">The archive has too many members, or a member name is not allowed.</exception>
    public ZipMembers(
        ZipArchive archive, WeightSource file, SourceStream stream, FileLimits limits, Func<string, bool>? isAllowed = null,
        int? mostMembers = null)
    {
        this.file = file;
        this.stream = stream;
        this.limits = limits;
        int most = mostMembers ?? limits.MaximumMembers;
        if (archive.Entries.Count > most)
        {
            throw Failure($"the archive has {archive.Entries.Count} members; at most {most} are allowed.", null);
        }

        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            string shown = Shown(entry.FullName);
            if (!IsPlain(entry.FullName) && !(isAllowed ?? IsAsset)(entry.FullName))
            {
                throw Failure(
                    $"a member is named '{shown}'; only names without folders, and names below 'assets', are allowed.",
                    null);
            }

            if (!members.TryAdd(entry.FullName, entry))
            {
                throw Failure("the archive has two members with this name.", shown);
            }
        }
    }

    /// <summary>The names of all members.</summary>
    public IEnumerable<string> Names => members.Keys;

    public bool Contains(string name) => members.ContainsKey(name);

    /// <summary>The names of the members below the assets folder.</summary>
    public IEnumerable<string> Assets => members.Keys.Where(IsAsset);

    /// <summary>The bytes of a member, up to a maximum.</summary>
    public byte[] Bytes(string name, long most)
    {
        ZipArchiveEntry entry = Find(name, most);
        using var content = new MemoryStream((int)entry.Length);
        Unpack(entry, content);
        return content.ToArray();
    }

    /// <summary>Parses a member as a JSON object.</summary>
    public JsonObject Json(string name)
    {
        ZipArchiveEntry entry = Find(name, limits.MaximumJsonBytes);
        using var content = new MemoryStream((int)entry.Length);
        Unpack(entry, content);
        return ModelJson.ParseObject(content.GetBuffer().AsSpan(0, (int)content.Length), file.FileName, name, limits);
    }

    /// <summary>Opens a member for random access. Closing it closes the archive's file.</summary>
    /// <param name="name">The name of the member.</param>
    /// <param name="check">
    /// Completes when the checksum is verified, and fails with a <see cref="ModelFormatException"/> if it differs. The weights are read
    /// meanwhile.
    /// </param>
    public WeightSource Content(string name, out Task check)
    {
        ZipArchiveEntry entry = Find(name, limits.MaximumTotalBytes);
        check = Task.CompletedTask;
        if (StoredPart(entry) is { } part)
        {
            uint expected = entry.Crc32;
            check = Task.Run(() =>
            {
                if (Sum(part) != expected)
                {
                    throw Damaged(name);
                }
            });
            return part;
        }

        Stream content = entry.Length <= MostInMemory ? new MemoryStream((int)entry.Length) : TemporaryFile();
        try
        {
            Unpack(entry, content);
            return WeightSource.Of(content, file.FileName, unpackedFrom: file);
        }
        catch
        {
            content.Dispose();
            throw;
        }
    }

    private ZipArchiveEntry Find(string name, long most)
    {
        if (!members.TryGetValue(name, out ZipArchiveEntry? entry))
        {
            throw Failure(
                $"the member '{name}' is missing; the archive "
                    + $"holds {(members.Count == 0 ? "nothing" : string.Join(", ", members.Keys.Take(20).Select(Shown)))}.",
                null);
        }

        if (entry.IsEncrypted)
        {
            throw Failure("the member is encrypted.", name);
        }

        if (entry.Length < 0 || entry.CompressedLength < 0 || entry.Length > most)
        {
            throw Failure($"the member declares {entry.Length} bytes; at most {most} are allowed.", name);
        }

        if (entry.Length > limits.MinimumReadBudget && entry.Length / limits.MaximumZipExpansion > entry.CompressedLength)
        {
            throw Failure($"the member declares {entry.Length} bytes, compressed to {entry.CompressedLength}; no model "
                + "compresses that well.", name);
        }

        return entry;
    }

    // An uncompressed member need not be unpacked. Reading its first byte reveals where it starts in the file.
    private WeightSource? StoredPart(ZipArchiveEntry entry)
    {
        if (entry.CompressedLength != entry.Length || entry.Length == 0)
        {
            return null;
        }

        using (Stream content = entry.Open())
        {
            if (content.ReadByte() < 0)
            {
                return null;
            }
        }

        long start = stream.Position - 1;
        if (start < 0 || entry.Length > file.Length - start)
        {
            return null;
        }

        return file.Part(start, entry.Length);
    }

    private static uint Sum(WeightSource source)
    {
        var sum = new Crc32();
        byte[] buffer = new byte[(int)Math.Min(PieceBytes, source.Length)];
        for (long done = 0; done < source.Length; done += buffer.Length)
        {
            Span<byte> piece = buffer.AsSpan(0, (int)Math.Min(buffer.Length, source.Length - done));
            source.Read(done, piece);
            sum.Append(piece);
        }

        return sum.GetCurrentHashAsUInt32();
    }

    private void Unpack(ZipArchiveEntry entry, Stream target)
    {
        using Stream source = entry.Open();
        var sum = new Crc32();
        byte[] buffer = new byte[80 * 1024];
        long left = entry.Length;
        int count;
        while ((count = source.Read(buffer)) > 0)
        {
            left -= count;
            if (left < 0)
            {
                throw Failure($"the member is longer than the {entry.Length} bytes it declares.", entry.FullName);
            }

            sum.Append(buffer.AsSpan(0, count));
            target.Write(buffer.AsSpan(0, count));
        }

        if (left > 0)
        {
            throw Failure($"the member declares {entry.Length} bytes but ends after {entry.Length - left}.", entry.FullName);
        }

        if (sum.GetCurrentHashAsUInt32() != entry.Crc32)
        {
            throw Damaged(entry.FullName);
        }
    }

    private ModelFormatException Damaged(string name) => Failure("the content does not match its checksum; the file is damaged.", name);

    public ModelFormatException Failure(string problem, string? member, Exception? inner = null) =>
        new(problem, file.FileName, member, inner);

    private static FileStream TemporaryFile()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            Options = FileOptions.DeleteOnClose,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), options);
    }

    /// <summary>Whether a name is a plain file name, without a folder.</summary>
    public static bool IsPlain(string name) =>
        name.Length > 0 && name is not ("." or "..") && !name.AsSpan().ContainsAny('/', '\\', ':') && !name.Any(char.IsControl);

    /// <summary>Whether a name is that of a file below the folder <c>assets</c>, without leading out of it.</summary>
    public static bool IsAsset(string name) =>
        name.StartsWith("assets/", StringComparison.Ordinal) && name.Split('/') is { Length: >= 3 and <= 64 } parts && parts.All(IsPlain);

    /// <summary>An untrusted name, made safe for a message.</summary>
    public static string Shown(string name) =>
        string.Concat(name.Take(60).Select(c => char.IsControl(c) ? '?' : c)) + (name.Length > 60 ? "…" : "");
}
