using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Saving.Hdf5;

namespace Cairn.Saving;

/// <summary>The <c>.keras</c> archive of Keras 3, free of model classes: a zip file of <c>metadata.json</c>, <c>config.json</c> and <c>model.weights.h5</c>.</summary>
/// <param name="Config">The model: class, config, how it is built and compiled.</param>
/// <param name="Remarks">Cairn's own remarks, such as the best value a checkpoint was saved for.</param>
/// <param name="Weights">Variables by where their object is.</param>
internal sealed record KerasArchive(JsonObject Config, IReadOnlyDictionary<string, string> Remarks, Dictionary<string, WeightGroup> Weights)
{
    public const string MetadataMember = "metadata.json";
    public const string ConfigMember = "config.json";
    public const string WeightsMember = "model.weights.h5";

    // Keras never looks into metadata.json when it loads; a fourth member would make it unpack the whole archive.
    private const string RemarksKey = "cairn";

    /// <summary>Writes an archive.</summary>
    /// <param name="stream">Where to; can be written and sought.</param>
    /// <param name="config">The JSON of the model.</param>
    /// <param name="remarks">Cairn's own remarks.</param>
    /// <param name="weights">The content of the weights' member; can be read.</param>
    public static void Write(Stream stream, JsonObject config, IReadOnlyDictionary<string, string> remarks, Stream weights)
    {
        var metadata = new JsonObject
        {
            ["keras_version"] = ModelData.WrittenKerasVersion,
            ["date_saved"] = DateTime.Now.ToString("yyyy-MM-dd@HH:mm:ss", CultureInfo.InvariantCulture),
        };
        if (remarks.Count > 0)
        {
            metadata[RemarksKey] = new JsonObject(remarks.Select(r => KeyValuePair.Create(r.Key, (JsonNode?)JsonValue.Create(r.Value))));
        }

        using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        AddText(zip, MetadataMember, PythonJson.Write(metadata));
        AddText(zip, ConfigMember, PythonJson.Write(config));
        using Stream member = Add(zip, WeightsMember);
        weights.CopyTo(member);
    }

    /// <summary>Reads an archive.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFormatException">It is not such an archive, or a damaged one.</exception>
    public static KerasArchive Read(string path, FileLimits? limits = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (Directory.Exists(path)) throw new IOException($"Cannot read '{path}': it is a folder.");
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no file '{path}' (looked in '{Path.GetDirectoryName(Path.GetFullPath(path))}').", path);

        using FileStream stream = File.OpenRead(path);
        return Read(stream, path, limits);
    }

    /// <summary>Reads an archive from a seekable stream; <paramref name="fileName"/> is for messages.</summary>
    /// <exception cref="ModelFormatException">It is not such an archive, or a damaged one.</exception>
    public static KerasArchive Read(Stream stream, string? fileName, FileLimits? limits = null)
    {
        limits ??= FileLimits.Default;
        try
        {
            CheckSignature(stream, fileName);
            using var zip = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            var members = new ZipMembers(zip, fileName, limits);
            JsonObject config = ModelJson.ParseObject(members.Text(ConfigMember), fileName, ConfigMember, limits);
            IReadOnlyDictionary<string, string> remarks = members.Contains(MetadataMember)
                ? ReadRemarks(ModelJson.ParseObject(members.Text(MetadataMember), fileName, MetadataMember, limits))
                : new Dictionary<string, string>();
            return new KerasArchive(config, remarks, ReadWeights(members, fileName, limits));
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException or ArgumentException or InvalidOperationException
            or NotSupportedException or ArithmeticException or IndexOutOfRangeException or OutOfMemoryException)
        {
            throw new ModelFormatException($"the zip archive is damaged or cut short ({exception.Message})", fileName, innerException: exception);
        }
    }

    private static Dictionary<string, WeightGroup> ReadWeights(ZipMembers members, string? fileName, FileLimits limits)
    {
        using Stream content = members.Content(WeightsMember);
        try
        {
            return WeightsHdf5.Read(content, fileName, limits);
        }
        catch (ModelFormatException exception)
        {
            string place = exception.Location is null or "/" ? WeightsMember : $"{WeightsMember}/{exception.Location}";
            throw new ModelFormatException(exception.Problem, fileName, place, exception);
        }
    }

    private static Dictionary<string, string> ReadRemarks(JsonObject metadata)
    {
        var remarks = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string key, JsonNode? value) in metadata[RemarksKey] as JsonObject ?? [])
        {
            if (value?.GetValueKind() == JsonValueKind.String) remarks[key] = value.GetValue<string>();
        }

        return remarks;
    }

    private static void CheckSignature(Stream stream, string? fileName)
    {
        Span<byte> start = stackalloc byte[4];
        int count = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        stream.Position = 0;
        if (count == 0) throw new ModelFormatException("the file is empty.", fileName);
        if (start[0] == 0x89 && start[1..].SequenceEqual("HDF"u8))
        {
            throw new ModelFormatException("this is an HDF5 file and not a '.keras' archive; give it a name that ends in '.h5'.", fileName);
        }

        if (!start[..2].SequenceEqual("PK"u8)) throw new ModelFormatException("not a zip archive, which a '.keras' file is.", fileName);
    }

    private static void AddText(ZipArchive zip, string name, string text)
    {
        using Stream member = Add(zip, name);
        member.Write(Encoding.UTF8.GetBytes(text));
    }

    // Stored as they are, like Keras': weights hardly shrink, and their reader can go straight to them.
    private static Stream Add(ZipArchive zip, string name)
    {
        ZipArchiveEntry entry = zip.CreateEntry(name, CompressionLevel.NoCompression);

        // Of the same model the same bytes but for the date inside the metadata.
        entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
        return entry.Open();
    }
}
