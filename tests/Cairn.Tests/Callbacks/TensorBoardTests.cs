using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Optimizers;
using Cairn.Optimizers.Schedules;
using Cairn.Tests.EventFiles;
using Cairn.Tests.Saving;

namespace Cairn.Tests.Callbacks;

/// <summary>The contents of the event files of a training, read by <see cref="EventReader"/>. Tags and steps are those of Keras'
/// callback.</summary>
public sealed class TensorBoardTests : IDisposable
{
    private static readonly NDArray X = NDArray.From(new float[] { 0, 1, 1, 0, 1, 1, 0, 0, 2, 1, 1, 2 }, [6, 2]);
    private static readonly NDArray Y = NDArray.From(new float[] { 1, 2, 3, 0, 4, 5 }, [6, 1]);
    private readonly TemporaryFolder folder = new();

    private string Logs => folder["logs"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Scalars_of_epochs_are_those_of_the_history_in_two_runs()
    {
        using Model model = Create();
        History history = model.Fit(
            X, Y, batchSize: 2, epochs: 5, initialEpoch: 2, verbose: 0, validationData: (X, Y),
            callbacks: [new LearningRateScheduler(epoch => 0.01 / (epoch + 1)), new TensorBoard(Logs)]);

        List<(string Tag, long Step, float Value)> train = Scalars("train");
        Assert.Equal(["epoch_learning_rate", "epoch_loss", "epoch_mae"],
            train.Select(one => one.Tag).Distinct().Order(StringComparer.Ordinal));
        foreach (string name in new[] { "loss", "mae", "learning_rate" })
        {
            Assert.Equal(Points(history, name, $"epoch_{name}"), train.Where(one => one.Tag == $"epoch_{name}"));
        }

        List<(string Tag, long Step, float Value)> validation = Scalars("validation");
        Assert.Equal(
            ["epoch_loss", "epoch_mae", "evaluation_loss_vs_iterations", "evaluation_mae_vs_iterations"],
            validation.Select(one => one.Tag).Distinct().Order(StringComparer.Ordinal));
        foreach (string name in new[] { "loss", "mae" })
        {
            Assert.Equal(Points(history, $"val_{name}", $"epoch_{name}"), validation.Where(one => one.Tag == $"epoch_{name}"));

            // The same values at the steps of the optimizer: three batches per epoch.
            Assert.Equal(
                history[$"val_{name}"].Select((value, index) => ($"evaluation_{name}_vs_iterations", (index + 1) * 3L, (float)value)),
                validation.Where(one => one.Tag == $"evaluation_{name}_vs_iterations"));
        }

        Assert.All(Values("train").Where(value => value.Plugin == "scalars"),
            value => Assert.Equal((1, 1), (value.DataClass, value.Dtype)));
        TrainingEvent started = Assert.Single(history.Events, happened => happened.Kind == EventKind.LogStarted);
        Assert.Equal((Logs, "TensorBoard"), (started.Path, started.Callback));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Scalars_of_batches_come_every_so_many_batches_of_the_training(int every)
    {
        using Model model = Create();
        var running = new List<float>();
        model.Fit(
            X, Y, batchSize: 2, epochs: 3, verbose: 0,
            callbacks: [new TensorBoard(Logs, updateFreq: every),
                new LambdaCallback(onTrainBatchEnd: (_, logs) => running.Add((float)logs["loss"]))]);
        Assert.Equal(9, running.Count);
        Assert.Equal(
            running.Select((loss, index) => ("batch_loss", index + 1L, loss)).Where(point => point.Item2 % every == 0),
            Scalars("train").Where(one => one.Tag == "batch_loss"));
    }

    [Fact]
    public void Batch_hooks_cost_nothing_unless_used_and_no_unneeded_file_is_created()
    {
        var board = new TensorBoard(Logs);
        Assert.False(board.UsesTrainBatchHooks || board.UsesTestBatchHooks || board.UsesPredictBatchHooks);
        Assert.True(new TensorBoard(Logs, updateFreq: "batch").UsesTrainBatchHooks);
        using Model model = Create();
        model.Fit(X, Y, verbose: 0, callbacks: [board]);
        Assert.Single(EventReader.FilesIn(Path.Combine(Logs, "train")));
        Assert.Single(EventReader.FilesIn(Logs));
        Assert.False(Directory.Exists(Path.Combine(Logs, "validation")));
        Assert.DoesNotContain(Scalars("train"), one => one.Tag.StartsWith("batch_", StringComparison.Ordinal));
    }

    [Fact]
    public void Steps_per_second_are_measured_over_epochs_and_batches()
    {
        using Model model = Create();

        // Each reading advances the clock by one second: two per batch, more per epoch.
        model.Fit(X, Y, batchSize: 2, epochs: 2, verbose: 0,
            callbacks: [new TensorBoard(new SecondsClock(), Logs, writeStepsPerSecond: true, updateFreq: 1)]);
        Assert.Equal(Enumerable.Range(1, 6).Select(step => ("batch_steps_per_second", (long)step, 1f)),
            Scalars("train").Where(one => one.Tag == "batch_steps_per_second"));
        List<(string Tag, long Step, float Value)> epochs = [.. Scalars("train").Where(one => one.Tag == "epoch_steps_per_second")];
        Assert.Equal([0, 1], epochs.Select(one => one.Step));

        // In three batches the clock is read 7 times after the start of the epoch: twice per batch, and once at the end.
        Assert.All(epochs, one => Assert.Equal(3f / 7, one.Value, 1e-6f));
    }

    [Fact]
    public void Evaluation_alone_writes_only_the_validation_run()
    {
        using Model model = Create();
        model.Fit(X, Y, batchSize: 2, epochs: 2, verbose: 0);
        Cairn.Callbacks.Logs logs = model.Evaluate(X, Y, verbose: 0, callbacks: [new TensorBoard(Logs)]);
        Assert.Equal(
            [("evaluation_loss_vs_iterations", 6, (float)logs["loss"]), ("evaluation_mae_vs_iterations", 6, (float)logs["mae"])],
            Scalars("validation"));
        Assert.Empty(EventReader.FilesIn(Path.Combine(Logs, "train")));
        Assert.Empty(EventReader.FilesIn(Logs));
    }

    [Fact]
    public void A_second_training_starts_new_files_next_to_the_old_ones()
    {
        using Model model = Create();
        var board = new TensorBoard(Logs);
        History first = model.Fit(X, Y, epochs: 2, verbose: 0, callbacks: [board]);
        float[] before = [.. first["loss"].Select(loss => (float)loss)];
        History second = model.Fit(X, Y, epochs: 2, verbose: 0, callbacks: [board]);
        string[] files = EventReader.FilesIn(Path.Combine(Logs, "train"));
        Assert.Equal(2, files.Length);
        Assert.Equal([.. before, .. second["loss"].Select(loss => (float)loss)],
            Scalars("train").Where(one => one.Tag == "epoch_loss").Select(one => one.Value));
    }

    [Fact]
    public void Every_epoch_can_be_seen_when_it_has_ended()
    {
        using Model model = Create();
        var seen = new List<int>();
        model.Fit(
            X, Y, epochs: 3, verbose: 0, validationData: (X, Y),
            callbacks: [new TensorBoard(Logs),
                new LambdaCallback(onEpochEnd: (_, _) => seen.Add(Scalars("train").Count(one => one.Tag == "epoch_loss")))]);
        Assert.Equal([1, 2, 3], seen);
    }

    [Fact]
    public void The_model_is_written_as_Keras_JSON_and_as_a_table()
    {
        using Model model = Create();
        model.Fit(X, Y, verbose: 0, callbacks: [new TensorBoard(Logs)]);
        ReadValue graph = Assert.Single(Values("train"), value => value.Tag == "keras");
        Assert.Equal(("graph_keras_model", 7), (graph.Plugin, graph.Dtype));
        Assert.Equal("1"u8.ToArray(), graph.Content);
        Assert.Empty(graph.Shape);
        Assert.Equal(model.ToJson(), graph.Text(0));
        ReadValue text = Assert.Single(Values("train"), value => value.Tag == "model_summary");
        var table = new StringWriter();
        model.Summary(table);
        Assert.Equal("text", text.Plugin);
        Assert.Equal(table.ToString().TrimEnd().Split('\n'), text.Text(0).Split('\n').Select(line => line[4..]));

        using Model other = Create();
        other.Fit(X, Y, verbose: 0, callbacks: [new TensorBoard(folder["plain"], writeGraph: false)]);
        Assert.DoesNotContain(EventReader.ReadFolder(folder["plain/train"]).SelectMany(happened => happened.Values),
            value => value.Plugin is "text" or "graph_keras_model");
    }

    [Fact]
    public void Histograms_and_images_of_every_weight_come_every_so_many_epochs()
    {
        using var model = new Sequential([new Input([4, 4, 1]), new Conv2D(3, 2), new Flatten(), new Dense(1)], name: "net", seed: 1);
        model.Compile("sgd", "mse");
        var images = NDArray.From(Enumerable.Range(0, 32).Select(i => i / 32f).ToArray(), [2, 4, 4, 1]);
        var kernels = new List<float[]>();
        model.Fit(
            images, NDArray.From(new float[] { 0, 1 }, [2, 1]), epochs: 4, verbose: 0,
            callbacks: [new TensorBoard(Logs, histogramFreq: 2, writeImages: true),
                new LambdaCallback(onEpochEnd: (_, _) => kernels.Add(model.GetWeights()[0].ToArray()))]);

        List<(long Step, ReadValue Value)> all =
            [.. EventReader.ReadFolder(Path.Combine(Logs, "train"))
            .SelectMany(happened => happened.Values.Select(value => (happened.Step, value)))];
        List<(long Step, ReadValue Value)> histograms = [.. all.Where(one => one.Value.Plugin == "histograms")];
        string[] weights = ["net/conv2d/bias", "net/conv2d/kernel", "net/dense/bias", "net/dense/kernel"];
        Assert.Equal(weights.SelectMany(weight => new[] { (0L, $"{weight}/histogram"), (2L, $"{weight}/histogram") }),
            histograms.Select(one => (one.Step, one.Value.Tag)).OrderBy(one => one.Tag, StringComparer.Ordinal));
        foreach ((long step, ReadValue value) in histograms.Where(one => one.Value.Tag == "net/conv2d/kernel/histogram"))
        {
            Assert.Equal((2, 2), (value.Dtype, value.DataClass));
            Assert.Equal([30, 3], value.Shape);
            Assert.Equal(12, value.Doubles.Where((_, i) => i % 3 == 2).Sum());
            Assert.Equal((kernels[(int)step].Min(), kernels[(int)step].Max()), (value.Doubles[0], value.Doubles[^2]));
        }

        // A kernel of [2, 2, 1, 3] is three images; the bias of a single unit is none.
        List<(long Step, ReadValue Value)> pictures = [.. all.Where(one => one.Value.Plugin == "images")];
        Assert.Equal(
            ["net/conv2d/bias/image", "net/conv2d/kernel/image", "net/dense/kernel/image"],
            pictures.Select(one => one.Value.Tag).Distinct().Order(StringComparer.Ordinal));
        ReadValue kernel = pictures.First(one => one.Value.Tag == "net/conv2d/kernel/image").Value;
        Assert.Equal(("2", "2", 3 + 2), (kernel.Text(0), kernel.Text(1), kernel.Strings.Length));
        using var picture = SkiaSharp.SKBitmap.Decode(kernel.Strings[2]);
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal((byte)Math.Clamp(kernels[0][i * 3] * 255.5f, 0, 255), picture.GetPixel(i % 2, i / 2).Red);
        }
    }

    [Fact]
    public void Weights_that_are_not_finite_give_a_warning_and_are_left_out_of_the_histogram()
    {
        using Model model = Create();
        var error = new StringWriter();
        var list = new CallbackList([new TensorBoard(Logs, histogramFreq: 1)], model,
            new CallbackParams { Output = TextWriter.Null, Error = error });
        list.OnTrainBegin();
        model.SetWeights([NDArray.From(new float[] { float.NaN, 1 }, [2, 1]), NDArray.From(new float[] { 0 }, [1])]);
        list.OnEpochEnd(0, new Cairn.Callbacks.Logs([new("loss", double.NaN)]));
        list.OnTrainEnd();
        Assert.Contains("1 of the 2 elements of the weight 'sequential/dense/kernel' are NaN or infinite", error.ToString());
        Assert.Equal([0.5, 1.5, 1], Assert.Single(Values("train"), value => value.Tag == "sequential/dense/kernel/histogram").Doubles);
        Assert.True(float.IsNaN(Assert.Single(Scalars("train"), one => one.Tag == "epoch_loss").Value));
    }

    [Fact]
    public void Hyper_parameters_are_those_of_the_optimizer_the_run_and_the_user()
    {
        using Model model = Create();
        model.Compile(new Adam(new ExponentialDecay(0.5, 10, 0.9), beta1: 0.75), "mse");
        model.Fit(
            X, Y, batchSize: 2, epochs: 4, verbose: 0, seed: 12,
            callbacks: [
                new TensorBoard(Logs,
                    hyperParameters: new Dictionary<string, object>
                        { ["units"] = 8, ["augment"] = true, ["note"] = "first", ["loss"] = "mine" })]);
        List<ReadValue> values = [.. EventReader.ReadFolder(Logs).SelectMany(happened => happened.Values)];
        Assert.Equal(["_hparams_/session_start_info", "_hparams_/session_end_info"], values.Select(value => value.Tag));
        Assert.All(values, value => Assert.Equal("hparams", value.Plugin));

        // HParamsPluginData: session_start_info 3, session_end_info 4. SessionStartInfo: hparams 1, a map, start_time_secs 5.
        // Entries of a map: key 1, value 2. google.protobuf.Value: number_value 2, string_value 3, bool_value 4.
        ILookup<int, WireField> start = WireField.Read(WireField.Read(values[0].Content)[3].Single().Bytes);
        var parameters = start[1].Select(entry => WireField.Read(entry.Bytes)).ToDictionary(
            entry => entry[1].Single().Text,
            entry => WireField.Read(entry[2].Single().Bytes) is var one && one.Contains(2) ? one[2].Single().Double
            : one.Contains(3) ? one[3].Single().Text : (object)(one[4].Single().Number == 1));
        Assert.Equal(("Adam", "ExponentialDecay", 0.75), (parameters["optimizer"], parameters["learning_rate"], parameters["beta_1"]));
        Assert.Equal((4.0, 3.0, 12.0, false), (parameters["epochs"], parameters["steps"], parameters["seed"], parameters["use_ema"]));
        Assert.Equal((8.0, true, "first", "mine"), (parameters["units"], parameters["augment"], parameters["note"], parameters["loss"]));

        // SessionEndInfo: status 1 (1 is success, 2 is failure), end_time_secs 2.
        ILookup<int, WireField> end = WireField.Read(WireField.Read(values[1].Content)[4].Single().Bytes);
        Assert.Equal(1ul, end[1].Single().Number);
        Assert.True(end[2].Single().Double >= start[5].Single().Double);
    }

    [Fact]
    public void A_failed_training_is_marked_in_its_files()
    {
        using Model model = Create();
        Assert.Throws<CallbackException>(() => model.Fit(
            X, Y, epochs: 3, verbose: 0,
            callbacks: [new TensorBoard(Logs), new LambdaCallback(onEpochEnd: (epoch, _) => Assert.Equal(0, epoch))]));
        ReadValue end = EventReader.ReadFolder(Logs)[^1].Values.Single();
        Assert.Equal(2ul, WireField.Read(WireField.Read(end.Content)[4].Single().Bytes)[1].Single().Number);
        Assert.Equal(2, Scalars("train").Count(one => one.Tag == "epoch_loss"));
    }

    [Fact]
    public void Embeddings_are_there_for_the_projector()
    {
        using var model = new Sequential([new Input([2]), new Embedding(3, 2, name: "words"), new Flatten(), new Dense(1)], seed: 1);
        model.Compile("sgd", "mse");
        var words = NDArray.From(new float[] { 0, 1, 2, 1 }, [2, 2]);
        var board = new TensorBoard(Logs, embeddingsFreq: 2,
            embeddingsMetadata: new Dictionary<string, string> { ["words"] = "words \"of\" all.tsv" });
        model.Fit(words, NDArray.From(new float[] { 0, 1 }, [2, 1]), epochs: 3, verbose: 0, callbacks: [board]);
        Assert.Equal(
            "embeddings {\n  tensor_name: \"words\"\n  metadata_path: \"words \\\"of\\\" all.tsv\"\n  tensor_path: "
            + "\"train/words.tsv\"\n}\n",
            File.ReadAllText(Path.Combine(Logs, "projector_config.pbtxt")));
        float[] vectors = [.. File.ReadAllLines(Path.Combine(Logs, "train", "words.tsv")).SelectMany(row => row.Split('\t'))
            .Select(number => float.Parse(number, System.Globalization.CultureInfo.InvariantCulture))];
        Assert.Equal(model.GetWeights()[0].ToArray(), vectors);
        Assert.Equal(
            ["keras_embedding.ckpt-0.weights.h5", "keras_embedding.ckpt-2.weights.h5"],
            Directory.GetFiles(Path.Combine(Logs, "train"), "*.h5").Select(Path.GetFileName).Order(StringComparer.Ordinal));
        ArgumentException unknown = Assert.Throws<ArgumentException>(() => model.Fit(
            words, NDArray.From(new float[] { 0, 1 }, [2, 1]), verbose: 0,
            callbacks: [
            new TensorBoard(Logs, embeddingsFreq: 1, embeddingsMetadata: new Dictionary<string, string> { ["word"] = "a.tsv" })]));
        Assert.Contains("Did you mean 'words'?", unknown.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void A_killed_and_resumed_run_has_every_event_once_in_one_file(int savedAfter)
    {
        string[] values = ["loss", "val_loss"];
        Cairn.Callbacks.Logs Epoch(int epoch) => new(values.Select(name => KeyValuePair.Create(name, epoch + (name.Length / 100.0))));
        void Play(CallbackList list, int from, int to)
        {
            for (int epoch = from; epoch < to; epoch++)
            {
                list.OnEpochBegin(epoch);
                for (int batch = 0; batch < 2; batch++)
                {
                    list.OnTrainBatchBegin(batch);
                    list.OnTrainBatchEnd(batch, new Cairn.Callbacks.Logs([new("loss", (epoch * 2) + batch)]));
                }

                list.OnTestBegin();
                list.OnTestEnd(new Cairn.Callbacks.Logs([new("loss", epoch)]));
                list.OnEpochEnd(epoch, Epoch(epoch));
            }
        }

        using Model model = Create();
        var killed = new CallbackList([new TensorBoard(Logs, updateFreq: 1)], model, addHistory: true);
        killed.OnTrainBegin();
        Play(killed, 0, savedAfter);
        SavedState[] states = [.. killed.SaveStates().Select(Written)];
        Play(killed, savedAfter, savedAfter + 2);

        var resumed = new CallbackList([new TensorBoard(Logs, updateFreq: 1)], model, addHistory: true);
        resumed.AnnounceResuming();
        resumed.OnTrainBegin();
        resumed.LoadStates(states, savedAfter, inEpoch: false);
        Play(resumed, savedAfter, 5);
        resumed.OnTrainEnd();

        Assert.All(new[] { "", "train", "validation" }, run => Assert.Single(EventReader.FilesIn(Path.Combine(Logs, run))));
        Assert.Equal(Enumerable.Range(1, 10).Select(step => ("batch_loss", (long)step, step - 1f)),
            Scalars("train").Where(one => one.Tag == "batch_loss"));
        Assert.Equal(Enumerable.Range(0, 5).Select(epoch => ("epoch_loss", (long)epoch, epoch + 0.04f)),
            Scalars("train").Where(one => one.Tag == "epoch_loss"));
        Assert.Equal(Enumerable.Range(0, 5).Select(epoch => ("epoch_loss", (long)epoch, epoch + 0.08f)),
            Scalars("validation").Where(one => one.Tag == "epoch_loss"));
        Assert.Equal(["keras", "model_summary"], Values("train").Where(value => value.Plugin != "scalars").Select(value => value.Tag));
        Assert.Equal(2, EventReader.ReadFolder(Logs).SelectMany(happened => happened.Values).Count());
        Assert.Equal(EventKind.LogStarted, Assert.Single(resumed.History!.Events).Kind);
    }

    [Fact]
    public void A_file_that_is_missing_on_resume_gives_a_warning_and_is_started_again()
    {
        using Model model = Create();
        var killed = new CallbackList([new TensorBoard(Logs)], model);
        killed.OnTrainBegin();
        killed.OnEpochBegin(0);
        SavedState state = killed.SaveStates()[0]!;
        File.Delete(EventReader.FilesIn(Path.Combine(Logs, "train"))[0]);
        var error = new StringWriter();
        var resumed = new CallbackList([new TensorBoard(Logs)], model, new CallbackParams { Error = error });
        resumed.AnnounceResuming();
        resumed.OnTrainBegin();
        resumed.LoadStates([state], 3, inEpoch: false);
        resumed.OnEpochEnd(3, new Cairn.Callbacks.Logs([new("loss", 0.5)]));
        resumed.OnTrainEnd();
        Assert.Contains("changed since the last backup; starting a new file.", error.ToString());
        Assert.Contains(("epoch_loss", 3, 0.5f), Scalars("train"));
    }

    [Fact]
    public void Unsupported_settings_are_refused_immediately()
    {
        Assert.Contains("Profiling is not supported", Assert.Throws<ArgumentException>(() => new TensorBoard(profileBatch: 5)).Message);
        Assert.Equal("histogramFreq", Assert.Throws<ArgumentOutOfRangeException>(() => new TensorBoard(histogramFreq: -1)).ParamName);
        Assert.Equal("embeddingsFreq", Assert.Throws<ArgumentOutOfRangeException>(() => new TensorBoard(embeddingsFreq: -1)).ParamName);
        Assert.Equal("updateFreq", Assert.Throws<ArgumentOutOfRangeException>(() => new TensorBoard(updateFreq: 0)).ParamName);
        Assert.Contains("'epoch', 'batch'", Assert.Throws<ArgumentException>(() => new TensorBoard(updateFreq: "epochs")).Message);
        Assert.Equal("logDir", Assert.Throws<ArgumentException>(() => new TensorBoard("")).ParamName);
        Assert.Contains(
            "'units' must be a string, a boolean or a number; it is a Int32[]",
            Assert.Throws<ArgumentException>(() =>
                new TensorBoard(hyperParameters: new Dictionary<string, object> { ["units"] = new[] { 1 } })).Message);
    }

    [Fact]
    public void It_survives_JSON()
    {
        var board = new TensorBoard(
            "a", 2, writeGraph: false, writeImages: true, writeStepsPerSecond: true, 7, 0, 3,
            new Dictionary<string, string> { ["b"] = "c" },
            new Dictionary<string, object> { ["d"] = 1.5, ["e"] = "f", ["g"] = true });
        TensorBoard read = Assert.IsType<TensorBoard>(CallbackSerialization.Deserialize(CallbackSerialization.Serialize(board)));
        Assert.Equal(("a", 2, false, true, true, 7, 3),
            (read.LogDir, read.HistogramFreq, read.WriteGraph, read.WriteImages, read.WriteStepsPerSecond, read.UpdateFreq.Batches,
                read.EmbeddingsFreq));
        Assert.Equal(board.EmbeddingsMetadata!.ByLayer, read.EmbeddingsMetadata!.ByLayer);
        Assert.Equal(board.HyperParameters, read.HyperParameters);
        read = Assert.IsType<TensorBoard>(CallbackSerialization.DeserializeList(
            """[{"class_name": "TensorBoard", "config": {"update_freq": "batch", "embeddings_metadata": "all.tsv"}}]""")[0]);
        Assert.Equal(("logs", 0, true, 1, "all.tsv"),
            (read.LogDir, read.HistogramFreq, read.WriteGraph, read.UpdateFreq.Batches, read.EmbeddingsMetadata?.ForAll));
        Assert.Contains(
            "'update_freq'",
            Assert.Throws<ArgumentException>(() =>
                CallbackSerialization.DeserializeList("""[{"class_name": "TensorBoard", "config": {"update_freq": []}}]""")).Message);
    }

    private static SavedState Written(SavedState? state)
    {
        var copy = new SavedState(System.Text.Json.Nodes.JsonNode.Parse(state!.Values.ToJsonString())!.AsObject());
        foreach ((string name, NDArray array) in state.Arrays)
        {
            copy.Arrays[name] = array;
        }

        return copy;
    }

    private static Sequential Create()
    {
        var model = new Sequential([new Input([2]), new Dense(1)], seed: 3);
        model.Compile(new SGD(0.01), "mse", ["mae"]);
        return model;
    }

    private static IEnumerable<(string Tag, long Step, float Value)> Points(History history, string name, string tag) =>
        history.Epochs.Zip(history[name], (epoch, value) => (tag, (long)epoch, (float)value));

    private List<ReadValue> Values(string run) =>
        [.. EventReader.ReadFolder(Path.Combine(Logs, run)).SelectMany(happened => happened.Values)];

    private List<(string Tag, long Step, float Value)> Scalars(string run) =>
    [
        .. EventReader.ReadFolder(Path.Combine(Logs, run))
            .SelectMany(happened => happened.Values.Where(value => value.Plugin == "scalars")
            .Select(value => (value.Tag, happened.Step, value.Floats.Single()))),
    ];

    private sealed class SecondsClock : TimeProvider
    {
        private long seconds;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => seconds++;
    }
}
