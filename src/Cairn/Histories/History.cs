using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>
/// What a training gave: the values of every epoch and everything the callbacks did. <c>Fit</c> returns it.
/// Keras: <c>callbacks.History</c>.
/// </summary>
/// <remarks>
/// Beyond Keras it always holds <c>learning_rate</c>: the rate in force during each epoch, before a callback lowered it at the epoch's end.
/// It starts anew with every training.
/// A notebook of .NET Interactive shows a history as a picture; the package Cairn.Plotting draws one into a file with
/// <c>history.Plot("history.png")</c>.
/// </remarks>
[TypeFormatterSource(typeof(HistoryFormatterSource))]
public sealed partial class History : Callback
{
    private const string LearningRate = "learning_rate";
    private readonly OrderedDictionary<string, IReadOnlyList<double>> metrics = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<int>> rows = new(StringComparer.Ordinal);
    private readonly List<int> epochs = [];
    private readonly List<TrainingEvent> events = [];

    /// <summary>Names of the values, in the order in which they first appeared.</summary>
    public IReadOnlyList<string> Keys => metrics.Keys;

    /// <summary>All values by name; one value for each epoch that had one.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<double>> Metrics => metrics;

    /// <summary>Indexes of the epochs that were completed, from 0 unless training began later.</summary>
    public IReadOnlyList<int> Epochs => epochs;

    /// <summary>What the callbacks did, in order.</summary>
    public IReadOnlyList<TrainingEvent> Events => events;

    /// <summary>The values of a name, one for each epoch that had one.</summary>
    /// <param name="key">The name, such as <c>val_loss</c>.</param>
    /// <exception cref="KeyNotFoundException">No epoch had such a value; the message lists the known names.</exception>
    public IReadOnlyList<double> this[string key] => TryGetValue(key, out IReadOnlyList<double>? values)
        ? values
        : throw new KeyNotFoundException($"The history holds no '{key}'. {NearestName.Hint(key, metrics.Keys)}");

    /// <summary>The values of a name, if there are any.</summary>
    /// <param name="key">The name, such as <c>val_loss</c>.</param>
    /// <param name="values">One value for each epoch that had one.</param>
    /// <returns>Whether the name is known.</returns>
    public bool TryGetValue(string key, [NotNullWhen(true)] out IReadOnlyList<double>? values) => metrics.TryGetValue(key, out values);

    /// <summary>The values of a name beside <see cref="Epochs"/>: one for each of them, NaN where an epoch had none.</summary>
    /// <remarks>A validation that takes place in every second epoch only leaves gaps; here they are.</remarks>
    /// <param name="key">The name, such as <c>val_loss</c>.</param>
    /// <exception cref="KeyNotFoundException">No epoch had such a value; the message lists the known names.</exception>
    public IReadOnlyList<double> Column(string key)
    {
        IReadOnlyList<double> values = this[key];
        var column = new EpochValues(Enumerable.Repeat(double.NaN, epochs.Count));
        foreach ((int row, double value) in rows[key].Zip(values))
        {
            column[row] = value;
        }

        return column;
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        epochs.Add(epoch);
        foreach ((string? name, double value) in logs)
        {
            Append(name, value);
        }

        if (!logs.ContainsKey(LearningRate) && Context?.LearningRate is { } rate)
        {
            Append(LearningRate, rate);
        }
    }

    /// <inheritdoc/>
    /// <returns>All values and events.</returns>
    public override SavedState? SaveState()
    {
        var state = new SavedState();
        state.Values["names"] = new JsonArray([.. Keys.Select(name => (JsonNode)name)]);
        state.Values["epochs"] = new JsonArray([.. epochs.Select(epoch => (JsonNode)epoch)]);
        state.Values["events"] = EventStateJson.Write(events);
        foreach ((string? name, IReadOnlyList<double>? values) in metrics)
        {
            state.Arrays[name] = values.ToArray();
        }

        state.Values["rows"] = new JsonObject(
            rows.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)new JsonArray([.. pair.Value.Select(row => (JsonNode)row)]))));
        return state;
    }

    /// <inheritdoc/>
    public override void LoadState(SavedState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        Clear();
        foreach (string name in state.Values["names"]!.AsArray().Select(name => (string)name!))
        {
            metrics[name] = new EpochValues(state.GetDoubles(name));
        }

        foreach ((string name, JsonNode? of) in state.Values["rows"]!.AsObject())
        {
            rows[name] = [.. of!.AsArray().Select(row => (int)row!)];
        }

        epochs.AddRange(state.Values["epochs"]!.AsArray().Select(epoch => (int)epoch!));
        events.AddRange(EventStateJson.Read(state.Values["events"]));
    }

    /// <summary>Starts anew; before any callback's <c>OnTrainBegin</c>, whose events already belong to the new training.</summary>
    internal void Clear()
    {
        metrics.Clear();
        rows.Clear();
        epochs.Clear();
        events.Clear();
    }

    internal void Add(TrainingEvent happened) => events.Add(happened);

    private void Append(string name, double value)
    {
        if (!metrics.TryGetValue(name, out IReadOnlyList<double>? values))
        {
            metrics[name] = values = new EpochValues();
            rows[name] = [];
        }

        ((EpochValues)values).Add(value);
        rows[name].Add(epochs.Count - 1);
    }

    internal static History FromConfig(ConfigReader _) => new();

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
    }
}
