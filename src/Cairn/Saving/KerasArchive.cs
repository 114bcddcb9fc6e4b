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
internal sealed record KerasArchive(JsonObject Config, IReadOnlyDictionary<string, string> Remarks, WeightGroups Weights) : IDisposable
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
    public static KerasArchive Read(string path, FileLimits? limits = null) => Read(WeightSource.Open(path), limits ?? FileLimits.Current);

    /// <summary>Reads an archive from a stream that can be sought; <paramref name="fileName"/> is for messages.</summary>
    /// <exception cref="ModelFormatException">It is not such an archive, or a damaged one.</exception>
    public static KerasArchive Read(Stream stream, string? fileName, FileLimits? limits = null) =>
        Read(WeightSource.Of(stream, fileName), limits ?? FileLimits.Current);

    /// <summary>Reads Cairn's own remarks alone, without any weight.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFormatException">It is not such an archive, or a damaged one.</exception>
    public static IReadOnlyDictionary<string, string> ReadRemarks(string path, FileLimits? limits = null)
    {
        limits ??= FileLimits.Current;
        using WeightSource file = WeightSource.Open(path);
        return Guarded(file, members => ReadRemarks(members, path, limits), limits);
    }

    /// <summary>Closes the file that the weights are read from.</summary>
    public void Dispose() => Weights.Dispose();

    private static KerasArchive Read(WeightSource file, FileLimits limits)
    {
        try
        {
            return Guarded(
                file,
                members => new KerasArchive(
                    ModelJson.ParseObject(members.Text(ConfigMember), file.FileName, ConfigMember, limits),
                    ReadRemarks(members, file.FileName, limits),
                    ReadWeights(members, file.FileName, limits)),
                limits);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static T Guarded<T>(WeightSource file, Func<ZipMembers, T> read, FileLimits limits)
    {
        try
        {
            CheckSignature(file);
            var stream = new SourceStream(file);
            using var zip = new ZipArchive(stream, ZipArchiveMode.Read);
            return read(new ZipMembers(zip, file, stream, limits));
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException or ArgumentException or InvalidOperationException
            or NotSupportedException or ArithmeticException or IndexOutOfRangeException or OutOfMemoryException)
        {
            throw new ModelFormatException($"the zip archive is damaged or cut short ({exception.Message})", file.FileName, innerException: exception);
        }
    }

    private static WeightGroups ReadWeights(ZipMembers members, string? fileName, FileLimits limits)
    {
        try
        {
            return WeightsHdf5.Read(members.Content(WeightsMember), limits);
        }
        catch (ModelFormatException exception) when (exception.Location is null || !exception.Location.StartsWith(WeightsMember, StringComparison.Ordinal))
        {
            string place = exception.Location is null or "/" ? WeightsMember : $"{WeightsMember}/{exception.Location}";
            throw new ModelFormatException(exception.Problem, fileName, place, exception);
        }
    }

    private static Dictionary<string, string> ReadRemarks(ZipMembers members, string? fileName, FileLimits limits)
    {
        var remarks = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!members.Contains(MetadataMember)) return remarks;
        JsonObject metadata = ModelJson.ParseObject(members.Text(MetadataMember), fileName, MetadataMember, limits);
        foreach ((string key, JsonNode? value) in metadata[RemarksKey] as JsonObject ?? [])
        {
            if (value?.GetValueKind() == JsonValueKind.String) remarks[key] = value.GetValue<string>();
        }

        return remarks;
    }

    private static void CheckSignature(WeightSource file)
    {
        string? fileName = file.FileName;
        Span<byte> start = stackalloc byte[4];
        start.Clear();
        if (file.Length == 0) throw new ModelFormatException("the file is empty.", fileName);
        file.Read(0, start[..(int)Math.Min(start.Length, file.Length)]);
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
