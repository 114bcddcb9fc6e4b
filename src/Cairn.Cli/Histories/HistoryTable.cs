using Cairn.Callbacks;

namespace Cairn.Cli.Histories;

/// <summary>The values of every epoch and what the callbacks did, as they are kept in files.</summary>
/// <param name="Names">Names of the values, sorted as Keras' <c>CSVLogger</c> sorts them.</param>
/// <param name="Epochs">Indexes of the epochs, from 0.</param>
/// <param name="Values">For each name a value an epoch; NaN where there was none.</param>
/// <param name="Events">What the callbacks did.</param>
internal sealed record HistoryTable(
    IReadOnlyList<string> Names, IReadOnlyList<int> Epochs, IReadOnlyDictionary<string, double[]> Values, IReadOnlyList<TrainingEvent> Events)
{
    public static HistoryTable Empty { get; } = new([], [], new Dictionary<string, double[]>(), []);

    public static HistoryTable Of(History history) => new(
        [.. history.Keys.Order(StringComparer.Ordinal)],
        [.. history.Epochs],
        history.Keys.ToDictionary(name => name, name => Padded(history[name], history.Epochs.Count)),
        [.. history.Events]);

    /// <summary>What happened before an epoch, and then all of another table.</summary>
    public HistoryTable ContinuedBy(HistoryTable later, int firstEpoch)
    {
        int[] kept = [.. Enumerable.Range(0, Epochs.Count).Where(index => Epochs[index] < firstEpoch)];
        string[] names = [.. Names.Union(later.Names).Order(StringComparer.Ordinal)];
        return new HistoryTable(
            names,
            [.. kept.Select(index => Epochs[index]), .. later.Epochs],
            names.ToDictionary(name => name, name => (double[])[.. kept.Select(index => Value(name, index)), .. later.Column(name)]),
            [.. Events.Where(one => one.Epoch < firstEpoch), .. later.Events]);
    }

    public double Value(string name, int index) => Values.TryGetValue(name, out double[]? column) ? column[index] : double.NaN;

    private double[] Column(string name) => Values.TryGetValue(name, out double[]? column) ? column : Padded([], Epochs.Count);

    private static double[] Padded(IReadOnlyList<double> values, int count) =>
        [.. values, .. Enumerable.Repeat(double.NaN, Math.Max(count - values.Count, 0))];
}
