using System.Globalization;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <content>Saving, loading and concatenating histories.</content>
public sealed partial class History
{
    /// <summary>
    /// Saves the history to a file. <c>.json</c> contains everything. <c>.csv</c> contains the values in the format of
    /// <see cref="CSVLogger"/>; the events and the settings are saved next to it, in files with the same name and the extensions
    /// <c>.events.json</c> and <c>.settings.json</c>.
    /// </summary>
    /// <remarks>Files are written atomically. Missing directories are created. Values are read back exactly, bit for bit.</remarks>
    /// <param name="path">A path that ends in <c>.json</c> or <c>.csv</c>.</param>
    /// <exception cref="ArgumentException">The path has another extension.</exception>
    /// <exception cref="IOException">The file cannot be written; an existing file is unchanged.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to the file is denied; an existing file is unchanged.</exception>
    public void Save(string path)
    {
        if (IsCsv(path))
        {
            HistoryCsv.Write(path, this);
        }
        else
        {
            HistoryJson.Write(path, this);
        }
    }

    /// <summary>
    /// Loads a history saved by <see cref="Save"/>, or the values of a CSV file written by <see cref="CSVLogger"/> or by Keras' CSVLogger.
    /// </summary>
    /// <remarks>
    /// A CSV file starts with the column <c>epoch</c>; the character after it is the separator. <c>NA</c> and empty cells are missing
    /// values. Events and settings are read from the files with the same name and the extensions <c>.events.json</c> and
    /// <c>.settings.json</c>, if they exist.
    /// </remarks>
    /// <param name="path">A path that ends in <c>.json</c> or <c>.csv</c>.</param>
    /// <exception cref="ArgumentException">The path has another extension.</exception>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="ModelFormatException">The file is not a history; the message names the position.</exception>
    public static History Load(string path) => IsCsv(path) ? HistoryCsv.Read(path) : HistoryJson.Read(path);

    /// <summary>The number of epochs, and the last value of each name.</summary>
    public override string ToString()
    {
        IEnumerable<string> values =
            metrics.Select(pair => $"{pair.Key} {PythonNumber.Body(pair.Value[^1], 'g', 5, alternate: false, dotZero: false)}");
        return string.Create(CultureInfo.InvariantCulture, $"History of {epochs.Count} epochs: {string.Join(", ", values)}");
    }

    /// <summary>Creates a history from values.</summary>
    /// <param name="epochs">Indexes of the epochs, from 0.</param>
    /// <param name="columns">
    /// The values of each name, one per epoch; null for a missing value. The history takes over a <see cref="GappedColumn"/>.
    /// </param>
    /// <param name="events">The events that callbacks recorded.</param>
    /// <param name="settings">The settings of the training; none if null.</param>
    internal static History Of(
        IEnumerable<int> epochs, IEnumerable<KeyValuePair<string, IReadOnlyList<double?>>> columns, IEnumerable<TrainingEvent> events,
        IReadOnlyDictionary<string, string>? settings = null)
    {
        var history = new History();
        history.Settings = settings ?? history.Settings;
        history.epochs.AddRange(epochs);
        history.events.AddRange(events);
        foreach ((string? name, IReadOnlyList<double?>? column) in columns)
        {
            if (column is not GappedColumn gapped)
            {
                gapped = new GappedColumn(column.Count);
                foreach (double? value in column)
                {
                    gapped.Add(value);
                }
            }

            if (gapped.Values.Count > 0)
            {
                history.metrics[name] = gapped.Values;
                history.rows[name] = gapped.Rows;
            }
        }

        return history;
    }

    /// <summary>Like <see cref="Column"/>, with null for a missing value; all null for an unknown name.</summary>
    internal double?[] ColumnWithGaps(string key)
    {
        double?[] column = new double?[epochs.Count];
        if (metrics.TryGetValue(key, out IReadOnlyList<double>? values))
        {
            List<int> there = rows[key];
            for (int i = 0; i < there.Count; i++)
            {
                column[there[i]] = values[i];
            }
        }

        return column;
    }

    /// <summary>The indices in <see cref="Epochs"/> of the epochs that have a value of a known name.</summary>
    internal IReadOnlyList<int> RowsOf(string key) => rows[key];

    /// <summary>The history before an epoch, followed by all of another history.</summary>
    internal History ContinuedBy(History later, int firstEpoch)
    {
        int[] kept = [.. Enumerable.Range(0, epochs.Count).Where(row => epochs[row] < firstEpoch)];
        return Of(
            [.. kept.Select(row => epochs[row]), .. later.epochs],
            Keys.Union(later.Keys).Select(name =>
            {
                double?[] before = ColumnWithGaps(name);
                return KeyValuePair.Create(name,
                    (IReadOnlyList<double?>)[.. kept.Select(row => before[row]), .. later.ColumnWithGaps(name)]);
            }),
            [.. events.Where(one => one.Epoch < firstEpoch), .. later.events],
            later.Settings.Count > 0 ? later.Settings : Settings);
    }

    private static bool IsCsv(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        bool csv = path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase);
        return csv || path.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
            ? csv
            : throw new ArgumentException($"The path of a history must end in '.json' or '.csv'; it is '{path}'.", nameof(path));
    }
}
