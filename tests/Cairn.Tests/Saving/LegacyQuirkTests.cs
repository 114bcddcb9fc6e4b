using System.Text.Json.Nodes;
using Cairn.Layers;
using Cairn.Saving;
using Cairn.Saving.Hdf5;
using Xunit;

namespace Cairn.Tests.Saving;

// Files in the forms of Keras 1 and 2, made here from a model with known predictions.
public sealed class LegacyQuirkTests
{
    private static readonly NDArray Sequences = NDArray.From([.. Enumerable.Range(0, 24).Select(i => MathF.Sin(i))], [2, 4, 3]);

    [Fact]
    public void A_GRU_without_reset_after_resets_before_the_product()
    {
        using var model = new Sequential([new Input([4, 3]), new GRU(5, resetAfter: false, biasInitializer: "random_normal")], seed: 1);

        Same(model, Sequences, config => Layers(config, "GRU", gru => gru.Remove("reset_after")));
    }

    // Keras' own conversion to cuDNN: each gate's kernel transposed and read in the old shape, the recurrent one transposed, half the bias
    // twice.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void CuDNN_weights_are_converted(bool lstm)
    {
        Layer layer = lstm
            ? new LSTM(5, biasInitializer: "random_normal", returnSequences: true)
            : new GRU(5, biasInitializer: "random_normal", returnSequences: true);
        using var model = new Sequential([new Input([4, 3]), layer, new Flatten(), new Dense(2)], seed: 1);

        Same(
            model,
            Sequences,
            config => Layers(config, lstm ? "LSTM" : "GRU", recurrent =>
            {
                foreach (string key in new[] { "activation", "recurrent_activation", "reset_after", "use_bias", "recurrent_dropout",
                    "dropout" })
                {
                    recurrent.Remove(key);
                }
            }, lstm ? "CuDNNLSTM" : "CuDNNGRU"),
            (name, weights) => name.StartsWith("lstm", StringComparison.Ordinal)
                || name.StartsWith("gru", StringComparison.Ordinal) ? ForCuDNN(weights, lstm ? 4 : 3) : weights);
    }

    [Fact]
    public void Slashes_in_names_arrays_of_NumPy_and_JSON_in_JSON_are_read()
    {
        var x = new Input([3], name: "x");
        using var model = new Functional(x, new Dense(2, name: "block_dense", biasInitializer: "ones").Apply(x), seed: 1);
        string path = "";
        Same(
            model,
            new float[,] { { 1, 2, 3 } },
            config =>
            {
                Layers(config, "Dense", dense => dense["units"] = new JsonObject { ["type"] = "ndarray", ["value"] = 2 });
                path = config.ToJsonString().Replace("block_dense", "block/dense", StringComparison.Ordinal);
            },
            rewritten: () => JsonValue.Create(path).ToJsonString());
    }

    [Fact]
    public void A_Sequential_model_without_the_shape_of_its_input_is_built_at_the_first_data()
    {
        using var folder = new TemporaryFolder();
        using var model = new Sequential([new Input([3]), new Dense(4, activation: "tanh"), new Dense(2)], seed: 1);
        NDArray x = new float[,] { { 1, 2, 3 }, { 4, 5, 6 } };
        string path = Write(folder["m.h5"], model, config =>
        {
            var layers = (JsonArray)config["config"]!["layers"]!;
            layers.RemoveAt(0);
            ((JsonObject)config["config"]!).Remove("build_input_shape");
        });

        using var loaded = Model.Load(path);
        Assert.False(loaded.Built);
        Assert.Contains("with the first batch", Assert.Single(loaded.LoadWarnings), StringComparison.Ordinal);

        Assert.Equal(model.Predict(x, verbose: Verbosity.Silent).ToArray(), loaded.Predict(x, verbose: Verbosity.Silent).ToArray());
        using var other = Model.Load(path);
        Assert.Throws<ModelFormatException>(() => other.Predict(new float[,] { { 1, 2 } }, verbose: Verbosity.Silent));
    }

    // W[filter, channel, row, column] = 6 · filter + 2 · row + column becomes kernel[row, column, channel, filter].
    [Fact]
    public void Kernels_of_Keras_1_on_Theano_are_laid_out_anew()
    {
        using var model = new Sequential([new Input([5, 5, 1]), new Conv2D(2, (3, 2))]);
        Assert.Equal(2, model.Weights.Count);
        LayerData[] saved =
        [
            new("convolution2d_1",
            [
                WeightData.FromSingles("convolution2d_1_W", [2, 1, 3, 2], Enumerable.Range(0, 12).Select(i => (float)i).ToArray()),
                WeightData.FromSingles("convolution2d_1_b", [2], new[] { 0.5f, -1 }),
            ]),
        ];

        WeightTransfer.Copy(WeightTransfer.Match(model, saved, "w.hdf5", new WeightLoading()));

        Assert.Equal([0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11], model.Weights[0].ToNDArray().ToArray());
        Assert.Equal([0.5f, -1], model.Weights[1].ToNDArray().ToArray());
    }

    [Fact]
    public void Names_of_Keras_1_and_its_Merge_are_converted()
    {
        const string Json = """
            {"class_name": "Model", "keras_version": "1.2.1", "config": {"name": "m", "layers": [
                {"class_name": "InputLayer", "name": "x", "config": {"batch_input_shape": [null, 6, 6, 2], "input_dtype": "float32", "name": "x"}, "inbound_nodes": []},
                {"class_name": "Convolution2D", "name": "c", "config": {"name": "c", "nb_filter": 3, "nb_row": 3, "nb_col": 2, "subsample": [2, 1], "border_mode": "same",
                  "dim_ordering": "tf", "init": "glorot_uniform", "activation": "relu", "bias": true, "W_regularizer": {"name": "WeightRegularizer", "l1": 0.0, "l2": 0.5}}, "inbound_nodes": [[["x", 0, 0]]]},
                {"class_name": "Flatten", "name": "f", "config": {"name": "f"}, "inbound_nodes": [[["c", 0, 0]]]},
                {"class_name": "Dropout", "name": "p", "config": {"name": "p", "p": 0.25}, "inbound_nodes": [[["f", 0, 0]]]},
                {"class_name": "Dense", "name": "a", "config": {"name": "a", "output_dim": 4, "init": "uniform", "bias": false, "input_dim": 54}, "inbound_nodes": [[["p", 0, 0]]]},
                {"class_name": "Dense", "name": "b", "config": {"name": "b", "output_dim": 4}, "inbound_nodes": [[["f", 0, 0]]]},
                {"class_name": "Merge", "name": "s", "config": {"name": "s", "mode": "sum", "concat_axis": -1, "mode_type": "raw"}, "inbound_nodes": [[["a", 0, 0], ["b", 0, 0]]]},
                {"class_name": "Merge", "name": "m", "config": {"name": "m", "mode": "concat", "concat_axis": 1, "mode_type": "raw"}, "inbound_nodes": [[["s", 0, 0], ["b", 0, 0]]]}],
              "input_layers": [["x", 0, 0]], "output_layers": [["m", 0, 0]]}}
            """;
        using var model = (Functional)Model.FromJson(Json);

        Conv2D convolution = model.Layers.OfType<Conv2D>().Single();
        Assert.Equal([Shape.None, 3, 6, 3], convolution.ComputeOutputShape([Shape.None, 6, 6, 2]));
        Assert.Equal([Shape.None, 8], model.Outputs[0].Shape);
        Assert.Equal(["Input", "Conv2D", "Flatten", "Dropout", "Dense", "Dense", "Add", "Concatenate"],
            model.Layers.Select(l => l.GetType().Name)
                .OrderBy(n => Array.IndexOf(["Input", "Conv2D", "Flatten", "Dropout", "Dense", "Add", "Concatenate"], n)));
        Assert.Contains("\"l2\": 0.5", model.ToJson(), StringComparison.Ordinal);
    }

    private static void Same(
        Model model, NDArray x, Action<JsonObject> change, Func<string, WeightData[], WeightData[]>? weights = null,
        Func<string>? rewritten = null)
    {
        using var folder = new TemporaryFolder();
        string path = Write(folder["m.h5"], model, change, weights, rewritten);
        float[] expected = model.Predict(x, verbose: Verbosity.Silent).ToArray();

        using var loaded = Model.Load(path);
        float[] given = loaded.Predict(x, verbose: Verbosity.Silent).ToArray();

        Assert.Equal(expected.Length, given.Length);
        for (int i = 0; i < given.Length; i++)
        {
            Assert.Equal(expected[i], given[i], 1e-5);
        }
    }

    private static string Write(
        string path,
        Model model,
        Action<JsonObject> change,
        Func<string, WeightData[], WeightData[]>? weights = null,
        Func<string>? rewritten = null)
    {
        JsonObject config = ModelSerialization.Architecture(model, legacy: true);
        change(config);
        using FileStream stream = File.Create(path);
        LegacyHdf5.Write(stream, new ModelData
        {
            ModelConfig = rewritten is null ? config.ToJsonString() : rewritten(),
            KerasVersion = "2.2.4",
            Layers =
            [
                .. model.Layers.Select(layer =>
                {
                    WeightData[] own = [.. WeightTransfer.LegacyOrder(layer)
                        .Select(v => WeightData.FromSingles(v.Path, v.Shape.ToArray(), v.ToNDArray().ToArray()))];
                    return new LayerData(layer.Name, weights?.Invoke(layer.Name, own) ?? own);
                }),
            ],
        });
        return path;
    }

    private static void Layers(JsonObject config, string className, Action<JsonObject> change, string? renamed = null)
    {
        foreach (JsonObject layer in config["config"]!["layers"]!.AsArray().OfType<JsonObject>()
            .Where(l => l["class_name"]!.GetValue<string>() == className))
        {
            change((JsonObject)layer["config"]!);
            layer["class_name"] = renamed ?? className;
        }
    }

    private static WeightData[] ForCuDNN(WeightData[] weights, int gates)
    {
        int units = (int)weights[1].Shape[0];
        int features = (int)weights[0].Shape[0];
        float[] kernel = new float[features * gates * units];
        float[] recurrent = new float[units * gates * units];
        ReadOnlySpan<float> oldKernel = weights[0].AsSpan<float>();
        ReadOnlySpan<float> oldRecurrent = weights[1].AsSpan<float>();
        int width = gates * units;
        for (int gate = 0; gate < gates; gate++)
        {
            // kernel.T.reshape(kernel.shape): position n of the flat transposed kernel becomes position n of the flat kernel.
            for (int n = 0; n < features * units; n++)
            {
                kernel[(n / units * width) + (gate * units) + (n % units)] =
                    oldKernel[(n % features * width) + (gate * units) + (n / features)];
            }

            for (int i = 0; i < units; i++)
            {
                for (int j = 0; j < units; j++)
                {
                    recurrent[(i * width) + (gate * units) + j] = oldRecurrent[(j * width) + (gate * units) + i];
                }
            }
        }

        float[] bias = weights[2].ToSingles();
        float[] both = bias.Length == 2 * width ? bias : [.. bias.Select(b => b / 2), .. bias.Select(b => b / 2)];
        return
        [
            WeightData.FromSingles(weights[0].Name, weights[0].Shape, kernel),
            WeightData.FromSingles(weights[1].Name, weights[1].Shape, recurrent),
            WeightData.FromSingles(weights[2].Name, [2 * width], both),
        ];
    }
}
