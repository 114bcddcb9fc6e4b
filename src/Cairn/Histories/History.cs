using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>
/// The record of a training: the values of every epoch and the events recorded by callbacks. Returned by <c>Fit</c>.
/// Keras: <c>callbacks.History</c>.
/// </summary>
/// <remarks>
/// In addition to Keras, it always contains <c>learning_rate</c>: the rate used during each epoch, before callbacks change it at the end of
/// the epoch. It is reset at the beginning of each training. .NET Interactive notebooks display a history as a chart; the package
/// Cairn.Plotting draws one to a file with <c>history.Plot("history.png")</c>.
/// </remarks>
[TypeFormatterSource(typeof(HistoryFormatterSource))]
public sealed partial class History : Callback
{
    private const string LearningRate = "learning_rate";
    private readonly OrderedDictionary<string, IReadOnlyList<double>> metrics = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<int>> rows = new(StringComparer.Ordinal);
    private readonly List<int> epochs = [];
    private readonly List<TrainingEvent> events = [];

    /// <summary>Names of the values, in order of first appearance.</summary>
    public IReadOnlyList<string> Keys => metrics.Keys;

    /// <summary>All values by name; one value for each epoch that has one.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<double>> Metrics => metrics;

    /// <summary>Indices of the completed epochs, from 0 unless training began later.</summary>
    public IReadOnlyList<int> Epochs => epochs;

    /// <summary>The events recorded by callbacks, in order.</summary>
    public IReadOnlyList<TrainingEvent> Events => events;

    /// <summary>
    /// The settings of the training by name, as text: those of the optimizer, the loss, the seed, the batch size, and so on. Empty for a
    /// history that was read from a CSV file without a file of settings.
    /// </summary>
    public IReadOnlyDictionary<string, string> Settings { get; private set; } = new Dictionary<string, string>();

    /// <summary>The values of a name, one for each epoch that has one.</summary>
    /// <param name="key">The name, such as <c>val_loss</c>.</param>
    /// <exception cref="KeyNotFoundException">No epoch has such a value; the message lists the known names.</exception>
    public IReadOnlyList<double> this[string key] => TryGetValue(key, out IReadOnlyList<double>? values)
        ? values
        : throw new KeyNotFoundException($"The history has no '{key}'. {NearestName.Hint(key, metrics.Keys)}");

    /// <summary>Gets the values of a name, if any.</summary>
    /// <param name="key">The name, such as <c>val_loss</c>.</param>
    /// <param name="values">One value for each epoch that has one.</param>
    /// <returns>Whether the name is known.</returns>
    public bool TryGetValue(string key, [NotNullWhen(true)] out IReadOnlyList<double>? values) => metrics.TryGetValue(key, out values);

    /// <summary>The values of a name aligned with <see cref="Epochs"/>: one per epoch, NaN for a missing value.</summary>
    /// <remarks>Values are missing, for example, if validation runs only every second epoch.</remarks>
    /// <param name="key">The name, such as <c>val_loss</c>.</param>
    /// <exception cref="KeyNotFoundException">No epoch has such a value; the message lists the known names.</exception>
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

    /// <summary>Checks what was loaded from a file of unknown origin.</summary>
    /// <exception cref="InvalidOperationException">Values and rows don't belong together.</exception>
    internal void RequireWhole()
    {
        foreach ((string name, IReadOnlyList<double> values) in metrics)
        {
            if (values.Count == 0 || !rows.TryGetValue(name, out List<int>? there) || there.Count != values.Count
                || there.Where((row, index) => row < 0 || row >= epochs.Count || (index > 0 && row <= there[index - 1])).Any())
            {
                throw new InvalidOperationException($"the rows of '{name}' are not those of its values");
            }
        }
    }

    /// <summary>
    /// Resets the history. Called before OnTrainBegin of any callback, because events recorded there belong to the new training.
    /// </summary>
    internal void Clear()
    {
        metrics.Clear();
        rows.Clear();
        epochs.Clear();
        events.Clear();
    }

    /// <summary>Takes the settings of the training that begins.</summary>
    internal void Describe(Model model, CallbackParams parameters) => Settings = RunSettings.Of(model, parameters);

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
