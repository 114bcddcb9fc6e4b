using System.Diagnostics;

namespace Cairn.Callbacks;

/// <summary>Emits the activities and metrics of <see cref="Telemetry"/>. It is added to a run only if there is a listener.</summary>
internal sealed class TelemetryCallback : Callback, IDisposable
{
    private readonly bool batchesAreWatched = Telemetry.BatchesAreWatched;
    private readonly Stack<Activity> open = new();
    private KeyValuePair<string, object?> modelTag;
    private long epochStart;
    private long batchStart;
    private bool inFit;

    public override bool UsesTrainBatchHooks => batchesAreWatched;

    internal override bool OnlyShows => true;

    /// <summary>The user's callbacks, followed by a telemetry callback if there is a listener.</summary>
    /// <param name="callbacks">The user's callbacks.</param>
    /// <param name="added">The telemetry callback, to be disposed when the run ends for whatever reason; null if none was added.</param>
    public static IEnumerable<Callback>? Join(IEnumerable<Callback>? callbacks, out TelemetryCallback? added)
    {
        added = Telemetry.IsWatched ? new TelemetryCallback() : null;
        return added is null ? callbacks : [.. callbacks ?? [], added];
    }

    /// <summary>Ends all open activities, in case the run did not complete.</summary>
    public void Dispose()
    {
        if (Context is not null)
        {
            Context.Happened -= AddEvent;
        }

        while (open.TryPop(out Activity? activity))
        {
            activity.SetStatus(ActivityStatusCode.Error, Failure?.Message);
            activity.Dispose();
        }
    }

    public override void OnTrainBegin(Logs logs)
    {
        inFit = true;
        Begin("cairn.fit");
        Tag("cairn.initial_epoch", Params.InitialEpoch);
        Tag("cairn.epochs", Params.Epochs);
        Tag("cairn.steps", Params.Steps);
        Tag("cairn.batch_size", Params.BatchSize);
        Tag("cairn.samples", Params.Samples);
        Tag("cairn.optimizer", Model.Optimizer?.ClassName);
        if (Context is not null)
        {
            Context.Happened += AddEvent;
        }
    }

    public override void OnEpochBegin(int epoch, Logs logs)
    {
        epochStart = Stopwatch.GetTimestamp();
        Begin("cairn.epoch");
        Tag("cairn.epoch", epoch + 1);
    }

    public override void OnTrainBatchBegin(int batch, Logs logs) => batchStart = Stopwatch.GetTimestamp();

    public override void OnTrainBatchEnd(int batch, Logs logs)
    {
        Telemetry.BatchDuration.Record(Stopwatch.GetElapsedTime(batchStart).TotalSeconds, modelTag);
        Telemetry.Batches.Add(1, modelTag);
        if (Params is { BatchSize: { } size, Samples: { } all })
        {
            Telemetry.Samples.Add(Math.Clamp(all - ((long)batch * size), 1, size), modelTag);
        }
    }

    public override void OnTestBegin(Logs logs) => Begin(inFit ? "cairn.validate" : "cairn.evaluate");

    public override void OnTestEnd(Logs logs) => End(logs);

    public override void OnPredictBegin(Logs logs) => Begin("cairn.predict");

    public override void OnPredictEnd(Logs logs) => End(logs);

    public override void OnEpochEnd(int epoch, Logs logs)
    {
        Telemetry.EpochDuration.Record(Stopwatch.GetElapsedTime(epochStart).TotalSeconds, modelTag);
        Telemetry.Epochs.Add(1, modelTag);
        foreach ((string? name, double value) in logs)
        {
            Telemetry.Value.Record(value, modelTag, new KeyValuePair<string, object?>("cairn.value", name));
        }

        End(logs);
    }

    public override void OnTrainEnd(Logs logs)
    {
        if (Failure is not null)
        {
            Dispose();
            return;
        }

        // An interrupted epoch has no OnEpochEnd.
        while (open.Count > 1)
        {
            End(Logs.Empty);
        }

        End(logs);
        if (Context is not null)
        {
            Context.Happened -= AddEvent;
        }
    }

    public override SavedState? SaveState() => new();

    /// <summary>Resumes in the middle of an epoch, whose beginning is not in this process.</summary>
    public override void LoadState(SavedState state)
    {
        if (Context is { InEpoch: true } context)
        {
            OnEpochBegin(context.Epoch, Logs.Empty);
        }
    }

    private void Begin(string name)
    {
        modelTag = new("cairn.model", Model.Name);
        if (Telemetry.Source.StartActivity(name) is not { } activity)
        {
            return;
        }

        open.Push(activity);
        activity.SetTag(modelTag.Key, modelTag.Value);
    }

    private void Tag(string name, object? value)
    {
        if (open.TryPeek(out Activity? activity))
        {
            activity.SetTag(name, value);
        }
    }

    private void End(Logs logs)
    {
        if (!open.TryPop(out Activity? activity))
        {
            return;
        }

        foreach ((string? name, double value) in logs)
        {
            activity.SetTag($"cairn.value.{name}", value);
        }

        activity.Dispose();
    }

    private void AddEvent(TrainingEvent happened)
    {
        if (!open.TryPeek(out Activity? activity))
        {
            return;
        }

        var tags = new ActivityTagsCollection
        {
            ["cairn.callback"] = happened.Callback,
            ["cairn.message"] = happened.Message,
            ["cairn.epoch"] = happened.Epoch + 1,
        };
        if (happened.Batch is { } batch)
        {
            tags["cairn.batch"] = batch + 1;
        }

        if (happened.Path is { } path)
        {
            tags["cairn.path"] = path;
        }

        activity.AddEvent(new ActivityEvent(happened.Kind, tags: tags));
    }
}
