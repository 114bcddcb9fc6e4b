using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Saving.Hdf5;

namespace Cairn.Saving;

/// <summary>
/// The <c>.keras</c> archive of Keras 3, independent of the model classes: a zip file of <c>metadata.json</c>, <c>config.json</c> and
/// <c>model.weights.h5</c>.
/// </summary>
/// <param name="Config">The model: class, config, build and compile configuration.</param>
/// <param name="Remarks">Cairn's metadata, such as the best value that a checkpoint was saved for.</param>
/// <param name="Weights">The variables, keyed by the path of their object.</param>
/// <param name="Vocabularies">The tokens of layers with a vocabulary, keyed by layer path.</param>
internal sealed record KerasArchive(
    JsonObject Config, IReadOnlyDictionary<string, string> Remarks, WeightGroups Weights,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Vocabularies) : IDisposable
{
    public const string MetadataMember = "metadata.json";
    public const string ConfigMember = "config.json";
    public const string WeightsMember = "model.weights.h5";

    // Keras ignores metadata.json when loading; a fourth member would make it unpack the whole archive.
    private const string RemarksKey = "cairn";

    private const string VersionKey = "keras_version";

    private Task check = Task.CompletedTask;

    /// <summary>The version of Keras that wrote it; null if the archive does not record it.</summary>
    public string? KerasVersion { get; private init; }

    /// <summary>Whether it was written by TensorFlow 2.12 to 2.15.</summary>
    public bool IsOfKeras2 => KerasVersion is ['2', '.', ..];

    /// <summary>Whether an open file starts like a zip archive.</summary>
    public static bool IsZip(WeightSource file)
    {
        Span<byte> start = stackalloc byte[(int)Math.Min(2, file.Length)];
        file.Read(0, start);
        return IsZip(start);
    }

    /// <summary>Writes an archive.</summary>
    /// <param name="stream">A writable, seekable stream.</param>
    /// <param name="config">The JSON of the model.</param>
    /// <param name="remarks">Cairn's metadata.</param>
    /// <param name="weightBytes">An upper bound of the size of the weights member.</param>
    /// <param name="weights">Writes the weights member to a readable, seekable stream.</param>
    /// <param name="vocabularies">The vocabulary files.</param>
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

        // All members are uncompressed, like Keras': weights hardly shrink, and the reader can seek in them.
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
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="ModelFormatException">The file is not such an archive, or is damaged.</exception>
    public static KerasArchive Read(string path, FileLimits? limits = null)
    {
        KerasArchive archive = Open(path, limits);
        archive.WaitUntilChecked();
        return archive;
    }

    /// <summary>Reads an archive whose checksum may still be being verified; see <see cref="WaitUntilChecked"/>.</summary>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="ModelFormatException">The file is not such an archive, or is damaged.</exception>
    public static KerasArchive Open(string path, FileLimits? limits = null) => Read(WeightSource.Open(path), limits ?? FileLimits.Current);

    /// <summary>Reads an archive from a seekable stream; <paramref name="fileName"/> is for messages.</summary>
    /// <exception cref="ModelFormatException">The file is not such an archive, or is damaged.</exception>
    public static KerasArchive Read(Stream stream, string? fileName, FileLimits? limits = null)
    {
        KerasArchive archive = Read(WeightSource.Of(stream, fileName), limits ?? FileLimits.Current);
        archive.WaitUntilChecked();
        return archive;
    }

    /// <summary>Reads Cairn's metadata only, without weights.</summary>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="ModelFormatException">The file is not such an archive, or is damaged.</exception>
    public static IReadOnlyDictionary<string, string> ReadRemarks(string path, FileLimits? limits = null)
    {
        limits ??= FileLimits.Current;
        using var file = WeightSource.Open(path);
        return Guarded(file, members => ReadRemarks(members, out _), limits);
    }

    /// <summary>Waits until the checksum of the weights is verified. If it differs, the archive is closed.</summary>
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
        // The background check must not read from a closed file.
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
            throw new ModelFormatException($"the zip archive is damaged or truncated ({exception.Message})", file.FileName,
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
            // A wrong checksum explains an error better than the place where it occurred.
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
            string problem = start is [0x89, (byte)'H', (byte)'D', (byte)'F', ..] ? "this is an HDF5 file ('.h5'), not a '.keras' archive."
                : ForeignFile.Problem(start) ?? "not a zip archive, so not a '.keras' file.";
            throw new ModelFormatException(problem, file.FileName);
        }
    }

    private static bool IsZip(ReadOnlySpan<byte> start) => start is [(byte)'P', (byte)'K', ..];
}
