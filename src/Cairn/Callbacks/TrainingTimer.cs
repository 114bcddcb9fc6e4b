using System.Globalization;
using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>
/// Stops training when a time budget is exceeded: at the end of the current batch, and optionally saves the model.
/// </summary>
/// <example>
/// <code>
/// model.Fit(x, y, epochs: 1000, callbacks: [new TrainingTimer(TimeSpan.FromMinutes(50), "in_time.keras")]);
/// </code>
/// </example>
/// <remarks>
/// The time is measured from the beginning of training to the end of the batch, including validation and other callbacks. The file is
/// written when the budget is exceeded. The epoch then ends normally, with its validation and the hooks of all callbacks, which takes
/// additional time. In a resumed run, the time spent before the restart counts. If several processes train together, the clock of the first
/// decides for all. The class is not named <c>Timer</c>, which is
/// <see cref="System.Threading.Timer"/> in programs with implicit usings.
/// </remarks>
public sealed class TrainingTimer : Callback
{
    private readonly TimeProvider clock;
    private TimeSpan before;
    private long start;
    private bool stopped;

    /// <summary>Creates the callback.</summary>
    /// <param name="maxTime">The time budget, greater than 0.</param>
    /// <param name="filepath">
    /// Where to save the model when the budget is exceeded, as in <see cref="ModelCheckpoint"/>; null (default) to save nothing.
    /// </param>
    /// <param name="saveWeightsOnly">Whether to save only the weights instead of the whole model. Default false.</param>
    /// <param name="verbose">1 prints a message when the budget is exceeded. Default 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The budget is 0 or less.</exception>
    /// <exception cref="ArgumentException">The path has an unsupported extension.</exception>
    public TrainingTimer(TimeSpan maxTime, string? filepath = null, bool saveWeightsOnly = false, int verbose = 0)
        : this(maxTime, filepath, saveWeightsOnly, verbose, TimeProvider.System)
    {
    }

    internal TrainingTimer(TimeSpan maxTime, string? filepath, bool saveWeightsOnly, int verbose, TimeProvider clock)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(maxTime, TimeSpan.Zero);
        if (filepath is not null)
        {
            ArgumentException.ThrowIfNullOrEmpty(filepath);
            CheckpointPath.CheckEnding(filepath, saveWeightsOnly);
        }

        MaxTime = maxTime;
        FilePath = filepath;
        SaveWeightsOnly = saveWeightsOnly;
        Verbose = verbose;
        this.clock = clock;
        start = clock.GetTimestamp();
    }

    /// <summary>The time budget.</summary>
    public TimeSpan MaxTime { get; }

    /// <summary>Where to save the model when the budget is exceeded; null to save nothing.</summary>
    public string? FilePath { get; }

    /// <summary>Whether only weights are saved instead of the whole model.</summary>
    public bool SaveWeightsOnly { get; }

    /// <summary>0 = silent, 1 = prints a message when the budget is exceeded.</summary>
    public int Verbose { get; }

    /// <summary>The time spent in this training, including the time before a restart.</summary>
    public TimeSpan Elapsed => before + clock.GetElapsedTime(start);

    /// <inheritdoc/>
    public override bool OnlyOnFirstReplica => true;

    /// <inheritdoc/>
    public override void OnTrainBegin(Logs logs) => (before, start, stopped) = (TimeSpan.Zero, clock.GetTimestamp(), false);

    /// <inheritdoc/>
    public override void OnTrainBatchEnd(int batch, Logs logs) => StopWhenDue();

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs) => StopWhenDue();

    /// <inheritdoc/>
    /// <returns>The time spent so far.</returns>
    public override SavedState? SaveState()
    {
        var state = new SavedState();
        state.Set("ticks", Elapsed.Ticks);
        return state;
    }

    /// <inheritdoc/>
    public override void LoadState(SavedState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        (before, start) = (TimeSpan.FromTicks(state.GetInt64("ticks")), clock.GetTimestamp());
    }

    private void StopWhenDue()
    {
        if (stopped || Elapsed is var elapsed && elapsed < MaxTime)
        {
            return;
        }

        stopped = true;
        Model.StopTraining = true;
        string message = string.Create(CultureInfo.InvariantCulture,
            $"the time budget of {MaxTime.TotalSeconds:0.###} s was exceeded after {elapsed.TotalSeconds:0.###} s");
        if (Verbose > 0)
        {
            Print($"TrainingTimer: {message}, stopping training");
        }

        Record(EventKind.TrainingStopped, message, MaxTime.TotalSeconds, elapsed.TotalSeconds);
        if (FilePath is { } path)
        {
            Save(path);
        }
    }

    private void Save(string path)
    {
        if (SaveWeightsOnly)
        {
            Model.SaveWeights(path);
        }
        else
        {
            Model.Save(path);
        }

        Record(EventKind.ModelSaved, $"{(SaveWeightsOnly ? "weights" : "model")} saved to {path}", path: path);
    }

    internal static TrainingTimer FromConfig(ConfigReader config) =>
        new(config.Seconds("max_time"), config.OptionalString("filepath"), config.Bool("save_weights_only", false),
        config.Int("verbose", 0));

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["max_time"] = MaxTime.TotalSeconds;
        config["filepath"] = FilePath;
        config["save_weights_only"] = SaveWeightsOnly;
        config["verbose"] = Verbose;
    }
}
