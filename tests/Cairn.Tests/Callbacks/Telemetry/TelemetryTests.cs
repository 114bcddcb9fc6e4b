using System.Diagnostics;
using System.Diagnostics.Metrics;
using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Layers;

namespace Cairn.Tests.Callbacks;

/// <summary>Telemetry of a run, as seen by a System.Diagnostics listener such as OpenTelemetry. The model's name distinguishes the runs of
/// other tests.</summary>
public sealed class TelemetryTests
{
    private static readonly NDArray X = NDArray.From(new float[] { 0, 1, 1, 0, 1, 1, 0, 0, 2, 1 }, [5, 2]);
    private static readonly NDArray Y = NDArray.From(new float[] { 1, 2, 3, 0, 4 }, [5, 1]);

    [Fact]
    public void A_run_is_a_tree_of_activities_with_values_and_events()
    {
        using Sequential model = Create();
        List<Activity> ended = [];
        History history;
        using (Listen(model, ended))
        {
            history = model.Fit(X, Y, batchSize: 2, epochs: 3, initialEpoch: 1, verbose: 0, validationData: (X, Y),
                callbacks: [new ReduceLROnPlateau(patience: 1, minDelta: 1000)]);
            model.Evaluate(X, Y, verbose: 0);
            model.Predict(X, verbose: 0);
        }

        Assert.Equal(
            ["cairn.validate", "cairn.epoch", "cairn.validate", "cairn.epoch", "cairn.fit", "cairn.evaluate", "cairn.predict"],
            ended.Select(activity => activity.OperationName));
        Activity fit = ended[4];
        Assert.Equal((1, 3, 3, 2, 5L, "SGD"),
            (Tag(fit, "cairn.initial_epoch"), Tag(fit, "cairn.epochs"), Tag(fit, "cairn.steps"), Tag(fit, "cairn.batch_size"),
                Tag(fit, "cairn.samples"), Tag(fit, "cairn.optimizer")));
        Assert.Equal(fit.SpanId, ended[1].ParentSpanId);
        Assert.Equal(ended[3].SpanId, ended[2].ParentSpanId);
        Assert.Equal([2, 3], new[] { ended[1], ended[3] }.Select(epoch => (int)Tag(epoch, "cairn.epoch")!));
        Assert.Equal(history["val_loss"], new[] { ended[1], ended[3] }.Select(epoch => (double)Tag(epoch, "cairn.value.val_loss")!));
        Assert.Equal(history["val_loss"], new[] { ended[0], ended[2] }.Select(test => (double)Tag(test, "cairn.value.loss")!));
        ActivityEvent reduced = Assert.Single(ended[3].Events);
        Assert.Equal((EventKind.LearningRateReduced, "ReduceLROnPlateau"),
            (reduced.Name, reduced.Tags.Single(tag => tag.Key == "cairn.callback").Value));
        Assert.All(ended, activity => Assert.Equal(ActivityStatusCode.Unset, activity.Status));
        Assert.Null(Activity.Current);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_run_that_fails_leaves_no_activity_open(bool inACallback)
    {
        using Sequential model = Create();
        List<Activity> ended = [];
        using (Listen(model, ended))
        {
            var failing = new LambdaCallback(onTrainBatchEnd: (_, _) => throw new InvalidDataException("no luck"));
            Assert.ThrowsAny<Exception>(() => inACallback
                ? model.Fit(X, Y, verbose: 0, callbacks: [failing])
                : model.Fit(Dataset.From(Failing()), verbose: 0));
        }

        Assert.Equal(["cairn.epoch", "cairn.fit"], ended.Select(activity => activity.OperationName));
        Assert.All(ended, activity => Assert.Equal(ActivityStatusCode.Error, activity.Status));
        if (inACallback)
        {
            Assert.Equal("The callback 'LambdaCallback' failed in OnTrainBatchEnd (epoch 1, batch 1): no luck", ended[1].StatusDescription);
        }

        Assert.Null(Activity.Current);

        static IEnumerable<Batch> Failing()
        {
            yield return new Batch(new float[2, 2], new float[2, 1]);
            throw new InvalidDataException("no luck");
        }
    }

    [Fact]
    public void An_interrupted_run_ends_its_activities_in_order()
    {
        using Sequential model = Create();
        using var cancel = new CancellationTokenSource();
        List<Activity> ended = [];
        using (Listen(model, ended))
        {
            model.Fit(X, Y, batchSize: 1, epochs: 3, verbose: 0, cancellationToken: cancel.Token,
                callbacks: [new LambdaCallback(onTrainBatchEnd: (_, _) => cancel.Cancel())]);
        }

        Assert.Equal(["cairn.epoch", "cairn.fit"], ended.Select(activity => activity.OperationName));
        Assert.Equal(EventKind.Interrupted, Assert.Single(ended[0].Events).Name);
        Assert.Equal(ActivityStatusCode.Unset, ended[1].Status);
    }

    [Fact]
    public void Instruments_count_epochs_batches_samples_times_and_values()
    {
        using Sequential model = Create();
        Dictionary<string, List<double>> measured = [];
        History history;
        using (var listener = new MeterListener())
        {
            void Take<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
                where T : struct
            {
                Dictionary<string, object?> all = tags.ToArray().ToDictionary();
                if (!Equals(all["cairn.model"], model.Name))
                {
                    return;
                }

                string key = instrument.Name + (all.TryGetValue("cairn.value", out object? name) ? $" {name}" : "");
                if (!measured.TryGetValue(key, out List<double>? values))
                {
                    measured[key] = values = [];
                }

                values.Add(Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture));
            }

            listener.InstrumentPublished = (instrument, to) =>
            {
                if (instrument.Meter.Name == Telemetry.Name)
                {
                    to.EnableMeasurementEvents(instrument);
                }
            };
            listener.SetMeasurementEventCallback<long>(Take);
            listener.SetMeasurementEventCallback<double>(Take);
            listener.Start();
            history = model.Fit(X, Y, batchSize: 2, epochs: 2, verbose: 0, validationData: (X, Y));
        }

        Assert.Equal([1, 1], measured["cairn.train.epochs"]);
        Assert.Equal([1, 1, 1, 1, 1, 1], measured["cairn.train.batches"]);
        Assert.Equal([2, 2, 1, 2, 2, 1], measured["cairn.train.samples"]);
        Assert.Equal(6, measured["cairn.train.batch.duration"].Count);
        Assert.All(measured["cairn.train.epoch.duration"], seconds => Assert.InRange(seconds, 1e-6, 600));
        Assert.Equal(history["loss"], measured["cairn.train.value loss"]);
        Assert.Equal(history["val_loss"], measured["cairn.train.value val_loss"]);
    }

    [Fact]
    public void A_run_without_a_listener_has_no_additional_callback()
    {
        // Another test may be listening now, so the two cases are distinguished by the return value.
        Callback[] own = [new History()];
        IEnumerable<Callback>? joined = TelemetryCallback.Join(own, out TelemetryCallback? added);
        using TelemetryCallback? dispose = added;
        if (added is null)
        {
            Assert.Same(own, joined);
        }
        else
        {
            Assert.Equal([.. own, added], joined);
        }
    }

    private static Sequential Create()
    {
        var model = new Sequential([new Input([2]), new Dense(1)], name: $"watched_{Guid.NewGuid():N}", seed: 1);
        model.Compile("sgd", "mse");
        return model;
    }

    private static ActivityListener Listen(Model model, List<Activity> ended)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Telemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if (Equals(Tag(activity, "cairn.model"), model.Name))
                {
                    ended.Add(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private static object? Tag(Activity activity, string name) => activity.GetTagItem(name);
}
