using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Callbacks;
using Cairn.Saving;

namespace Cairn.Tests.Callbacks;

public sealed class CallbackSerializationTests
{
    [Fact]
    public void Arguments_have_Keras_names_and_those_left_out_their_defaults()
    {
        IReadOnlyList<Callback> callbacks = CallbackSerialization.DeserializeList(
            """
            [
              {"class_name": "ReduceLROnPlateau", "config": {"factor": 0.5, "patience": 3, "min_lr": 1e-05}},
              {"module": "keras.callbacks", "class_name": "ModelCheckpoint", "registered_name": null,
               "config": {"filepath": "{epoch:02d}.weights.h5", "save_weights_only": true, "save_best_only": true, "mode": "max", "monitor": "val_accuracy", "save_freq": 7}},
              {"class_name": "EarlyStopping", "config": {"baseline": "NaN", "restore_best_weights": true, "start_from_epoch": 2, "min_delta": 0.01}},
              {"class_name": "TerminateOnNaN"}
            ]
            """);
        ReduceLROnPlateau reduce = Assert.IsType<ReduceLROnPlateau>(callbacks[0]);
        Assert.Equal(("val_loss", 0.5, 3, 0, "auto"),
            (reduce.Monitor, reduce.Factor, reduce.Patience, reduce.Verbose, reduce.Mode.ToString()));
        Assert.Equal((1e-4, 0, 1e-5), (reduce.MinDelta, reduce.Cooldown, reduce.MinLr));
        ModelCheckpoint checkpoint = Assert.IsType<ModelCheckpoint>(callbacks[1]);
        Assert.Equal(("{epoch:02d}.weights.h5", "val_accuracy", MonitorMode.Max),
            (checkpoint.FilePath, checkpoint.Monitor, checkpoint.Mode));
        Assert.Equal((true, true, 7, null),
            (checkpoint.SaveBestOnly, checkpoint.SaveWeightsOnly, checkpoint.SaveFreq.Batches, checkpoint.InitialValueThreshold));
        EarlyStopping stopping = Assert.IsType<EarlyStopping>(callbacks[2]);
        Assert.Equal((double.NaN, true, 2, 0.01, 0),
            (stopping.Baseline, stopping.RestoreBestWeights, stopping.StartFromEpoch, stopping.MinDelta, stopping.Patience));
        Assert.False(Assert.IsType<TerminateOnNaN>(callbacks[3]).RaiseError);
    }

    [Fact]
    public void Serialized_callbacks_are_read_back_unchanged()
    {
        Callback[] callbacks =
        [
            new ReduceLROnPlateau("loss", 0.3, 2, 1, "min", 0.5, 4, 1e-6),
            new ModelCheckpoint("a/{epoch}.keras", "mae", 1, saveBestOnly: true, saveWeightsOnly: false, "min", "epoch",
                double.NegativeInfinity),
            new ModelCheckpoint("c.h5", saveBestOnly: true, initialValueThreshold: "auto"),
            new ModelCheckpoint("b.weights.h5", saveWeightsOnly: true, saveFreq: 5),
            new EarlyStopping("val_mae", 0.1, 3, 1, "max", 0.25, restoreBestWeights: true, 6),
            new TerminateOnNaN(true),
            new EarlyStopping(minDelta: 0.5, monitors: [new("val_loss", "min"), "val_mae", new("f1", "max", 0.25)]),
            new ReduceLROnPlateau(restoreBestWeights: true),
            new TrainingTimer(TimeSpan.FromSeconds(90.5), "t.keras", verbose: 1),
            new LearningRateFinder(1e-5, 2, 40, 0.5, 3, setLearningRate: true, 1),
            new GradientAccumulation(new Dictionary<int, int> { [0] = 2, [7] = 4 }, 1),
            new WeightAveraging(3, 0.5, 2, 1),
            new UnfreezeLayers(4, ["a", "b/c"], 0.25, 1),
            new UnfreezeLayers(4),
            new History(),
            new ProgbarLogger(),
        ];
        string text = CallbackSerialization.SerializeList(callbacks);
        IReadOnlyList<Callback> read = CallbackSerialization.DeserializeList(text);
        Assert.Equal(text, CallbackSerialization.SerializeList(read));
        Assert.Equal(callbacks.Select(callback => callback.GetType()), read.Select(callback => callback.GetType()));
        ReduceLROnPlateau reduce = Assert.IsType<ReduceLROnPlateau>(read[0]);
        Assert.Equal((0.3, 2, 1, MonitorMode.Min, 0.5, 4, 1e-6),
            (reduce.Factor, reduce.Patience, reduce.Verbose, reduce.Mode, reduce.MinDelta, reduce.Cooldown, reduce.MinLr));
        Assert.Equal(double.NegativeInfinity, Assert.IsType<ModelCheckpoint>(read[1]).InitialValueThreshold!.Value.Value);
        Assert.Equal(InitialThreshold.Auto, Assert.IsType<ModelCheckpoint>(read[2]).InitialValueThreshold);
        Assert.Equal(
            [new("val_loss", "min", 0.5), new("val_mae", "auto", 0.5), new("f1", "max", 0.25)],
            Assert.IsType<EarlyStopping>(read[6]).Monitors);
        Assert.True(Assert.IsType<ReduceLROnPlateau>(read[7]).RestoreBestWeights);
        JsonElement one = CallbackSerialization.Serialize(callbacks[4]);
        Assert.Equal("EarlyStopping", one.GetProperty("class_name").GetString());
        Assert.Equal(0.25, one.GetProperty("config").GetProperty("baseline").GetDouble());
    }

    [Theory]
    [InlineData("""[{"class_name": "EarlyStoping"}]""", "Did you mean 'EarlyStopping'?")]
    [InlineData("""[{"class_name": "EarlyStopping", "config": {"patiense": 1}}]""",
        "EarlyStopping has no argument 'patiense'. Did you mean 'patience'?")]
    [InlineData("""[{"class_name": "History", "config": {"x": 1}}]""", "It takes no arguments.")]
    [InlineData("""[{"class_name": "EarlyStopping", "config": {"patience": 1.5}}]""",
        "'patience' of EarlyStopping must be an integer; it is 1.5.")]
    [InlineData("""[{"class_name": "EarlyStopping", "config": {"patience": true}}]""", "must be an integer; it is true.")]
    [InlineData("""[{"class_name": "EarlyStopping", "config": {"min_delta": "big"}}]""", "must be a number; it is \"big\".")]
    [InlineData("""[{"class_name": "EarlyStopping", "config": {"restore_best_weights": 1}}]""", "must be true or false; it is 1.")]
    [InlineData("""[{"class_name": "EarlyStopping", "config": {"mode": "upward"}}]""", "Unknown mode 'upward'")]
    [InlineData("""[{"class_name": "ModelCheckpoint", "config": {}}]""", "ModelCheckpoint needs the argument 'filepath'.")]
    [InlineData("""[{"class_name": "ModelCheckpoint", "config": {"filepath": "m.keras", "save_freq": 2.0}}]""", "(1 or more); it is 2.0.")]
    [InlineData("""[{"class_name": "EarlyStopping", "config": []}]""", "must be a JSON object; it is a list.")]
    [InlineData("""[{"class_name": "EarlyStopping", "confg": {}}]""", "Did you mean 'config'?")]
    [InlineData("""[{"config": {}}]""", "needs a \"class_name\"")]
    [InlineData("""[{"class_name": "TrainingTimer"}]""", "TrainingTimer needs the argument 'max_time'.")]
    [InlineData("""[{"class_name": "TrainingTimer", "config": {"max_time": 1e300}}]""", "must be a number of seconds")]
    [InlineData("""[{"class_name": "GradientAccumulation", "config": {"schedule": {"x": 2}}}]""", "must be whole numbers; 'x' is not")]
    [InlineData("""[{"class_name": "GradientAccumulation", "config": {"schedule": 4}}]""", "such as {\"0\": 4}; it is 4.")]
    [InlineData("""[{"class_name": "UnfreezeLayers", "config": {"epoch": 1, "layers": [1]}}]""", "must be a list of names; it is a list.")]
    [InlineData("""[{"class_name": "EarlyStopping", "config": {"monitors": [3]}}]""",
        "a list of names, or of objects with a name; it is 3.")]
    [InlineData("""[3]""", "it is 3.")]
    [InlineData("""{"class_name": "EarlyStopping"}""", "must be a JSON list; it is an object.")]
    [InlineData("""[{"class_name": """, "is not JSON")]
    public void Invalid_entries_are_named(string json, string expected)
    {
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => CallbackSerialization.DeserializeList(json)).Message);
    }

    [Fact]
    public void The_wrong_entry_of_a_list_is_named_by_its_index()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => CallbackSerialization.DeserializeList("""[{"class_name": "History"}, {"class_name": "Hist"}]"""));
        Assert.StartsWith("Callback 1 of the list: Unknown callback 'Hist'", error.Message);
    }

    [Fact]
    public void An_unregistered_callback_cannot_be_written()
    {
        Assert.Contains("Own cannot be written as JSON",
            Assert.Throws<ArgumentException>(() => CallbackSerialization.Serialize(new Own())).Message);
    }

    [Fact]
    public void A_custom_callback_is_written_and_read_through_its_factory()
    {
        CustomObjects mine = new() { { "Bell", config => new Bell(config.Int("times"), config.String("sound", "ding")) } };
        string text = CallbackSerialization.SerializeList([new Bell(3, "dong"), new History()]);
        Assert.Contains("Custom>Bell", text.Replace("\\u003E", ">", StringComparison.Ordinal), StringComparison.Ordinal);
        using IDisposable scope = mine.Scope();

        IReadOnlyList<Callback> read = CallbackSerialization.DeserializeList(text);

        Bell bell = Assert.IsType<Bell>(read[0]);
        Assert.Equal((3, "dong"), (bell.Times, bell.Sound));
        Assert.IsType<History>(read[1]);
        Assert.Equal(text, CallbackSerialization.SerializeList(read));
    }

    [Fact]
    public void An_unregistered_custom_callback_is_named_with_how_to_register_it()
    {
        string text = CallbackSerialization.SerializeList([new Bell(1, "a")]);

        string message = Assert.Throws<ArgumentException>(() => CallbackSerialization.DeserializeList(text)).Message;

        Assert.Contains("'Bell'", message);
        Assert.Contains("CustomObjects.Register(\"Bell\"", message);
    }

    [Fact]
    public void An_exception_of_a_custom_factory_is_reported_with_its_name()
    {
        using IDisposable scope = new CustomObjects { { "Bell", config => new Bell(config.Int("times"), "a") } }.Scope();

        string message = Assert.Throws<ArgumentException>(
            () => CallbackSerialization.DeserializeList("""[{"class_name": "Bell", "config": {"times": "often"}}]""")).Message;

        Assert.Contains("'times' of Bell must be an integer; it is \"often\".", message);
    }

    [Fact]
    public void The_callbacks_that_write_files_and_send_requests_read_back_the_same()
    {
        string text = CallbackSerialization.SerializeList(
        [
            new TensorBoard("x", 2, writeGraph: false, writeImages: true, writeStepsPerSecond: true, "batch", 0, 3, "names.tsv",
                new Dictionary<string, object> { ["a"] = "b", ["c"] = 1, ["d"] = 0.5, ["e"] = true, ["f"] = 0.1f }),
            new TensorBoard(updateFreq: 20, embeddingsMetadata: new Dictionary<string, string> { ["words"] = "w.tsv" }),
            new RemoteMonitor("http://a.b", "/c", "d", new Dictionary<string, string> { ["k"] = "v" }, sendAsJson: true,
                TimeSpan.FromSeconds(2.5)),
            new BackupAndRestore("b", TimeSpan.FromMinutes(2), 3, deleteCheckpoint: false, "warn"),
            new BackupAndRestore("b", 10),
            new CSVLogger("l.csv", ";", append: true),
            new GradientMonitor(3, perLayer: true, stopOnNonFinite: true, 1),
            new DeviceStats(4),
            new SwapEMAWeights(true),
        ]);

        Assert.Equal(text, CallbackSerialization.SerializeList(CallbackSerialization.DeserializeList(text)));
    }

    [Fact]
    public void Every_public_callback_is_read_or_made_of_functions()
    {
        Type[] types =
        [
            .. typeof(Callback).Assembly.GetExportedTypes().Where(type => type.IsSubclassOf(typeof(Callback)) && !type.IsAbstract),
        ];
        string[] withoutName = [.. types.Select(type => type.Name).Except(CallbackRegistry.ClassNames)];

        // One is a list, the other is made of a logger.
        Assert.Equal(["CallbackList", "LoggerCallback"], withoutName);
    }

    private sealed class Bell(int times, string sound) : Callback
    {
        public int Times => times;

        public string Sound => sound;

        protected override void WriteConfig(JsonObject config)
        {
            config["times"] = Times;
            config["sound"] = Sound;
        }
    }

    private sealed class Own : Callback
    {
        public override void OnTrainBegin(Logs logs) => Print("own");
    }
}
