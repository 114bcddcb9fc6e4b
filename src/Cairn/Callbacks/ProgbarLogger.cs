using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>
/// Displays the progress of training, evaluation and prediction: with <c>verbose: 1</c> a progress bar, with <c>verbose: 2</c> one line per
/// epoch. Keras: <c>callbacks.ProgbarLogger</c>. <c>Fit</c>, <c>Evaluate</c> and <c>Predict</c> add it automatically.
/// </summary>
/// <remarks>
/// The line shows the completed steps, the remaining time, the time per step, samples per second, and loss and metrics so far. It is never
/// wider than the terminal: if space is short, the bar shrinks first, then the speed is dropped, then the last values, marked by <c>…</c>.
/// At the end of the epoch all values are written, on further lines if necessary.
/// The bar is redrawn at most 20 times a second; between redraws a batch costs one clock query.
/// If the output is not a terminal, only the final line of each epoch is written, without escape codes.
/// If the environment variable <c>NO_COLOR</c> is set, the bar is drawn without colors.
/// </remarks>
public sealed class ProgbarLogger : Callback
{
    private readonly TerminalStyle? style;
    private readonly TimeProvider clock;
    private ProgressBar? bar;
    private int? target;
    private int seen;
    private bool inFit;

    /// <summary>Creates the callback.</summary>
    public ProgbarLogger()
        : this(null, TimeProvider.System)
    {
    }

    internal ProgbarLogger(TerminalStyle? style, TimeProvider clock) => (this.style, this.clock) = (style, clock);

    /// <inheritdoc/>
    public override bool OnlyOnFirstReplica => true;

    /// <inheritdoc/>
    public override bool UsesTrainBatchHooks => CountsBatches;

    /// <inheritdoc/>
    public override bool UsesTestBatchHooks => CountsBatches;

    /// <inheritdoc/>
    public override bool UsesPredictBatchHooks => CountsBatches;

    private bool CountsBatches => Params.Verbose == 1 || (Params.Verbose != 0 && Params.Steps is null);

    /// <inheritdoc/>
    public override void OnTrainBegin(Logs logs) => (inFit, target) = (true, Params.Steps);

    /// <inheritdoc/>
    public override void OnTrainEnd(Logs logs) => inFit = false;

    /// <inheritdoc/>
    public override void OnEpochBegin(int epoch, Logs logs)
    {
        if (Params.Verbose != 0 && Params.Epochs > 1)
        {
            Print($"Epoch {epoch + 1}/{Params.Epochs}");
        }

        Start();
    }

    /// <inheritdoc/>
    public override void OnTrainBatchEnd(int batch, Logs logs) => Advance(batch, logs);

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs) => Finish(logs);

    /// <inheritdoc/>
    public override void OnTestBegin(Logs logs)
    {
        if (!inFit)
        {
            target = Params.Steps;
            Start();
        }
    }

    /// <inheritdoc/>
    public override void OnTestBatchEnd(int batch, Logs logs)
    {
        if (!inFit)
        {
            Advance(batch, logs);
        }
    }

    /// <inheritdoc/>
    public override void OnTestEnd(Logs logs)
    {
        if (!inFit)
        {
            Finish(logs);
        }
    }

    /// <inheritdoc/>
    public override void OnPredictBegin(Logs logs)
    {
        target = Params.Steps;
        Start();
    }

    /// <inheritdoc/>
    public override void OnPredictBatchEnd(int batch, Logs logs) => Advance(batch, null);

    /// <inheritdoc/>
    public override void OnPredictEnd(Logs logs) => Finish(Logs.Empty);

    /// <inheritdoc/>
    /// <returns>An empty state.</returns>
    public override SavedState? SaveState() => new();

    /// <inheritdoc/>
    internal override bool OnlyShows => true;

    private void Start()
    {
        seen = 0;
        bar = Params.Verbose == 0
            ? null
            : new ProgressBar(target, style ?? TerminalStyle.Of(Params.Output), Context?.Line ?? new OutputLine(Params.Output), clock)
            {
                SamplesIn = steps => Params.BatchSize is { } size ? Math.Min((long)steps * size, Params.Samples ?? long.MaxValue) : null,
            };
    }

    private void Advance(int batch, Logs? logs)
    {
        seen = batch + 1;
        if (Params.Verbose == 1 && bar is { } shown && shown.Advance(seen))
        {
            shown.Draw(seen, logs ?? Logs.Empty);
        }
    }

    private void Finish(Logs logs)
    {
        target ??= seen;
        if (Params.Verbose == 1)
        {
            bar?.Finish(target.Value, logs);
        }
        else if (Params.Verbose == 2 && target > 0 && bar is { } line)
        {
            Print(line.Summary(target.Value, logs));
        }
    }

    internal static ProgbarLogger FromConfig(ConfigReader _) => new();

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
    }
}
