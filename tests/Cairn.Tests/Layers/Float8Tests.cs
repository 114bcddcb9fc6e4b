using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Optimizers;
using Cairn.Saving;
using Cairn.Tests.Saving;
using Cairn.Tests.Training;
using TorchSharp;

namespace Cairn.Tests.Layers;

/// <summary>Layers that Keras 3.16 quantized to float8, and layers quantized here.</summary>
public sealed class Float8Tests
{
    private static readonly PackedCases Recorded = new("quantized/float8.zip");

    public static TheoryData<string> Names => [.. Recorded.Names(_ => true)];

    public static TheoryData<string> Quantizable => [.. Recorded.Names(c => c["name"]!.GetValue<string>() is not ("history" or "named"))];

    private static double Bound(string name) => name switch
    {
        // Sums of 16-bit numbers, whose rounding depends on the order of the terms.
        "mixed_bfloat16" => 2e-2,
        "mixed_float16" => 2e-3,
        _ => Tolerance.DenseWeights,
    };

    [Theory]
    [InlineData("e4m3fn")]
    [InlineData("e5m2")]
    public void Every_number_is_rounded_as_in_PyTorch(string format)
    {
        using var folder = new TemporaryFolder();
        float[] x = Recorded.Array("rounding.x.npy", folder).ToArray();
        float[] expected = Recorded.Array($"rounding.{format}.npy", folder).ToArray();
        using torch.Tensor given = torch.tensor(x);
        using torch.Tensor rounded = Float8.Round(given, format == "e4m3fn" ? Float8Format.E4M3FN : Float8Format.E5M2);
        Assert.Equal(expected.Select(Bits), rounded.data<float>().Select(Bits));

        // The sign of zero counts, the bits of NaN do not.
        static int Bits(float number) => float.IsNaN(number) ? -1 : BitConverter.SingleToInt32Bits(number);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_float8_model_of_Keras_predicts_and_trains_as_there(string name)
    {
        using var folder = new TemporaryFolder();
        using var model = Model.Load(Recorded.Extract($"{name}.keras", folder));
        CheckPredictions(model, name, "y0", folder);
        if (Recorded.Has($"{name}.h5"))
        {
            using var legacy = Model.Load(Recorded.Extract($"{name}.h5", folder));
            CheckPredictions(legacy, name, "y0", folder);
        }

        Train(model, name, folder);
    }

    [Theory]
    [MemberData(nameof(Quantizable))]
    public void A_model_that_is_quantized_here_trains_as_in_Keras(string name)
    {
        using var folder = new TemporaryFolder();
        using var model = Model.Load(Recorded.Extract($"{name}.plain.keras", folder));
        QuantizationReport report = model.Quantize("float8", layer => layer.Name != "plain");
        Assert.All(report.Quantized, layer => Assert.Equal("float8", layer.QuantizationMode));
        Assert.Equal(
            Recorded.Case(name)["paths"]!.AsArray().Select(p => Last(p!.GetValue<string>())), model.Weights.Select(w => Last(w.Path)));
        CheckPredictions(model, name, "y0", folder);
        Train(model, name, folder);

        static string Last(string path) => path[(path.LastIndexOf('/') + 1)..];
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_trained_float8_model_of_Keras_trains_on_as_there(string name)
    {
        using var folder = new TemporaryFolder();
        using var model = Model.Load(Recorded.Extract($"{name}.trained.keras", folder));
        foreach (string copy in new[] { "copy.keras", "copy.h5" })
        {
            model.Save(folder[copy]);
            using var again = Model.Load(folder[copy]);
            CheckPredictions(again, name, "y1", folder);
            CheckWeights(model, again, 0, name);
            Assert.Equal(model.ToJson(), again.ToJson());
        }

        Tolerance.Near(Losses(name, "more"), Fit(model, name, 2, folder), Bound(name), name);
    }

    [Fact]
    public void The_largest_values_of_accumulated_steps_are_kept_in_files()
    {
        using var folder = new TemporaryFolder();
        using var model = new Sequential([new Input([4]), new Dense(3, "relu"), new Dense(2)]) { Seed = 5 };
        model.Quantize("float8");
        model.Compile(new SGD(0.1, gradientAccumulationSteps: 4), "mse");
        var x = NDArray.From([.. Enumerable.Range(0, 32).Select(i => (i * 37 % 11) / 5f)], [8, 4]);
        var y = NDArray.From([.. Enumerable.Range(0, 16).Select(i => (i * 13 % 7) / 5f)], [8, 2]);
        model.Fit(x, y, batchSize: 8, epochs: 6, shuffle: false, verbose: 0);
        model.Save(folder["m.keras"]);
        using var again = Model.Load(folder["m.keras"]);
        Assert.Empty(again.LoadWarnings);
        model.Fit(x, y, batchSize: 8, epochs: 4, shuffle: false, verbose: 0);
        again.Fit(x, y, batchSize: 8, epochs: 4, shuffle: false, verbose: 0);
        CheckWeights(model, again, 0, "accumulated");
    }

    [Fact]
    public void The_mode_must_be_one_that_is_supported()
    {
        var layer = new Dense(2);
        Assert.Contains("layers that Keras has quantized so are loaded from files",
            Assert.Throws<NotSupportedException>(() => layer.Quantize("int8")).Message, StringComparison.Ordinal);
        Assert.Contains("Did you mean 'float8'?", Assert.Throws<ArgumentException>(() => layer.Quantize("float9")).Message,
            StringComparison.Ordinal);
        layer.Quantize("float8");
        Assert.Contains("already quantized", Assert.Throws<InvalidOperationException>(() => layer.Quantize("float8")).Message,
            StringComparison.Ordinal);
        Assert.Contains("LoRA is not supported", Assert.Throws<InvalidOperationException>(() => layer.EnableLora(2)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_report_names_the_layers_that_were_left_out()
    {
        using var model = new Sequential([new Input([4]), new Dense(3), new Dropout(0.5), new Dense(2)]);
        QuantizationReport report = model.Quantize("float8", layer => layer.Name != "dense");
        Assert.Equal(["dense_1"], report.Quantized.Select(layer => layer.Name));
        Assert.Equal([("dense", "filtered out"), ("dropout", "no quantize support")], report.Skipped.Select(s => (s.Layer.Name, s.Reason)));
        Assert.Equal([("dense_1", "already quantized")],
            model.Quantize("float8").Skipped.Where(s => s.Reason.StartsWith("already", StringComparison.Ordinal))
            .Select(s => (s.Layer.Name, s.Reason)));
        Assert.StartsWith("Quantization report (mode='float8')\nQuantized 1 layer(s):\n  - dense_1 (Dense)\nSkipped 2 layer(s):",
            report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_recomputed_float8_layer_trains_the_same()
    {
        double[] Run(bool recompute)
        {
            using var model = new Sequential([new Input([4]), new Dense(8, "relu"), new Dense(2)]) { Seed = 3 };
            model.Quantize("float8");
            model.Layers[0].Recompute = recompute;
            model.Compile(new SGD(0.1), "mse");
            var x = NDArray.From([.. Enumerable.Range(0, 32).Select(i => (i * 37 % 11) / 5f)], [8, 4]);
            var y = NDArray.From([.. Enumerable.Range(0, 16).Select(i => (i * 13 % 7) / 5f)], [8, 2]);
            History history = model.Fit(x, y, epochs: 4, verbose: 0);
            return [.. history["loss"], .. ReferenceRun.Flatten(model).Select(v => (double)v)];
        }

        Assert.Equal(Run(false), Run(true));
    }

    private static void Train(Model model, string name, TemporaryFolder folder)
    {
        using var trained = Model.Load(Recorded.Extract($"{name}.trained.keras", folder));
        model.Compile(Recompiled(trained.Optimizer!), "mse");
        Tolerance.Near(Losses(name, "loss"), Fit(model, name, 3, folder), Bound(name), name);
        CheckWeights(trained, model, Bound(name), name);
        CheckPredictions(model, name, "y1", folder);

        model.SaveWeights(folder["own.weights.h5"]);
        trained.LoadWeights(folder["own.weights.h5"]);
        CheckWeights(model, trained, 0, name);
        trained.LoadWeights(Recorded.Extract($"{name}.trained.weights.h5", folder));
        CheckWeights(trained, model, Bound(name), name);
    }

    // An optimizer with the settings of another one, and no state.
    private static Optimizer Recompiled(Optimizer like) => OptimizerRegistry.Deserialize(like.Serialize(), like.Name);

    private static float[] Fit(Model model, string name, int epochs, TemporaryFolder folder)
    {
        int batch = Recorded.Case(name)["batch"]!.GetValue<int>();
        History history = model.Fit(
            Recorded.Arrays(name, "x", folder), Recorded.Array($"{name}.t.npy", folder), batchSize: batch, epochs: epochs, shuffle: false,
            verbose: 0);
        return [.. history["loss"].Select(v => (float)v)];
    }

    private static float[] Losses(string name, string key) =>
        [.. Recorded.Case(name)[key]!.AsArray().Select(v => v!.GetValue<float>())];

    private static void CheckPredictions(Model model, string name, string expected, TemporaryFolder folder)
    {
        NDArray y = Recorded.Array($"{name}.{expected}.npy", folder);
        NDArray actual = model.Predict(Recorded.Arrays(name, "x", folder), verbose: 0);
        Assert.Equal(y.Shape, actual.Shape);
        Tolerance.Near(y.ToArray(), actual.ToArray(), Bound(name), name);
    }

    private static void CheckWeights(Model expected, Model actual, double bound, string name)
    {
        Dictionary<string, Variable> weights = ByPath(actual);
        foreach ((string path, Variable weight) in ByPath(expected))
        {
            Tolerance.Near(weight.ToNDArray().ToArray(), weights[path].ToNDArray().ToArray(), bound, $"{name}: {path}");
        }

        static Dictionary<string, Variable> ByPath(Model model) =>
            WeightsFile.Objects(model).SelectMany(o => o.Layer.StoredWeights.Select((w, i) => ($"{o.Path}/{w.Name}", w)))
            .ToDictionary(pair => pair.Item1, pair => pair.w);
    }
}
