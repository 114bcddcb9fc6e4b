using System.Globalization;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <content>Histories in files, and joined ones.</content>
public sealed partial class History
{
    /// <summary>
    /// Writes the history to a file. <c>.json</c> holds all of it. <c>.csv</c> holds the values as <see cref="CSVLogger"/> writes them,
    /// and a file <c>.events.json</c> of the same name beside it what the callbacks did.
    /// </summary>
    /// <remarks>Each file appears under its name whole or not at all. Missing folders are made. Numbers read back with the same bits.</remarks>
    /// <param name="path">A name that ends in <c>.json</c> or <c>.csv</c>.</param>
    /// <exception cref="ArgumentException">The name ends otherwise.</exception>
    /// <exception cref="IOException">The file cannot be written; what was there before stays.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written; what was there before stays.</exception>
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

    /// <summary>Reads a history from a file of <see cref="Save"/>, or the values from a CSV file of a <see cref="CSVLogger"/>, Keras' own included.</summary>
    /// <remarks>
    /// A CSV file begins with the column <c>epoch</c>; what separates the columns is the character behind that. <c>NA</c> and nothing
    /// at all stand for no value. What the callbacks did is read from the file <c>.events.json</c> of the same name, where there is one.
    /// </remarks>
    /// <param name="path">A name that ends in <c>.json</c> or <c>.csv</c>.</param>
    /// <exception cref="ArgumentException">The name ends otherwise.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFormatException">It is not a history; the message names the place.</exception>
    public static History Load(string path) => IsCsv(path) ? HistoryCsv.Read(path) : HistoryJson.Read(path);

    /// <summary>How many epochs, and the last value of each name.</summary>
    public override string ToString()
    {
        IEnumerable<string> values =
            metrics.Select(pair => $"{pair.Key} {PythonNumber.Body(pair.Value[^1], 'g', 5, alternate: false, dotZero: false)}");
        return string.Create(CultureInfo.InvariantCulture, $"History of {epochs.Count} epochs: {string.Join(", ", values)}");
    }

    /// <summary>A history of given values.</summary>
    /// <param name="epochs">Indexes of the epochs, from 0.</param>
    /// <param name="columns">For each name a value an epoch; null where there was none.</param>
    /// <param name="events">What the callbacks did.</param>
    internal static History Of(
        IEnumerable<int> epochs, IEnumerable<KeyValuePair<string, IReadOnlyList<double?>>> columns, IEnumerable<TrainingEvent> events)
    {
        var history = new History();
        history.epochs.AddRange(epochs);
        history.events.AddRange(events);
        foreach ((string? name, IReadOnlyList<double?>? column) in columns)
        {
            var there = Enumerable.Range(0, column.Count).Where(row => column[row] is not null).ToList();
            if (there.Count > 0)
            {
                history.metrics[name] = new EpochValues(there.Select(row => column[row]!.Value));
                history.rows[name] = there;
            }
        }

        return history;
    }

    /// <summary>Like <see cref="Column"/>, with null where an epoch had no value; all null for an unknown name.</summary>
    internal double?[] ColumnWithGaps(string key)
    {
        double?[] column = new double?[epochs.Count];
        if (metrics.TryGetValue(key, out IReadOnlyList<double>? values))
        {
            foreach ((int row, double value) in rows[key].Zip(values))
            {
                column[row] = value;
            }
        }

        return column;
    }

    /// <summary>What happened before an epoch, and then all of another history.</summary>
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
            [.. events.Where(one => one.Epoch < firstEpoch), .. later.events]);
    }

    private static bool IsCsv(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        bool csv = path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase);
        return csv || path.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
            ? csv
            : throw new ArgumentException($"A history's file must be named '….json' or '….csv'; it was '{path}'.", nameof(path));
    }
}
