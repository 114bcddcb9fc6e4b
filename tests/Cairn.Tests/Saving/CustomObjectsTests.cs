using System.Text.Json.Nodes;
using Cairn.Activations;
using Cairn.Constraints;
using Cairn.Layers;
using Cairn.Losses;
using Cairn.Metrics;
using Cairn.Optimizers;
using Cairn.Optimizers.Schedules;
using Cairn.Regularizers;
using Cairn.Saving;
using Cairn.Tests.Training;
using static TorchSharp.torch;

namespace Cairn.Tests.Saving;

/// <summary>Custom classes in files.</summary>
public sealed class CustomObjectsTests
{
    public static TheoryData<string> Files => ["m.keras", "m.h5"];

    private static CustomObjects All => new()
    {
        { "Scale", config =>
            new Scale(config.Double("factor"), config.Regularizer("regularizer"), config.Constraint("constraint"), config.Activation()) },
        { "CubedError", config => new CubedError(config.Double("weight"), config.Name!) },
        { "LargestError", config => new LargestError(config.Name!) },
        { "L4", config => new L4(config.Double("l4")) },
        { "BelowOne", _ => new BelowOne() },
        { "Halving", config => new Halving(config.Double("start")) },
        { "tripled", _ => new ActivationFunction("tripled", x => x * 3) },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void A_model_of_custom_classes_is_loaded_and_continues_training_with_the_same_bits(string file)
    {
        using var folder = new TemporaryFolder();
        using Sequential model = Trained();
        model.Save(folder[file]);

        using var loaded = Model.Load(folder[file], customObjects: All);

        Assert.Equal(ReferenceRun.Flatten(model), ReferenceRun.Flatten(loaded));
        Assert.Equal("second", loaded.Layers[1].Name);
        Assert.IsType<Halving>(loaded.Optimizer!.Schedule);
        Train(model);
        Train(loaded);
        Assert.Equal(ReferenceRun.Flatten(model), ReferenceRun.Flatten(loaded));
        Assert.Equal(2, ((CubedError)loaded.Loss!).Weight);
        Assert.Equal(["loss", "largest"], loaded.Metrics.Select(m => m.Name));
    }

    [Theory]
    [InlineData("w.weights.h5"), InlineData("w.safetensors"), InlineData("w.dat")]
    public void Weights_of_custom_layers_are_saved_and_loaded_in_weights_files(string file)
    {
        using var folder = new TemporaryFolder();
        using Sequential model = Trained();
        model.SaveWeights(folder[file]);
        using Sequential other = Untrained(seed: 77);

        other.LoadWeights(folder[file]);

        Assert.Equal(ReferenceRun.Flatten(model), ReferenceRun.Flatten(other));
    }

    // Weights are stored under the class name of the file, here 'weighted_sum'.
    [Theory]
    [MemberData(nameof(Files))]
    public void A_class_may_have_another_name_than_in_the_file_and_is_saved_under_that_name(string file)
    {
        using var folder = new TemporaryFolder();
        using var model = new Sequential([new Input([3]), new WeightedSum(), new WeightedSum(), new Dense(2)], seed: 3);
        float[,] x = { { 1, 2, 3 } };
        float[] expected = model.Predict(x, verbose: 0).ToArray();
        model.Save(folder[file]);
        var objects = new CustomObjects { { "WeightedSum", _ => new OtherName() } };

        using var loaded = Model.Load(folder[file], customObjects: objects);
        Assert.Equal(expected, loaded.Predict(x, verbose: 0).ToArray());
        Assert.Equal(model.Layers.Select(layer => layer.ClassName), loaded.Layers.Select(layer => layer.ClassName));
        loaded.Save(folder["again" + file]);
        using var again = Model.Load(folder["again" + file], customObjects: objects);
        Assert.Equal(expected, again.Predict(x, verbose: 0).ToArray());
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_layer_that_is_not_known_is_named_with_its_config_and_its_place(string file)
    {
        using var folder = new TemporaryFolder();
        using Sequential model = Trained();
        model.Save(folder[file]);

        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => Model.Load(folder[file]));

        Assert.Equal(folder[file], exception.FileName);
        Assert.EndsWith("Sequential/layers[2]", exception.Location, StringComparison.Ordinal);
        Assert.Contains("of 'second' is unknown", exception.Problem, StringComparison.Ordinal);
        Assert.Contains("CustomObjects.Register(\"Scale\"", exception.Problem, StringComparison.Ordinal);
        Assert.Contains("\"factor\":2.5", exception.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_config_is_not_shown_in_full()
    {
        string json =
            $$$"""{"class_name": "Sequential", "config": {"name": "s", "layers": [{"class_name": "Odd", "config": {"text": "{{{new string('x', 100_000)}}}"}}]}}""";

        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => Model.FromJson(json));

        Assert.InRange(exception.Message.Length, 300, 4000); // the names of all layers, and a piece of the config
    }

    [Fact]
    public void Registered_classes_are_known_until_they_are_unregistered()
    {
        using Sequential model = Untrained(1);
        string json = model.ToJson();
        CustomObjects.Register("Scale", config => new Scale(config.Double("factor"), null, null, "linear"));
        try
        {
            using var copy = Model.FromJson(json);
            Assert.Equal(2.5, ((Scale)copy.Layers[1]).Factor);
        }
        finally
        {
            Assert.True(CustomObjects.Unregister("Scale"));
        }

        Assert.Throws<ModelFormatException>(() => Model.FromJson(json));
        Assert.False(CustomObjects.Unregister("Scale"));
    }

    [Fact]
    public void A_scope_ends_where_it_is_disposed_and_the_inner_one_comes_first()
    {
        using Sequential model = Untrained(1);
        string json = model.ToJson();
        CustomObjects inner = new() { { "Scale", _ => new Scale(7, null, null, "linear") } };
        using (All.Scope())
        {
            using (inner.Scope())
            using (var copy = Model.FromJson(json))
            {
                Assert.Equal(7, ((Scale)copy.Layers[1]).Factor);
            }

            using var other = Model.FromJson(json);
            Assert.Equal(2.5, ((Scale)other.Layers[1]).Factor);
        }

        Assert.Throws<ModelFormatException>(() => Model.FromJson(json));
    }

    [Theory]
    [InlineData("Scale", true)]
    [InlineData("Custom>Scale", true)]
    [InlineData("other>Scale", false)]
    public void A_name_applies_to_every_package_and_one_with_a_package_only_to_that(string name, bool found)
    {
        using Sequential model = Untrained(1);
        string json = model.ToJson();
        CustomObjects objects = new() { { name, _ => new Scale(1, null, null, "linear") } };

        if (found)
        {
            Model.FromJson(json, objects).Dispose();
        }
        else
        {
            Assert.Throws<ModelFormatException>(() => Model.FromJson(json, objects));
        }
    }

    [Fact]
    public void Custom_classes_are_written_like_registered_Keras_classes()
    {
        using Sequential model = Untrained(1);
        JsonNode layer = JsonNode.Parse(model.ToJson())!["config"]!["layers"]![2]!;

        Assert.Null(layer["module"]);
        Assert.Equal("Scale", (string)layer["class_name"]!);
        Assert.Equal("Custom>Scale", (string)layer["registered_name"]!);
        Assert.Equal("Custom>L4", (string)layer["config"]!["regularizer"]!["registered_name"]!);
    }

    [Fact]
    public void An_exception_of_a_factory_is_an_error_of_the_file_with_its_position()
    {
        using Sequential model = Untrained(1);
        string json = model.ToJson();
        CustomObjects wrong = new() { { "Scale", config => new Scale(config.Int("factor"), null, null, "linear") } };

        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => Model.FromJson(json, wrong));

        Assert.Contains("layers[2]/Scale/factor", exception.Location, StringComparison.Ordinal);
        Assert.Contains("an integer", exception.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_kinds_that_files_can_contain_can_be_registered()
    {
        Assert.Contains("Layer", Assert.Throws<ArgumentException>(() => CustomObjects.Register("x", _ => "text")).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => CustomObjects.Register(" ", _ => new BelowOne()));
    }

    [Theory]
    [InlineData("""{"class_name": "Lambda", "config": {"name": "shift", "function": ["4wEAAAA=", null, null]}}""", "'shift' is a Lambda")]
    [InlineData("""{"class_name": "Lambda", "config": {"function": {"class_name": "__lambda__", "config": {"value": "4wEAAAA="}}}}""",
        "is a Lambda")]
    [InlineData("""{"class_name": "Dense", "config": {"units": 1, "activation": {"class_name": "__lambda__", "config": {"value": "4wEAAAA="}}}}""", "lambda")]
    [InlineData("""{"class_name": "Dense", "config": {"units": 1, "activation": {"module": "os", "class_name": "function", "config": "system", "registered_name": "system"}}}""", "'system'")]
    [InlineData("""{"module": "os", "class_name": "system", "config": {"command": "true"}, "registered_name": "system"}""", "'system'")]
    [InlineData("""{"class_name": "Dense", "config": {"units": 1, "kernel_initializer": {"module": "builtins", "class_name": "eval", "config": {}}}}""", "'eval'")]
    public void Code_in_a_file_is_refused_by_name(string layer, string problem)
    {
        string json = $$$"""{"class_name": "Sequential", "config": {"name": "s", "layers": [{{{layer}}}]}}""";

        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => Model.FromJson(json));

        Assert.Contains(problem, exception.Problem, StringComparison.Ordinal);
        Assert.Contains("layers[0]", exception.Location, StringComparison.Ordinal);
    }

    private static Sequential Untrained(long seed)
    {
        var model = new Sequential(
            [new Input([3]), new Dense(4),
                new Scale(2.5, new L4(0.01), new BelowOne(), new ActivationFunction("tripled", x => x * 3), "second"), new Dense(1)],
                seed: seed);
        model.Compile(new SGD(new Halving(0.01)), new CubedError(2, "cubed"), [new LargestError("largest")]);
        model.Build([Shape.None, 3]);
        return model;
    }

    private static Sequential Trained()
    {
        Sequential model = Untrained(seed: 3);
        Train(model);
        return model;
    }

    private static void Train(Model model)
    {
        float[,] x = new float[8, 3];
        float[,] y = new float[8, 1];
        for (int i = 0; i < 24; i++)
        {
            x[i / 3, i % 3] = MathF.Sin(i);
        }

        for (int i = 0; i < 8; i++)
        {
            y[i, 0] = x[i, 0];
        }

        model.Fit(x, y, batchSize: 4, epochs: 2, shuffle: false, verbose: 0);
    }

    private sealed class Scale(double factor, Regularizer? regularizer, Constraint? constraint, ActivationFunction activation,
        string? name = null) : Layer(name)
    {
        private Variable? offset;

        public double Factor => factor;

        public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

        protected override void Build(Shape inputShape) =>
            offset = AddWeight("offset", [inputShape[^1]], Cairn.Initializers.Initializer.Ones, regularizer: regularizer,
            constraint: constraint);

        protected override Tensor Call(Tensor x, CallContext context) => activation.Apply((x * factor) + offset!.Value);

        protected override void WriteConfig(JsonObject config)
        {
            config["factor"] = factor;
            config["activation"] = activation.Name;
            config["regularizer"] = regularizer?.Serialize();
            config["constraint"] = constraint?.Serialize();
        }
    }

    private sealed class CubedError(double weight, string name) : Loss(name)
    {
        public double Weight => weight;

        public override Tensor Call(Tensor yTrue, Tensor yPred) => ((yTrue - yPred).abs().pow(3) * weight).mean([-1]);

        protected override void WriteConfig(JsonObject config) => config["weight"] = weight;
    }

    private sealed class LargestError(string name) : Metric(name)
    {
        private double largest;

        public override void UpdateState(Tensor yTrue, Tensor yPred, Tensor? sampleWeight = null) =>
            largest = Math.Max(largest, (yTrue - yPred).abs().max().item<float>());

        public override double Result() => largest;

        public override void ResetState() => largest = 0;
    }

    private sealed class L4(double l4) : Regularizer
    {
        public override Tensor Penalty(Tensor x) => x.pow(4).sum() * l4;

        protected override void WriteConfig(JsonObject config) => config["l4"] = l4;
    }

    private sealed class BelowOne : Constraint
    {
        public override Tensor Apply(Tensor weight) => weight.clamp(max: 1);
    }

    private sealed class Halving(double start) : LearningRateSchedule("halving")
    {
        public override float At(long step) => (float)(start / (1 + step));

        protected override void WriteConfig(JsonObject config) => config["start"] = start;
    }

    private class WeightedSum() : Layer(null)
    {
        private Variable? weight;

        public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

        protected override void Build(Shape inputShape) => weight = AddWeight("w", [inputShape[^1]], "uniform");

        protected override Tensor Call(Tensor x, CallContext context) => x * weight!.Value;
    }

    private sealed class OtherName : WeightedSum;
}
