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
/// <param name="Vocabularies">The tokens of layers that have any, by where the layer is.</param>
internal sealed record KerasArchive(
    JsonObject Config, IReadOnlyDictionary<string, string> Remarks, WeightGroups Weights,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Vocabularies) : IDisposable
{
    public const string MetadataMember = "metadata.json";
    public const string ConfigMember = "config.json";
    public const string WeightsMember = "model.weights.h5";

    // Keras never looks into metadata.json when it loads; a fourth member would make it unpack the whole archive.
    private const string RemarksKey = "cairn";

    private const string VersionKey = "keras_version";

    private Task check = Task.CompletedTask;

    /// <summary>The version of Keras that wrote it; null where the archive does not say.</summary>
    public string? KerasVersion { get; private init; }

    /// <summary>Whether it is of TensorFlow 2.12 to 2.15.</summary>
    public bool IsOfKeras2 => KerasVersion is ['2', '.', ..];

    /// <summary>Whether an open file begins as a zip archive does.</summary>
    public static bool IsZip(WeightSource file)
    {
        Span<byte> start = stackalloc byte[(int)Math.Min(2, file.Length)];
        file.Read(0, start);
        return IsZip(start);
    }

    /// <summary>Writes an archive.</summary>
    /// <param name="stream">Where to; can be written and sought.</param>
    /// <param name="config">The JSON of the model.</param>
    /// <param name="remarks">Cairn's own remarks.</param>
    /// <param name="weightBytes">How long the member of the weights can become at most.</param>
    /// <param name="weights">Writes the member of the weights, to a stream that can be read and sought.</param>
    /// <param name="vocabularies">The files of vocabularies.</param>
    public static void Write(
        Stream stream, JsonObject config, IReadOnlyDictionary<string, string> remarks, long weightBytes, Action<Stream> weights,
        IReadOnlyList<(string Member, byte[] Content)>? vocabularies = null)
    {
        var metadata = new JsonObject
        {
            [VersionKey] = ModelData.WrittenKerasVersion,
            ["date_saved"] = DateTime.Now.ToString("yyyy-MM-dd@HH:mm:ss", CultureInfo.InvariantCulture),
        };
        if (remarks.Count > 0)
        {
            metadata[RemarksKey] = new JsonObject(remarks.Select(r => KeyValuePair.Create(r.Key, (JsonNode?)JsonValue.Create(r.Value))));
        }

        // All stored as they are, like Keras': weights hardly shrink, and its reader can go straight to them.
        var zip = new ZipWriter(stream);
        zip.Add(MetadataMember, Encoding.UTF8.GetBytes(PythonJson.Write(metadata)));
        zip.Add(ConfigMember, Encoding.UTF8.GetBytes(PythonJson.Write(config)));
        zip.Add(WeightsMember, weightBytes, weights);
        foreach ((string member, byte[] content) in vocabularies ?? [])
        {
            zip.Add(member, content);
        }

        zip.Finish();
    }

    /// <summary>Reads an archive.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFormatException">It is not such an archive, or a damaged one.</exception>
    public static KerasArchive Read(string path, FileLimits? limits = null)
    {
        KerasArchive archive = Open(path, limits);
        archive.WaitUntilChecked();
        return archive;
    }

    /// <summary>Reads an archive whose checksum may still be under way; see <see cref="WaitUntilChecked"/>.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFormatException">It is not such an archive, or a damaged one.</exception>
    public static KerasArchive Open(string path, FileLimits? limits = null) => Read(WeightSource.Open(path), limits ?? FileLimits.Current);

    /// <summary>Reads an archive from a stream that can be sought; <paramref name="fileName"/> is for messages.</summary>
    /// <exception cref="ModelFormatException">It is not such an archive, or a damaged one.</exception>
    public static KerasArchive Read(Stream stream, string? fileName, FileLimits? limits = null)
    {
        KerasArchive archive = Read(WeightSource.Of(stream, fileName), limits ?? FileLimits.Current);
        archive.WaitUntilChecked();
        return archive;
    }

    /// <summary>Reads Cairn's own remarks alone, without any weight.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFormatException">It is not such an archive, or a damaged one.</exception>
    public static IReadOnlyDictionary<string, string> ReadRemarks(string path, FileLimits? limits = null)
    {
        limits ??= FileLimits.Current;
        using var file = WeightSource.Open(path);
        return Guarded(file, members => ReadRemarks(members, out _), limits);
    }

    /// <summary>Ends when the checksum of the weights is compared. Where it differs the archive is closed.</summary>
    /// <exception cref="ModelFormatException">The file is damaged.</exception>
    public void WaitUntilChecked()
    {
        try
        {
            check.GetAwaiter().GetResult();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Closes the file that the weights are read from.</summary>
    public void Dispose()
    {
        // Nobody may read from a file that is closed.
        ((IAsyncResult)check).AsyncWaitHandle.WaitOne();
        Weights.Dispose();
    }

    private static KerasArchive Read(WeightSource file, FileLimits limits)
    {
        try
        {
            return Guarded(
                file,
                members =>
                {
                    JsonObject config = members.Json(ConfigMember);
                    Dictionary<string, string> remarks = ReadRemarks(members, out string? version);
                    IReadOnlyDictionary<string, IReadOnlyList<string>> vocabularies = VocabularyFiles.Read(members, limits);
                    WeightGroups weights = ReadWeights(members, file.FileName, limits, out Task check);
                    return new KerasArchive(config, remarks, weights, vocabularies) { check = check, KerasVersion = version };
                },
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
        catch (Exception exception)
            when (exception is InvalidDataException or EndOfStreamException or ArgumentException or InvalidOperationException
            or NotSupportedException or ArithmeticException or IndexOutOfRangeException or OutOfMemoryException)
        {
            throw new ModelFormatException($"the zip archive is damaged or cut short ({exception.Message})", file.FileName,
                innerException: exception);
        }
    }

    private static WeightGroups ReadWeights(ZipMembers members, string? fileName, FileLimits limits, out Task check)
    {
        WeightSource content = members.Content(WeightsMember, out check);
        try
        {
            return WeightsHdf5.Read(content, limits);
        }
        catch (ModelFormatException exception)
        {
            // A wrong checksum explains what was found better than the place where it was met.
            using WeightSource closed = content;
            check.GetAwaiter().GetResult();
            string place = exception.Location is null or "/" ? WeightsMember : $"{WeightsMember}/{exception.Location}";
            throw new ModelFormatException(exception.Problem, fileName, place, exception);
        }
    }

    private static Dictionary<string, string> ReadRemarks(ZipMembers members, out string? version)
    {
        version = null;
        var remarks = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!members.Contains(MetadataMember))
        {
            return remarks;
        }

        JsonObject metadata = members.Json(MetadataMember);
        if (metadata[VersionKey] is JsonValue text)
        {
            text.TryGetValue(out version);
        }

        foreach ((string key, JsonNode? value) in metadata[RemarksKey] as JsonObject ?? [])
        {
            if (value?.GetValueKind() == JsonValueKind.String)
            {
                remarks[key] = value.GetValue<string>();
            }
        }

        return remarks;
    }

    private static void CheckSignature(WeightSource file)
    {
        Span<byte> start = stackalloc byte[(int)Math.Min(ForeignFile.StartBytes, file.Length)];
        file.Read(0, start);
        if (!IsZip(start))
        {
            string problem = start is [0x89, (byte)'H', (byte)'D', (byte)'F', ..]
                ? "this is an HDF5 file ('.h5') and not a '.keras' archive."
                : ForeignFile.Problem(start) ?? "not a zip archive, which a '.keras' file is.";
            throw new ModelFormatException(problem, file.FileName);
        }
    }

    private static bool IsZip(ReadOnlySpan<byte> start) => start is [(byte)'P', (byte)'K', ..];
}
