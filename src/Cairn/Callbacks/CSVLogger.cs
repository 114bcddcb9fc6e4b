using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>Writes the values of every epoch as a row of a CSV file. Keras: <c>callbacks.CSVLogger</c>.</summary>
/// <example>
/// <code>
/// model.Fit(x, y, epochs: 20, validationSplit: 0.2, callbacks: [new CSVLogger("run/log.csv")]);
/// </code>
/// </example>
/// <remarks>
/// The columns are <c>epoch</c>, from 0, and the names in the logs of the first epoch, sorted; without any <c>val_</c> among them, a
/// <c>val_</c> column for each is added. A value that is not there is <c>NA</c>; a name that comes later has no column. Rows end in
/// CR LF. Each row is on the disk's way when its epoch has ended; between epochs the file is closed. Missing folders are made.
/// </remarks>
public sealed class CSVLogger : Callback
{
    private const string Missing = "NA";
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);
    private IReadOnlyList<string>? columns;

    /// <summary>Creates the callback.</summary>
    /// <param name="filename">The file to write.</param>
    /// <param name="separator">One character between columns. Default a comma.</param>
    /// <param name="append">
    /// Whether to go on with an existing file, for a training that goes on, instead of replacing it. Default false.
    /// </param>
    /// <exception cref="ArgumentException">
    /// <paramref name="filename"/> is empty, or <paramref name="separator"/> is not one character or is a quote or a line break.
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

    /// <summary>The character between columns.</summary>
    public string Separator { get; }

    /// <summary>Whether an existing file is continued.</summary>
    public bool Append { get; }

    /// <inheritdoc/>
    /// <exception cref="IOException">The file cannot be made or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public override void OnTrainBegin(Logs logs)
    {
        columns = null;
        if ((Directory.Exists(FileName) ? "a folder" : UnixFile.OtherKind(FileName)) is { } kind)
        {
            throw new IOException($"{Name} cannot write to \"{FileName}\": it is {kind}. Give the path of a file.");
        }

        if (Path.GetDirectoryName(FileName) is { Length: > 0 } folder)
        {
            Directory.CreateDirectory(folder);
        }

        // Now, so that a file that cannot be written is noticed before the first epoch.
        Open(Append || Resuming ? FileMode.OpenOrCreate : FileMode.Create).Dispose();
    }

    /// <inheritdoc/>
    /// <returns>The columns, and how long the file is.</returns>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public override SavedState? SaveState()
    {
        var state = new SavedState();
        state.Values["columns"] = columns is null ? null : new JsonArray([.. columns.Select(name => (JsonNode)name)]);
        using FileStream file = Open(FileMode.OpenOrCreate);

        // The rows that a backup counts on are as safe as the backup.
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
            Warn($"{Name}: {FileName} has {file.Length} bytes and had {length} when the run was last saved; the rows that are "
                + "missing stay so.");
            columns = file.Length == 0 ? null : columns;
            return;
        }

        // Rows of epochs that will be trained once more.
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

            Record(EventKind.LogStarted, $"every epoch is {(going ? "appended" : "written")} to {FileName}", path: FileName);
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

    private static List<string> ColumnsOf(Logs logs)
    {
        List<string> names = [.. logs.Keys.Order(StringComparer.Ordinal)];
        if (!names.Exists(name => name.StartsWith("val_", StringComparison.Ordinal)))
        {
            names.AddRange([.. names.Select(name => "val_" + name)]);
        }

        return names;
    }

    // Without a buffer: what could not be written must not be written later, when the file is closed.
    private FileStream Open(FileMode mode) => FileSystem.Current.OpenShared(FileName, mode, FileAccess.ReadWrite);

    /// <summary>Looks at what an existing file begins and ends with before rows are added to it.</summary>
    private void Continue(FileStream file, string header, StringBuilder text)
    {
        using var reader = new StreamReader(file, Utf8, leaveOpen: true);
        string? first = reader.ReadLine();
        if (first != header.TrimEnd('\r', '\n'))
        {
            Warn($"{Name} appends to {FileName}, whose columns are others: they are '{first}', the values are those of "
                + $"'{header.TrimEnd('\r', '\n')}'.");
        }

        // A row that a killed run left unfinished must not swallow the next one.
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
