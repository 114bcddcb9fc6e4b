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
/// The columns are <c>epoch</c>, from 0, and the names in the logs of the first epoch, sorted. If validation first runs after a later
/// epoch, a <c>val_</c> column is added for each. A missing value is written as <c>NA</c>; a name that first appears in a later epoch gets
/// no column. Rows end in CR LF. Each row is handed to the operating system at the end of its epoch, and flushed to the disk with the next
/// backup and at the end of training; the file is closed between epochs. Missing directories are created. A relative path is resolved
/// against the working directory when training begins.
/// </remarks>
public sealed class CSVLogger : Callback
{
    private const string Missing = "NA";
    private const int MostPending = 100_000;
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);
    private readonly TolerantWriting writing;

    // Rows that are not in the file yet: that of the current epoch, and earlier ones that could not be written.
    private readonly List<string> pending = [];
    private IReadOnlyList<string>? columns;
    private bool hasHeader;
    private string? path;

    /// <summary>Creates the callback.</summary>
    /// <param name="filename">Path of the file to write.</param>
    /// <param name="separator">The character that separates columns. Default: a comma.</param>
    /// <param name="append">
    /// Whether to append to an existing file, for example to continue a training, instead of overwriting it. Default false.
    /// </param>
    /// <param name="onError">
    /// What to do when the file can't be written: <c>"stop"</c> (default), <c>"retry"</c>, or <c>"warn"</c>: the row is kept and written
    /// with the next one.
    /// </param>
    /// <exception cref="ArgumentException">
    /// <paramref name="filename"/> is empty, or <paramref name="separator"/> is not a single character, or is a quote or a line break.
    /// </exception>
    public CSVLogger(string filename, string separator = ",", bool append = false, SaveErrorPolicy onError = default)
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
        OnError = onError;
        writing = new TolerantWriting(onError);
    }

    /// <summary>The file to write, as given.</summary>
    public string FileName { get; }

    /// <summary>The character that separates columns.</summary>
    public string Separator { get; }

    /// <summary>Whether to append to an existing file.</summary>
    public bool Append { get; }

    /// <summary>What to do when the file can't be written.</summary>
    public SaveErrorPolicy OnError { get; }

    private string FullPath => path ??= Path.GetFullPath(FileName);

    /// <inheritdoc/>
    public override bool OnlyOnFirstReplica => true;

    /// <inheritdoc/>
    /// <exception cref="IOException">The file cannot be created or written.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to the file is denied.</exception>
    public override void OnTrainBegin(Logs logs)
    {
        (columns, hasHeader, path) = (null, false, Path.GetFullPath(FileName));
        pending.Clear();
        if (HadEnded)
        {
            return;
        }

        if ((Directory.Exists(FullPath) ? "a folder" : UnixFile.OtherKind(FullPath)) is { } kind)
        {
            throw new IOException($"{Name} cannot write to \"{FileName}\": it is {kind}. Pass the path of a file.");
        }

        // Done here, so that a file that cannot be written is noticed before the first epoch.
        FileMode mode = Append || Resuming ? FileMode.OpenOrCreate : FileMode.Create;
        Write(() =>
        {
            string folder = Path.GetDirectoryName(FullPath)!;
            FileSystem.Current.CreateFolder(folder);
            bool isNew = !File.Exists(FullPath);
            Open(mode).Dispose();
            if (isNew)
            {
                FileSystem.Current.FlushFolder(folder);
            }
        });
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public override void OnTrainEnd(Logs logs)
    {
        if (!HadEnded)
        {
            Write(() => WriteRows(toDisk: true));
        }
    }

    /// <inheritdoc/>
    /// <returns>The columns, the length of the file, and the rows that could not be written.</returns>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public override SavedState? SaveState()
    {
        var state = new SavedState();
        state.Values["columns"] = columns is null ? null : new JsonArray([.. columns.Select(name => (JsonNode)name)]);
        long length = 0;

        // The rows that a backup relies on must be as durable as the backup.
        Write(() => length = WriteRows(toDisk: true));
        state.Set("length", writing.IsFailing ? LengthNow() : length);
        state.Set("has_header", hasHeader);
        state.Values["pending"] = new JsonArray([.. pending.Select(row => (JsonNode)row)]);
        return state;
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public override void LoadState(SavedState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        columns = state.Values["columns"] is JsonArray names ? [.. names.Select(name => (string)name!)] : null;
        hasHeader = state.Values["has_header"] is null ? columns is not null : state.GetBoolean("has_header");
        pending.Clear();
        pending.AddRange((state.Values["pending"] as JsonArray)?.Select(row => (string)row!) ?? []);
        if (HadEnded)
        {
            return;
        }

        long length = state.GetInt64("length");
        Write(() =>
        {
            using FileStream file = Open(FileMode.OpenOrCreate);
            if (file.Length < length)
            {
                Warn($"{Name}: {FileName} has {file.Length} bytes and had {length} "
                    + "when the run was last saved; the missing rows can't be restored.");
                (columns, hasHeader) = file.Length == 0 ? (null, false) : (columns, hasHeader);
                return;
            }

            // Removes the rows of epochs that are trained again.
            FileSystem.Current.SetLength(file, length);
        });
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        columns ??= ColumnsOf(logs);
        string[] cells =
        [
            epoch.ToString(CultureInfo.InvariantCulture),
            .. columns.Select(name => logs.TryGetValue(name, out double value) ? PythonNumber.Repr(value) : Missing),
        ];
        pending.Add(Row(cells));
        if (!Write(() => WriteRows(toDisk: false)) && pending.Count > MostPending)
        {
            Warn($"{Name}: {pending.Count} rows could not be written to {FileName}; the oldest is lost.");
            pending.RemoveAt(0);
        }
    }

    private bool Write(Action write) => writing.Try(
        write, exception =>
        Warn($"{Name} could not write to {FileName}; training continues, and the rows are written later: {exception.Message}"));

    /// <summary>Writes the pending rows; creates the file if it does not exist.</summary>
    /// <returns>The length of the file.</returns>
    private long WriteRows(bool toDisk)
    {
        using FileStream file = Open(FileMode.OpenOrCreate);
        if (pending.Count > 0)
        {
            var text = new StringBuilder();
            bool going = file.Length > 0;
            bool first = !hasHeader;
            if (first)
            {
                string header = Row(["epoch", .. columns!]);
                if (going)
                {
                    Continue(file, header, text);
                }
                else
                {
                    text.Append(header);
                }
            }

            text.AppendJoin("", pending);
            FileSystem.Current.Append(file, Utf8.GetBytes(text.ToString()));
            pending.Clear();
            hasHeader = true;
            if (first)
            {
                Record(EventKind.LogStarted, $"{(going ? "appending" : "writing")} every epoch to {FileName}", path: FileName);
            }
        }

        if (toDisk)
        {
            FileSystem.Current.Flush(file);
        }

        return file.Length;
    }

    private long LengthNow() => File.Exists(FullPath) ? new FileInfo(FullPath).Length : 0;

    private static string Shown(string text) =>
        "\"" + text.Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal) + "\"";

    // Adds columns for a validation after a later epoch, unless it is known that there will be none.
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
    private FileStream Open(FileMode mode) => FileSystem.Current.OpenShared(FullPath, mode, FileAccess.ReadWrite);

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
        new(config.String("filename"), config.OptionalString("separator") ?? ",", config.Bool("append", false),
        config.OptionalString("on_error") ?? "stop");

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["filename"] = FileName;
        config["separator"] = Separator;
        config["append"] = Append;
        config["on_error"] = OnError.ToString();
    }
}
