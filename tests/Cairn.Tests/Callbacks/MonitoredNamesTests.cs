using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Losses;
using Cairn.Metrics;

namespace Cairn.Tests.Callbacks;

/// <summary>Messages before the first epoch about monitored names that are never logged, and no messages if all names are valid.</summary>
// Warnings of other tests would be counted here.
[Collection(nameof(Cli.CliCollection))]
public sealed class MonitoredNamesTests : IDisposable
{
    private static readonly NDArray X = NDArray.From([.. Enumerable.Range(0, 16).Select(i => MathF.Sin(i))], [8, 2]);
    private static readonly NDArray Y = NDArray.From([.. Enumerable.Range(0, 8).Select(i => (float)(i % 2))], [8, 1]);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("names");
    private readonly TextWriter standardError = Console.Error;

    public void Dispose()
    {
        Console.SetError(standardError);
        folder.Delete(recursive: true);
    }

    public static TheoryData<string> WatchersByName => ["EarlyStopping", "ReduceLROnPlateau", "ModelCheckpoint"];

    [Theory]
    [MemberData(nameof(WatchersByName))]
    public void A_name_that_nothing_has_is_refused_before_training_with_the_nearest_and_all_names(string kind)
    {
        using Sequential model = Compiled();
        var begun = new List<int>();
        ArgumentException error = Assert.Throws<ArgumentException>(() => model.Fit(
            X, Y, epochs: 3, verbose: 0, validationData: (X, Y),
            callbacks: [new LambdaCallback(onEpochBegin: (epoch, _) => begun.Add(epoch)), Watcher(kind, "val_acc")]));
        Assert.Contains("there is no 'val_acc'; did you mean 'val_accuracy'?", error.Message);
        Assert.Contains("'accuracy', 'loss', 'val_accuracy', 'val_loss'", error.Message);
        Assert.Empty(begun);
    }

    [Theory]
    [MemberData(nameof(WatchersByName))]
    public void With_a_mode_it_is_warned_about_once_before_training(string kind)
    {
        using Sequential model = Compiled();
        string told =
            Told(() => model.Fit(X, Y, epochs: 4, verbose: 0, validationData: (X, Y), callbacks: [Watcher(kind, "val_acuracy", "max")]),
            out History history);
        Assert.Contains("there is no 'val_acuracy'; did you mean 'val_accuracy'?", told);
        Assert.Equal(1, Warnings(told));
        Assert.Single(history.Events, e => e.Kind == EventKind.Warning);
    }

    [Theory]
    [MemberData(nameof(WatchersByName))]
    public void Without_validation_it_is_said_what_a_value_of_it_needs(string kind)
    {
        using Sequential model = Compiled();
        string told = Told(() => model.Fit(X, Y, epochs: 3, verbose: 0, callbacks: [Watcher(kind, "val_loss")]), out History history);
        Assert.Contains("'val_loss' needs validation", told);
        Assert.Contains("validationSplit", told);
        Assert.Equal(1, Warnings(told));
        Assert.Equal(0, Assert.Single(history.Events, e => e.Kind == EventKind.Warning).Epoch);
    }

    [Theory]
    [MemberData(nameof(WatchersByName))]
    public void A_validation_after_some_epochs_only_is_no_reason_to_warn(string kind)
    {
        using Sequential model = Compiled();
        string told = Told(
            () => model.Fit(X, Y, epochs: 6, verbose: 0, validationData: (X, Y), validationFreq: 2,
                callbacks: [Watcher(kind, "val_loss", patience: 9)]), out History history);
        Assert.Equal("", told);
        Assert.DoesNotContain(history.Events, e => e.Kind == EventKind.Warning);
        if (kind == "ModelCheckpoint")
        {
            // not over the best in between
            Assert.All(history.Events.Where(e => e.Kind == EventKind.ModelSaved), e => Assert.Equal(1, e.Epoch % 2));
        }

        // A frequency that is never reached is a real case.
        told = Told(() => model.Fit(X, Y, epochs: 3, verbose: 0, validationData: (X, Y), validationFreq: 5,
            callbacks: [Watcher(kind, "val_loss")]), out _);
        Assert.Equal(1, Warnings(told));
    }

    [Fact]
    public void Names_that_callbacks_may_add_are_left_to_the_epochs()
    {
        using Sequential model = Compiled();
        Assert.Equal("",
            Told(() => model.Fit(X, Y, epochs: 2, verbose: 0,
                callbacks: [new ReduceLROnPlateau("loss"), new EarlyStopping("learning_rate", mode: "min", patience: 9)]), out _));
        Assert.Equal("",
            Told(() => model.Fit(X, Y, epochs: 2, verbose: 0, callbacks: [new Adds(), new EarlyStopping("mine", mode: "min", patience: 9)]),
                out _));
        ModelCheckpoint checkpoint = new(Path.Combine(folder.FullName, "{mine:.1f}.keras"), "loss");
        model.Fit(X, Y, epochs: 1, verbose: 0, callbacks: [new Adds(), checkpoint]);
        Assert.True(File.Exists(Path.Combine(folder.FullName, "1.5.keras")));
    }

    [Fact]
    public void A_field_of_a_file_name_that_nothing_fills_is_refused_before_training()
    {
        using Sequential model = Compiled();
        var begun = new List<int>();
        var show = new LearningRateScheduler((epoch, rate) =>
        {
            begun.Add(epoch);
            return rate;
        });
        KeyNotFoundException error = Assert.Throws<KeyNotFoundException>(
            () => model.Fit(X, Y, verbose: 0,
                callbacks: [show, new ModelCheckpoint(Path.Combine(folder.FullName, "{val_loss:.2f}.keras"), "loss")]));
        Assert.Contains("'val_loss'", error.Message);
        Assert.Empty(begun);
    }

    // In Keras, the output's name before that of the metric hides the direction.
    [Theory]
    [InlineData("val_right_accuracy", "max")]
    [InlineData("right_accuracy", "max")]
    [InlineData("val_left_loss", "min")]
    [InlineData("left_mae", "min")]
    [InlineData("val_left_mae", "min")]
    [InlineData("val_loss", "min")]
    public void The_metrics_of_an_output_know_their_direction(string monitor, string direction)
    {
        var x = new Input([2]);
        using var model =
            new Functional(x, [new Dense(1, name: "left").Apply(x), new Dense(1, activation: "sigmoid", name: "right").Apply(x)], seed: 1);
        model.Compile(
            "sgd", new OutputLosses { ["left"] = "mse", ["right"] = "binary_crossentropy" },
            new OutputMetrics { ["left"] = ["mae"], ["right"] = ["accuracy"] });
        var seen = new List<double>();
        var stopping = new EarlyStopping(monitor, patience: 99);
        History history = model.Fit(X, [Y, Y], epochs: 5, verbose: 0, validationData: (X, [Y, Y]), callbacks: [stopping]);
        IReadOnlyList<double> values = history[monitor];
        Assert.Equal(direction == "max" ? values.Max() : values.Min(), stopping.Best!.Value);
    }

    [Fact]
    public void Epochs_before_the_first_are_told()
    {
        using Sequential model = Compiled();
        string told = Told(() => model.Fit(X, Y, epochs: 3, initialEpoch: 5, verbose: 0), out History history);
        Assert.Empty(history.Epochs);
        Assert.Contains("Nothing is trained", told);
        Assert.Contains("epochs is 3", told);
        Assert.Contains("initialEpoch is 5", told);
        Assert.Contains("pass epochs: 8", told);
        Assert.Equal("", Told(() => model.Fit(X, Y, epochs: 6, initialEpoch: 5, verbose: 0), out _));
    }

    [Theory]
    [InlineData("{epoch:D2}.keras", "{epoch:02d}")]
    [InlineData("{epoch:D}.keras", "{epoch:d}")]
    [InlineData("a-{val_loss:F3}.keras", "{val_loss:.3f}")]
    [InlineData("{val_loss:N1}.keras", "{val_loss:,.1f}")]
    [InlineData("{accuracy:P1}.keras", "{accuracy:.1%}")]
    [InlineData("{epoch:X4}.keras", "{epoch:04X}")]
    public void A_format_of_NET_is_answered_with_Pythons(string given, string expected)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => new ModelCheckpoint(given));
        Assert.Contains($"write {expected} instead of", error.Message);
        Assert.Equal("filepath", error.ParamName);
        _ = new ModelCheckpoint(expected + ".keras"); // and that one is taken
    }

    [Fact]
    public void Arguments_that_can_do_no_good_are_refused_by_name()
    {
        Assert.Equal("patience", Assert.Throws<ArgumentOutOfRangeException>(() => new EarlyStopping(patience: -1)).ParamName);
        Assert.Equal("startFromEpoch", Assert.Throws<ArgumentOutOfRangeException>(() => new EarlyStopping(startFromEpoch: -1)).ParamName);
        Assert.Equal("minDelta", Assert.Throws<ArgumentOutOfRangeException>(() => new EarlyStopping(minDelta: double.NaN)).ParamName);
        Assert.Equal("patience", Assert.Throws<ArgumentOutOfRangeException>(() => new ReduceLROnPlateau(patience: -2)).ParamName);
        Assert.Equal("cooldown", Assert.Throws<ArgumentOutOfRangeException>(() => new ReduceLROnPlateau(cooldown: -1)).ParamName);
        Assert.Equal("minLr", Assert.Throws<ArgumentOutOfRangeException>(() => new ReduceLROnPlateau(minLr: -1)).ParamName);
        ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(() => new ReduceLROnPlateau(factor: 0));
        Assert.Equal("factor", error.ParamName);
        Assert.Contains("above 0", error.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ReduceLROnPlateau(factor: -0.5));
    }

    [Fact]
    public void Without_validation_a_CSV_has_no_columns_for_it_and_with_a_later_one_it_has()
    {
        using Sequential model = Compiled();
        string path = Path.Combine(folder.FullName, "log.csv");
        model.Fit(X, Y, epochs: 2, verbose: 0, callbacks: [new CSVLogger(path)]);
        Assert.Equal("epoch,accuracy,loss", File.ReadAllLines(path)[0]);
        model.Fit(X, Y, epochs: 2, verbose: 0, validationData: (X, Y), validationFreq: 2, callbacks: [new CSVLogger(path)]);
        Assert.Equal("epoch,accuracy,loss,val_accuracy,val_loss", File.ReadAllLines(path)[0]);
        Assert.EndsWith(",NA,NA", File.ReadAllLines(path)[1]);
    }

    [Fact]
    public void Hints_are_given_once_for_a_model()
    {
        using var logits = new Sequential([new Input([2]), new Dense(1)], seed: 1);
        logits.Compile("sgd", new Cairn.Losses.BinaryCrossentropy(fromLogits: true), ["accuracy", new Precision(), new AUC()]);
        string told = Told(() => logits.Fit(X, Y, verbose: 0), out History history);
        Assert.Contains("new BinaryAccuracy(name: \"accuracy\", threshold: 0)", told);
        Assert.Contains("new Precision(thresholds: 0)", told);
        Assert.Contains("new AUC(fromLogits: true)", told);
        Assert.Equal(3, history.Events.Count(e => e.Kind == EventKind.Warning));
        Assert.Equal("", Told(() => logits.Fit(X, Y, verbose: 0), out _));
        logits.Compile("sgd", new Cairn.Losses.BinaryCrossentropy(fromLogits: true),
            [new BinaryAccuracy(threshold: 0), new AUC(fromLogits: true)]);
        Assert.Equal("", Told(() => logits.Fit(X, Y, verbose: 0), out _));
        using Sequential probabilities = Compiled();
        Assert.Equal("", Told(() => probabilities.Fit(X, Y, verbose: 0), out _));
    }

    [Fact]
    public void An_AUC_of_one_class_is_told_once()
    {
        using var model = new Sequential([new Input([2]), new Dense(1, activation: "sigmoid")], seed: 1);
        model.Compile("sgd", "binary_crossentropy", [new AUC()]);
        Assert.Equal("", Told(() => model.Fit(X, Y, epochs: 2, verbose: 0), out _));
        var ones = NDArray.From([.. Enumerable.Repeat(1f, 8)], [8, 1]);
        string told = Told(() => model.Fit(X, Y, epochs: 3, verbose: 0, validationData: (X, ones)), out _);
        Assert.Contains("'auc' has seen only targets of one class (1)", told);
        Assert.Equal(1, Warnings(told));
    }

    [Fact]
    public void A_validation_that_changes_the_states_of_a_stateful_layer_is_told_once()
    {
        using var model = new Sequential([new Input([4, 2], batchSize: 2), new LSTM(3, stateful: true), new Dense(1)], seed: 1);
        model.Compile("sgd", "mse");
        var x = NDArray.From([.. Enumerable.Range(0, 32).Select(i => MathF.Sin(i))], [4, 4, 2]);
        var y = NDArray.From([1f, 0, 1, 0], [4, 1]);
        Assert.Equal("", Told(() => model.Fit(x, y, batchSize: 2, shuffle: false, verbose: 0), out _));
        string told = Told(() => model.Fit(x, y, batchSize: 2, shuffle: false, verbose: 0, validationData: (x, y)), out _);
        Assert.Contains("stateful layer 'lstm'", told);
        Assert.Contains("ResetState", told);
        Assert.Equal("", Told(() => model.Fit(x, y, batchSize: 2, shuffle: false, verbose: 0, validationData: (x, y)), out _));
    }

    private static Sequential Compiled()
    {
        var model = new Sequential([new Input([2]), new Dense(1, activation: "sigmoid")], seed: 1);
        model.Compile("sgd", "binary_crossentropy", ["accuracy"]);
        return model;
    }

    private static int Warnings(string told) => told.Split("UserWarning:").Length - 1;

    private Callback Watcher(string kind, string monitor, string mode = "auto", int patience = 0) => kind switch
    {
        "EarlyStopping" => new EarlyStopping(monitor, mode: mode, patience: patience),
        "ReduceLROnPlateau" => new ReduceLROnPlateau(monitor, mode: mode, patience: patience),
        _ => new ModelCheckpoint(Path.Combine(folder.FullName, "best.keras"), monitor, saveBestOnly: true, mode: mode),
    };

    private static string Told(Func<History> fit, out History history)
    {
        TextWriter before = Console.Error;
        using var error = new StringWriter();
        Console.SetError(error);
        try
        {
            history = fit();
        }
        finally
        {
            Console.SetError(before);
        }

        return error.ToString();
    }

    private sealed class Adds : Callback
    {
        public override void OnEpochEnd(int epoch, Logs logs) => logs["mine"] = 1.5;
    }
}
