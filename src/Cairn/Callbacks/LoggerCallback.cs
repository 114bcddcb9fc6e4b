using Microsoft.Extensions.Logging;

namespace Cairn.Callbacks;

/// <summary>Logs training to a Microsoft.Extensions.Logging logger, with the values as properties of each entry.</summary>
/// <example>
/// <code>
/// using var factory = LoggerFactory.Create(logging => logging.AddJsonConsole());
/// model.Fit(x, y, epochs: 20, verbose: 0, callbacks: [new LoggerCallback(factory.CreateLogger("training"))]);
/// </code>
/// </example>
/// <remarks>
/// An entry is written when training begins, for every epoch, for every event that a callback records (<see cref="History.Events"/>;
/// immediately, warnings as warnings), and when training ends, or an error if it failed in another callback. Epochs and batches are counted
/// from 1, as in the console output. Each value of the logs is a property with its own name, such as <c>val_loss</c>.
/// </remarks>
public sealed class LoggerCallback : Callback
{
    private readonly ILogger logger;
    private readonly TimeProvider clock = TimeProvider.System;
    private CallbackContext? listeningTo;
    private long started;
    private long batches;

    /// <summary>Creates the callback.</summary>
    /// <param name="logger">The logger to write to.</param>
    /// <param name="updateFreq">
    /// <c>"epoch"</c> (default) writes the values of epochs; <c>"batch"</c>, or a number N, also writes those of every batch, or of every
    /// Nth batch, at level Debug.
    /// </param>
    /// <exception cref="ArgumentNullException"><paramref name="logger"/> is null.</exception>
    public LoggerCallback(ILogger logger, UpdateFrequency updateFreq = default)
    {
        ArgumentNullException.ThrowIfNull(logger);
        this.logger = logger;
        UpdateFreq = updateFreq;
    }

    /// <summary>How often an entry is written for a batch, in addition to those of epochs.</summary>
    public UpdateFrequency UpdateFreq { get; }

    /// <inheritdoc/>
    public override bool OnlyOnFirstReplica => true;

    /// <inheritdoc/>
    public override bool UsesTrainBatchHooks => UpdateFreq.Batches is not null && logger.IsEnabled(LogLevel.Debug);

    /// <inheritdoc/>
    internal override bool OnlyShows => true;

    /// <inheritdoc/>
    public override void OnTrainBegin(Logs logs)
    {
        started = clock.GetTimestamp();
        batches = 0;
        Listen();
        Write(
            LogLevel.Information, new EventId(1, "TrainingBegan"),
            "Training of {Model} {Begins} with epoch {Epoch} of {Epochs}: {Steps} steps of {BatchSize} samples",
            [new("Model", Model.Name), new("Begins", Resuming ? "resumes" : "begins"), new("Epoch", Params.InitialEpoch + 1),
                new("Epochs", Params.Epochs),
             new("Steps", Params.Steps), new("BatchSize", Params.BatchSize)]);
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs) => Write(
        LogLevel.Information, new EventId(2, "EpochEnded"), "Epoch {Epoch}/{Epochs}: {Values}",
        [new("Epoch", epoch + 1), new("Epochs", Params.Epochs)], logs);

    /// <inheritdoc/>
    public override void OnTrainBatchEnd(int batch, Logs logs)
    {
        if (++batches % UpdateFreq.Batches == 0)
        {
            Write(LogLevel.Debug, new EventId(3, "BatchEnded"), "Batch {Batch}/{Steps}: {Values}",
                [new("Batch", batch + 1), new("Steps", Params.Steps)], logs);
        }
    }

    /// <inheritdoc/>
    public override void OnTestEnd(Logs logs)
    {
        // Validation results are logged with their epoch.
        if (listeningTo is null)
        {
            Write(LogLevel.Information, new EventId(4, "Evaluated"), "Evaluation of {Model}: {Values}", [new("Model", Model.Name)], logs);
        }
    }

    /// <inheritdoc/>
    public override void OnTrainEnd(Logs logs)
    {
        StopListening();
        double seconds = clock.GetElapsedTime(started).TotalSeconds;
        if (Failure is { } failure)
        {
            Write(
                LogLevel.Error, new EventId(6, "TrainingFailed"), "Training of {Model} failed after {Seconds} s",
                [new("Model", Model.Name), new("Seconds", seconds)],
                exception: failure);
            return;
        }

        Write(
            LogLevel.Information, new EventId(5, "TrainingEnded"), "Training of {Model} ended after {Seconds} s: {Values}",
            [new("Model", Model.Name), new("Seconds", seconds)], logs);
    }

    private void Listen()
    {
        StopListening();
        listeningTo = Context;
        if (listeningTo is not null)
        {
            listeningTo.Happened += WriteEvent;
        }
    }

    private void StopListening()
    {
        if (listeningTo is not null)
        {
            listeningTo.Happened -= WriteEvent;
        }

        listeningTo = null;
    }

    private void WriteEvent(TrainingEvent happened)
    {
        LogLevel level = happened.Kind is EventKind.Warning or EventKind.Interrupted or EventKind.GradientNotFinite ? LogLevel.Warning
            : LogLevel.Information;
        string place = happened.Batch is null ? "Epoch {Epoch}" : "Epoch {Epoch}, batch {Batch}";
        List<KeyValuePair<string, object?>> values =
            [new("Epoch", happened.Epoch + 1), new("Callback", happened.Callback), new("Message", happened.Message),
            new("Kind", happened.Kind)];
        (string Name, object? Value)[] optional =
            [("Batch", happened.Batch + 1), ("OldValue", happened.OldValue), ("NewValue", happened.NewValue), ("Path", happened.Path)];
        values.AddRange(optional.Where(one => one.Value is not null).Select(one => KeyValuePair.Create(one.Name, one.Value)));
        Write(level, new EventId(7, "Happened"), place + ": {Callback}: {Message}", values);
    }

    private void Write(
        LogLevel level, EventId id, string format, IReadOnlyList<KeyValuePair<string, object?>> values, Logs? logs = null,
        Exception? exception = null)
    {
        if (logger.IsEnabled(level))
        {
            logger.Log(level, id, new LoggedValues(format, values, logs), exception, static (state, _) => state.ToString());
        }
    }
}
