using Cairn.Callbacks;
using Microsoft.Extensions.Logging;

namespace Cairn.Tests.Callbacks;

public sealed class LoggerCallbackTests
{
    private static readonly NDArray X = NDArray.From(new float[] { 0, 1, 1, 0, 1, 1, 0, 0 }, [4, 2]);
    private static readonly NDArray Y = NDArray.From(new float[] { 1, 2, 3, 0 }, [4, 1]);
    private readonly Recorder log = new();

    [Fact]
    public void A_training_is_logged_from_beginning_to_end_with_every_value_as_a_property()
    {
        using var model = TinyModel.Create();
        History history = model.Fit(X, Y, batchSize: 2, epochs: 4, initialEpoch: 2, verbose: 0, validationData: (X, Y),
            callbacks: [new LoggerCallback(log)]);
        Assert.Equal(["TrainingBegan", "EpochEnded", "EpochEnded", "TrainingEnded"], log.Entries.Select(entry => entry.Id.Name));
        Assert.All(log.Entries, entry => Assert.Equal(LogLevel.Information, entry.Level));
        Assert.Equal("Training of tiny begins with epoch 3 of 4: 2 steps of 2 samples", log.Entries[0].Text);
        Assert.Equal("Training of {Model} {Begins} with epoch {Epoch} of {Epochs}: {Steps} steps of {BatchSize} samples",
            log.Entries[0].Values["{OriginalFormat}"]);
        Assert.Equal((3, 4), (log.Entries[1].Values["Epoch"], log.Entries[1].Values["Epochs"]));
        foreach (string name in new[] { "loss", "mae", "val_loss", "val_accuracy" })
        {
            Assert.Equal(history[name], log.Entries.Skip(1).Take(2).Select(entry => (double)entry.Values[name]!));
        }

        Assert.Matches(@"^Epoch 4/4: accuracy: \S+ - loss: \S+ - mae: \S+ - val_accuracy: \S+ - val_loss: \S+ - val_mae: \S+$",
            log.Entries[2].Text);
        Assert.Matches(@"^Training of tiny ended after \S+ s: accuracy: ", log.Entries[3].Text);
    }

    [Fact]
    public void Events_are_logged_immediately()
    {
        using var model = TinyModel.Create();
        model.Fit(
            X, Y, epochs: 3, verbose: 0,
            callbacks: [new LoggerCallback(log), new ReduceLROnPlateau(monitor: "loss", patience: 1, minDelta: 1000, factor: 0.5),
                new EarlyStopping(monitor: "missing", mode: "min")]);
        Recorder.Entry reduced = log.Entries.First(entry => Equals(entry.Values.GetValueOrDefault("Kind"), EventKind.LearningRateReduced));
        Assert.Equal((LogLevel.Information, "Happened", 2, "ReduceLROnPlateau"),
            (reduced.Level, reduced.Id.Name, reduced.Values["Epoch"], reduced.Values["Callback"]));
        Assert.StartsWith("Epoch 2: ReduceLROnPlateau: ", reduced.Text);
        Assert.Equal(0.05, (double)reduced.Values["NewValue"]!, 1e-7);
        Assert.False(reduced.Values.ContainsKey("Batch"));
        Recorder.Entry warned = log.Entries.First(entry => entry.Level == LogLevel.Warning);
        Assert.Contains("EarlyStopping monitors 'missing', which will not be logged", warned.Text);
    }

    [Fact]
    public void A_value_with_braces_is_not_treated_as_a_placeholder()
    {
        var list = new CallbackList([new LoggerCallback(log), new Talker()], TinyModel.Create(), addHistory: true);
        list.OnTrainBegin();
        list.OnEpochBegin(0);
        list.OnTrainBatchEnd(4);
        Assert.Equal("Epoch 1, batch 5: Talker: {Epoch} and {Callback}", log.Entries[^1].Text);
    }

    [Fact]
    public void Batches_are_logged_at_debug_level()
    {
        using var model = TinyModel.Create();
        model.Fit(X, Y, batchSize: 1, epochs: 2, verbose: 0, callbacks: [new LoggerCallback(log, updateFreq: 3)]);
        List<Recorder.Entry> batches = [.. log.Entries.Where(entry => entry.Id.Name == "BatchEnded")];
        Assert.Equal(["Batch 3/4: ", "Batch 2/4: "], batches.Select(entry => entry.Text[..11]));
        Assert.All(batches, entry => Assert.Equal(LogLevel.Debug, entry.Level));
        Assert.IsType<double>(batches[0].Values["loss"]);
        Assert.False(new LoggerCallback(log).UsesTrainBatchHooks);
        log.Least = LogLevel.Information;
        Assert.False(new LoggerCallback(log, updateFreq: 3).UsesTrainBatchHooks);
    }

    [Fact]
    public void A_training_that_fails_ends_with_an_error()
    {
        using var model = TinyModel.Create();
        CallbackException error = Assert.Throws<CallbackException>(
            () => model.Fit(X, Y, verbose: 0,
                callbacks: [new LoggerCallback(log), new LambdaCallback(onEpochEnd: (_, _) => throw new InvalidDataException("no luck"))]));
        Recorder.Entry last = log.Entries[^1];
        Assert.Equal((LogLevel.Error, "TrainingFailed"), (last.Level, last.Id.Name));
        Assert.Same(error, last.Exception);
        Assert.StartsWith("Training of tiny failed after ", last.Text);
    }

    [Fact]
    public void An_evaluation_is_logged_on_its_own_and_a_validation_with_its_epoch()
    {
        using var model = TinyModel.Create();
        var callback = new LoggerCallback(log);
        model.Fit(X, Y, verbose: 0, validationData: (X, Y), callbacks: [callback]);
        Assert.DoesNotContain(log.Entries, entry => entry.Id.Name == "Evaluated");
        double loss = model.Evaluate(X, Y, verbose: 0, callbacks: [callback])["loss"];
        Assert.Equal(("Evaluated", loss), (log.Entries[^1].Id.Name, log.Entries[^1].Values["loss"]));
    }

    [Fact]
    public void Disabled_log_levels_are_not_computed()
    {
        log.Least = LogLevel.None;
        using var model = TinyModel.Create();
        model.Fit(X, Y, verbose: 0, callbacks: [new LoggerCallback(log)]);
        Assert.Empty(log.Entries);
        Assert.Throws<ArgumentNullException>(() => new LoggerCallback(null!));
    }

    private sealed class Talker : Callback
    {
        public override void OnTrainBatchEnd(int batch, Cairn.Callbacks.Logs logs) => Record("talk", "{Epoch} and {Callback}");
    }

    private sealed class Recorder : ILogger
    {
        public LogLevel Least { get; set; } = LogLevel.Trace;

        public List<Entry> Entries { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= Least;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) =>
            Entries.Add(new Entry(logLevel, eventId, ((IEnumerable<KeyValuePair<string, object?>>)state!).ToDictionary(),
            formatter(state, exception), exception));

        public sealed record Entry(LogLevel Level, EventId Id, Dictionary<string, object?> Values, string Text, Exception? Exception);
    }
}
