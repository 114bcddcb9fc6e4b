using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>Streams the results of each epoch to a CSV file. Keras: <c>callbacks.CSVLogger</c>.</summary>
/// <example>
/// <code>
/// model.Fit(x, y, epochs: 20, validationSplit: 0.2, callbacks: [new CSVLogger("run/log.csv")]);
/// </code>
/// </example>
/// <remarks>
/// The columns are <c>epoch</c>, from 0, and the names in the logs of the first epoch, sorted. If validation runs after a later epoch only, a
/// <c>val_</c> column is added for each. A missing value is written as <c>NA</c>; a name that first appears in a later epoch gets no
/// column. Rows end in CR LF. Each row is handed to the operating system at the end of its epoch, and the file is closed between epochs.
/// Missing directories are created.
/// </remarks>
public sealed class CSVLogger : Callback
{
    private const string Missing = "NA";
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);
    private IReadOnlyList<string>? columns;

    /// <summary>Creates the callback.</summary>
    /// <param name="filename">Path of the file to write.</param>
    /// <param name="separator">The character that separates columns. Default: a comma.</param>
    /// <param name="append">
    /// Whether to append to an existing file, for example to continue a training, instead of overwriting it. Default false.
    /// </param>
    /// <exception cref="ArgumentException">
    /// <paramref name="filename"/> is empty, or <paramref name="separator"/> is not a single character, or is a quote or a line break.
    /// </exception>
    public CSVLogger(string filename, string separator = ",", bool append = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(filename);
        ArgumentNullException.ThrowIfNull(separator);
        if (separator.Length != 1 || separator[0] is '"' or '\r' or '\n')
        {
            throw new ArgumentException(
                $"separator must be one character that is neither '\"' nor a line break, such as \",\", \";\" or a tab; it "
                    + $"is {Shown(separator)}.",
                nameof(separator));
        }

        FileName = filename;
        Separator = separator;
        Append = append;
    }

    /// <summary>The file to write, as given.</summary>
    public string FileName { get; }

    /// <summary>The character that separates columns.</summary>
    public string Separator { get; }

    /// <summary>Whether to append to an existing file.</summary>
    public bool Append { get; }

    /// <inheritdoc/>
    /// <exception cref="IOException">The file cannot be created or written.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to the file is denied.</exception>
    public override void OnTrainBegin(Logs logs)
    {
        columns = null;
        if ((Directory.Exists(FileName) ? "a folder" : UnixFile.OtherKind(FileName)) is { } kind)
        {
            throw new IOException($"{Name} cannot write to \"{FileName}\": it is {kind}. Pass the path of a file.");
        }

        if (Path.GetDirectoryName(FileName) is { Length: > 0 } folder)
        {
            Directory.CreateDirectory(folder);
        }

        // Done here, so that a file that cannot be written is noticed before the first epoch.
        Open(Append || Resuming ? FileMode.OpenOrCreate : FileMode.Create).Dispose();
    }

    /// <inheritdoc/>
    /// <returns>The columns and the length of the file.</returns>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public override SavedState? SaveState()
    {
        var state = new SavedState();
        state.Values["columns"] = columns is null ? null : new JsonArray([.. columns.Select(name => (JsonNode)name)]);
        using FileStream file = Open(FileMode.OpenOrCreate);

        // The rows that a backup relies on must be as durable as the backup.
        FileSystem.Current.Flush(file);
        state.Set("length", file.Length);
        return state;
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public override void LoadState(SavedState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        columns = state.Values["columns"] is JsonArray names ? [.. names.Select(name => (string)name!)] : null;
        long length = state.GetInt64("length");
        using FileStream file = Open(FileMode.OpenOrCreate);
        if (file.Length < length)
        {
            Warn($"{Name}: {FileName} has {file.Length} bytes and had {length} "
                + "when the run was last saved; the missing rows can't be restored.");
            columns = file.Length == 0 ? null : columns;
            return;
        }

        // Drops the rows of epochs that are trained again.
        file.SetLength(length);
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        var text = new StringBuilder();
        using FileStream file = Open(FileMode.OpenOrCreate);
        if (columns is null)
        {
            columns = ColumnsOf(logs);
            string header = Row(["epoch", .. columns]);
            bool going = file.Length > 0;
            if (going)
            {
                Continue(file, header, text);
            }
            else
            {
                text.Append(header);
            }

            Record(EventKind.LogStarted, $"{(going ? "appending" : "writing")} every epoch to {FileName}", path: FileName);
        }

        string[] cells =
        [
            epoch.ToString(CultureInfo.InvariantCulture),
            .. columns.Select(name => logs.TryGetValue(name, out double value) ? PythonNumber.Repr(value) : Missing),
        ];
        text.Append(Row(cells));
        FileSystem.Current.Append(file, Utf8.GetBytes(text.ToString()));
    }

    private static string Shown(string text) =>
        "\"" + text.Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal) + "\"";

    // Room for the values of a validation that comes after a later epoch; none where it is known that no validation comes.
    private List<string> ColumnsOf(Logs logs)
    {
        List<string> names = [.. logs.Keys.Order(StringComparer.Ordinal)];
        if (Params.Validates != false && !names.Exists(name => name.StartsWith("val_", StringComparison.Ordinal)))
        {
            names.AddRange([.. names.Select(name => "val_" + name)]);
        }

        return names;
    }

    // Unbuffered: a failed write must not be attempted again when the file is closed.
    private FileStream Open(FileMode mode) => FileSystem.Current.OpenShared(FileName, mode, FileAccess.ReadWrite);

    /// <summary>Checks the header and the end of an existing file before rows are appended.</summary>
    private void Continue(FileStream file, string header, StringBuilder text)
    {
        using var reader = new StreamReader(file, Utf8, leaveOpen: true);
        string? first = reader.ReadLine();
        if (first != header.TrimEnd('\r', '\n'))
        {
            Warn($"{Name} appends to {FileName}, but its columns are '{first}' and this run logs '{header.TrimEnd('\r', '\n')}'.");
        }

        // A row left unfinished by a killed run must not merge with the next one.
        file.Seek(-1, SeekOrigin.End);
        if (file.ReadByte() != '\n')
        {
            text.Append(CsvRow.RowEnd);
        }
    }

    private string Row(IEnumerable<string> cells) => CsvRow.Of(cells, Separator);

    internal static CSVLogger FromConfig(ConfigReader config) =>
        new(config.String("filename"), config.OptionalString("separator") ?? ",", config.Bool("append", false));

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["filename"] = FileName;
        config["separator"] = Separator;
        config["append"] = Append;
    }
}
