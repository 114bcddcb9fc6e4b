using System.Text.Json.Nodes;
using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Optimizers;
using Cairn.Saving;
using static TorchSharp.torch;
using L = Cairn.Losses;
using M = Cairn.Metrics;

namespace Cairn.Tests.Saving;

/// <summary>A name in a file counts only with its module or package: custom classes may share a name with Keras'.</summary>
public sealed class SharedNameTests
{
    private static readonly NDArray Rows = NDArray.From([1f, -2, 3, -4, 5, -6], [2, 3]);

    private static CustomObjects Mine => new()
    {
        { "ReLU", config => new Own.ReLU(config.Double("shift")) },
        { "MeanSquaredError", _ => new Own.MeanSquaredError() },
        { "MeanAbsoluteError", _ => new Own.MeanAbsoluteError() },
        { "SGD", config => new Adam(config.Double("learning_rate")) },
        { "L2", _ => new Own.L2() },
        { "Zeros", _ => Cairn.Initializers.Initializer.Ones },
        { "NonNeg", _ => new Own.NonNeg() },
        { "TerminateOnNaN", _ => new Own.TerminateOnNaN() },
    };

    public static TheoryData<string> Origins =>
    [
        """{"module": "my_layers", "class_name": "ReLU", "config": {"name": "a"}, "registered_name": "my>ReLU"}""",
        """{"module": "my_layers", "class_name": "ReLU", "config": {"name": "a"}, "registered_name": "ReLU"}""",
        """{"module": "my_layers", "class_name": "ReLU", "config": {"name": "a"}, "registered_name": null}""",
        """{"module": null, "class_name": "ReLU", "config": {"name": "a"}, "registered_name": "my>ReLU"}""",
        """{"module": null, "class_name": "ReLU", "config": {"name": "a"}, "registered_name": "ReLU"}""",
        """{"module": null, "class_name": "ReLU", "config": {"name": "a"}, "registered_name": null}""",
        """{"module": "torch", "class_name": "ReLU", "config": {"name": "a"}, "registered_name": null}""",
        """{"module": "posix", "class_name": "ReLU", "config": {"name": "a"}, "registered_name": null}""",
        """{"module": "kerasish.layers", "class_name": "ReLU", "config": {"name": "a"}, "registered_name": null}""",
        """{"module": "keras.layers", "class_name": "ReLU", "config": {"name": "a"}, "registered_name": "my>ReLU"}""",
        """{"class_name": "ReLU", "config": {"name": "a"}, "registered_name": "my>ReLU"}""",
        """{"class_name": "my>ReLU", "config": {"name": "a"}}""",
    ];

    public static TheoryData<string> Keras =>
    [
        """{"module": "keras.layers", "class_name": "ReLU", "config": {"name": "a"}, "registered_name": null}""",
        """{"module": "keras.src.layers.activations.relu", "class_name": "ReLU", "config": {"name": "a"}, "registered_name": "ReLU"}""",
        """{"module": "tf_keras.layers", "class_name": "ReLU", "config": {"name": "a"}, "registered_name": null}""",
        """{"class_name": "ReLU", "config": {"name": "a"}}""",
    ];

    public static TheoryData<string, string> Parts => new()
    {
        { "kernel_initializer", """{"module": "my", "class_name": "Zeros", "config": {}, "registered_name": "my>Zeros"}""" },
        { "kernel_regularizer", """{"module": "my", "class_name": "L2", "config": {"l2": 0.5}, "registered_name": "L2"}""" },
        { "bias_constraint", """{"module": null, "class_name": "NonNeg", "config": {}, "registered_name": "my>NonNeg"}""" },
        { "activation", """{"module": "my", "class_name": "function", "config": "relu", "registered_name": "relu"}""" },
    };

    public static TheoryData<string, string> Training => new()
    {
        { "loss", """{"module": "my", "class_name": "MeanSquaredError", "config": {"name": "m", "reduction": "sum"}, "registered_name": "my>MeanSquaredError"}""" },
        { "metrics",
            """[{"module": "my", "class_name": "MeanAbsoluteError", "config": {"name": "m"}, "registered_name": "MeanAbsoluteError"}]""" },
        { "optimizer", """{"module": "my", "class_name": "SGD", "config": {"learning_rate": 0.5}, "registered_name": "my>SGD"}""" },
    };

    [Theory]
    [MemberData(nameof(Origins))]
    public void A_layer_of_another_module_or_package_is_not_the_one_of_Keras(string layer)
    {
        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => Model.FromJson(Architecture(layer)));

        Assert.Contains("is unknown", exception.Problem, StringComparison.Ordinal);
        Assert.Contains("CustomObjects.Register(\"ReLU\"", exception.Problem, StringComparison.Ordinal);
        using var mine = Model.FromJson(Architecture(layer), new() { { "ReLU", _ => new Own.ReLU(10) } });
        Assert.IsType<Own.ReLU>(mine.Layers[0]);
    }

    [Theory]
    [MemberData(nameof(Keras))]
    public void A_Keras_layer_is_loaded_as_such_even_if_a_custom_class_has_its_name(string layer)
    {
        using var model = Model.FromJson(Architecture(layer), Mine);

        Assert.IsType<ReLU>(model.Layers[0]);
    }

    [Theory]
    [MemberData(nameof(Parts))]
    public void Parts_of_layers_follow_the_same_rule(string key, string part)
    {
        string layer =
            $$$"""{"module": "keras.layers", "class_name": "Dense", "config": {"name": "d", "units": 2, "{{{key}}}": {{{part}}}}, "registered_name": null}""";

        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => Model.FromJson(Architecture(layer)));

        Assert.Contains(key, exception.Location, StringComparison.Ordinal);
        Assert.Contains("is unknown", exception.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Training))]
    public void The_compile_configuration_follows_the_same_rule(string key, string value)
    {
        using var folder = new TemporaryFolder();
        using (Sequential model = Plain())
        {
            model.Compile("sgd", "mse");
            model.Save(folder["m.keras"]);
        }

        using (var archive = KerasArchive.Read(folder["m.keras"]))
        {
            archive.Config["compile_config"]![key] = JsonNode.Parse(value);
            AtomicFile.Write(folder["other.keras"], stream => KerasArchive.Write(
                stream,
                archive.Config,
                new Dictionary<string, string>(),
                Cairn.Saving.Hdf5.WeightsHdf5.MostBytes(archive.Weights.Values),
                member => Cairn.Saving.Hdf5.WeightsHdf5.Write(member, archive.Weights.Values)));
        }

        using var loaded = Model.Load(folder["other.keras"]);
        using var mine = Model.Load(folder["other.keras"], customObjects: Mine);

        Assert.False(loaded.Compiled);
        Assert.Contains("is not the Keras class of that name", Assert.Single(loaded.LoadWarnings), StringComparison.Ordinal);
        Assert.True(mine.Compiled);
        object made = key switch { "loss" => mine.Loss!, "optimizer" => mine.Optimizer!, _ => mine.MetricSet!.Compiled[0][0] };
        Assert.True(made is Own.MeanSquaredError or Own.MeanAbsoluteError or Adam, made.GetType().FullName);
    }

    [Theory]
    [InlineData("m.keras"), InlineData("m.h5")]
    public void Custom_and_Keras_classes_with_the_same_name_are_loaded_as_what_they_were(string file)
    {
        using var folder = new TemporaryFolder();
        using var model = new Sequential(
            [
                new Input([3]),
                new Dense(4, kernelInitializer: "ones", kernelRegularizer: new Own.L2(), biasConstraint: new Own.NonNeg()),
                new Own.ReLU(10),
                new Dense(2, kernelInitializer: "ones", kernelRegularizer: "l2", biasConstraint: "non_neg"),
                new ReLU(),
            ],
            seed: 1);
        model.Compile("sgd", new Own.MeanSquaredError(), [new Own.MeanAbsoluteError(), "mae"]);
        model.Build([Shape.None, 3]);
        model.Save(folder[file]);

        using var loaded = Model.Load(folder[file], customObjects: Mine);

        Assert.Equal(
            [typeof(Dense), typeof(Own.ReLU), typeof(Dense), typeof(ReLU)], loaded.Layers.Select(layer => layer.GetType()));
        Assert.Equal(model.Predict(Rows, verbose: 0).ToArray(), loaded.Predict(Rows, verbose: 0).ToArray());
        Assert.Equal(model.ToJson(), loaded.ToJson());
        Assert.IsType<SGD>(loaded.Optimizer);
        Assert.IsType<Own.MeanSquaredError>(loaded.Loss);
        Assert.Empty(loaded.LoadWarnings);
        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => Model.Load(folder[file]));
        Assert.Contains("is unknown", exception.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Callbacks_follow_the_same_rule()
    {
        using IDisposable scope = Mine.Scope();
        string text = CallbackSerialization.SerializeList([new Own.TerminateOnNaN(), new TerminateOnNaN()]);

        IReadOnlyList<Callback> read = CallbackSerialization.DeserializeList(text);

        Assert.Equal([typeof(Own.TerminateOnNaN), typeof(TerminateOnNaN)], read.Select(callback => callback.GetType()));
    }

    [Fact]
    public void A_custom_activation_function_needs_a_unique_name()
    {
        Assert.Contains("'relu'", Assert.Throws<ArgumentException>(() => new Cairn.Activations.ActivationFunction("relu", x => x)).Message,
            StringComparison.Ordinal);
    }

    private static Sequential Plain() => new([new Input([3]), new Dense(2)], seed: 1);

    private static string Architecture(string layer) =>
        $$$"""
        {"module": "keras", "class_name": "Sequential", "config": {"name": "s", "layers": [
          {"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [null, 3], "name": "x"}, "registered_name": null},
          {{{layer}}}]}, "registered_name": null}
        """;

    private static class Own
    {
        public sealed class ReLU(double shift) : Layer(null)
        {
            public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

            protected override Tensor Call(Tensor x, CallContext context) => x.relu() + shift;

            protected override void WriteConfig(JsonObject config) => config["shift"] = shift;
        }

        public sealed class MeanSquaredError() : L.Loss("mine")
        {
            public override Tensor Call(Tensor yTrue, Tensor yPred) => (yTrue - yPred).abs().mean([-1]);
        }

        public sealed class MeanAbsoluteError() : M.Metric("mine")
        {
            private double largest;

            public override void UpdateState(Tensor yTrue, Tensor yPred, Tensor? sampleWeight = null) =>
                largest = Math.Max(largest, (yTrue - yPred).abs().max().item<float>());

            public override double Result() => largest;

            public override void ResetState() => largest = 0;
        }

        public sealed class L2 : Cairn.Regularizers.Regularizer
        {
            public override Tensor Penalty(Tensor x) => x.abs().sum();
        }

        public sealed class NonNeg : Cairn.Constraints.Constraint
        {
            public override Tensor Apply(Tensor weight) => weight.clamp(min: 1);
        }

        public sealed class TerminateOnNaN : Callback
        {
            protected override void WriteConfig(JsonObject config)
            {
            }
        }
    }
}
