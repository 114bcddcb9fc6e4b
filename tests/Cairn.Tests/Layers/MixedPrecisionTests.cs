using System.Text.Json.Nodes;
using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Optimizers;
using Cairn.Tests.Native;
using static TorchSharp.torch;

namespace Cairn.Tests.Layers;

[Collection(nameof(AloneCollection))]
public class MixedPrecisionTests
{
    public static TheoryData<string, string> Recordings => new(
        from model in (string[])["dense", "image", "sequence"]
        from policy in (string[])["mixed_bfloat16", "mixed_float16"]
        select (model, policy));

    // Recorded with Keras 3.16 on PyTorch (Reference/precision/generate.py). The numbers have 8 bits (bfloat16) or 11 bits (float16);
    // where an operation rounds once more or less, they differ by a unit in the last place of values up to 1, and training adds up.
    [Theory]
    [MemberData(nameof(Recordings))]
    public void A_model_of_Keras_predicts_and_trains_with_its_numbers(string name, string policy)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "Reference", "precision", $"{name}-{policy}");
        JsonNode recorded = JsonNode.Parse(File.ReadAllText(path + ".json"))!;
        double unit = policy == "mixed_bfloat16" ? 1.0 / 128 : 1.0 / 1024;
        using var model = Model.Load(path + ".keras");
        Assert.Contains(policy, model.Layers.Select(layer => layer.DTypePolicy.Name));
        Shape shape = [.. recorded["shape"]!.AsArray().Select(size => (long)size!)];
        var x = NDArray.From(Numbers(recorded["x"]!), shape);
        var y = NDArray.From(Numbers(recorded["y"]!), [16, 1]);
        AssertClose(Numbers(recorded["before"]!), model.Predict(x, verbose: 0).ToArray(), 2 * unit);

        Optimizer optimizer = new SGD(0.1);
        var scaled = new LossScaleOptimizer(new SGD(0.1), initialScale: 1024, dynamicGrowthSteps: 3);
        model.Compile(policy == "mixed_float16" ? scaled : optimizer, "sparse_categorical_crossentropy");
        History history = model.Fit(x, y, batchSize: 8, epochs: 4, shuffle: false, verbose: 0);
        AssertClose(Numbers(recorded["loss"]!), [.. history["loss"].Select(loss => (float)loss)], 4 * unit);
        AssertClose(Numbers(recorded["after"]!), model.Predict(x, verbose: 0).ToArray(), 4 * unit);
        if (policy == "mixed_float16")
        {
            Assert.Equal((double)recorded["scale"]!, scaled.DynamicScale);
        }

        Assert.All(model.Weights, weight => Assert.Equal(ScalarType.Float32, weight.Value.dtype));
    }

    [Fact]
    public void A_dense_layer_rounds_inputs_weights_and_output_but_not_the_weights_themselves()
    {
        using var model = new Sequential([new Input([1]), new Dense(1)]) { DTypePolicy = "mixed_bfloat16" };
        model.Build([Shape.None, 1]);
        model.Layers[^1].Weights[0].Assign(NDArray.From([1.01f], [1, 1]));

        // bfloat16 has 8 significant bits: 1.01 becomes 1.0078125, and 3.01 becomes 3.015625. Their product 3.0391846 becomes 3.046875.
        Assert.Equal([3.046875f], model.Predict(NDArray.From([3.01f], [1, 1]), verbose: 0).ToArray());
        Assert.Equal([1.01f], model.Layers[^1].Weights[0].ToNDArray().ToArray());
    }

    [Fact]
    public void The_policy_of_a_model_is_that_of_its_layers_and_each_can_have_its_own()
    {
        var wrapper = new Bidirectional(new LSTM(2));
        using var model = new Sequential([new Input([3, 4]), new Dense(3), wrapper, new Dense(1)]) { DTypePolicy = "mixed_bfloat16" };
        model.Layers[^1].DTypePolicy = "float32";
        Assert.Equal(["mixed_bfloat16", "mixed_bfloat16", "float32"], model.Layers.Select(layer => layer.DTypePolicy.Name));
        Assert.Equal("mixed_bfloat16", wrapper.ForwardLayer.DTypePolicy.Name);
        Assert.Equal("mixed_bfloat16", wrapper.BackwardLayer.DTypePolicy.Name);
    }

    [Theory]
    [InlineData("keras")]
    [InlineData("h5")]
    public void Files_keep_the_policy_of_each_layer(string ending)
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("cairn-precision-").FullName, $"m.{ending}");
        using var model = new Sequential([new Input([6, 4]), new Bidirectional(new LSTM(2)), new Dense(1)]);
        model.Layers[0].DTypePolicy = "mixed_float16";
        model.Save(path);
        using var loaded = Model.Load(path);
        Assert.Equal(model.Layers.Select(layer => layer.DTypePolicy.Name), loaded.Layers.Select(layer => layer.DTypePolicy.Name));
    }

    [Fact]
    public void Float16_scales_the_loss_as_Keras_does()
    {
        using var model = new Sequential([new Input([4]), new Dense(1)]) { DTypePolicy = "mixed_float16" };
        Optimizer adam = new Adam();
        model.Compile(adam, "mse");
        LossScaleOptimizer wrapped = Assert.IsType<LossScaleOptimizer>(model.Optimizer);
        Assert.Same(adam, wrapped.InnerOptimizer);
        Assert.Equal("loss_scale_optimizer", wrapped.Name);

        // Compiled again with the same optimizer, it is neither wrapped twice nor disposed.
        model.Compile(adam, "mse");
        Assert.Same(wrapped, model.Optimizer);
        model.Fit(new float[8, 4], new float[8, 1], epochs: 1, verbose: 0);

        model.DTypePolicy = "mixed_bfloat16";
        model.Compile("adam", "mse");
        Assert.IsType<Adam>(model.Optimizer);
    }

    [Fact]
    public void The_global_policy_is_that_of_new_layers()
    {
        try
        {
            DTypePolicy.Global = "mixed_bfloat16";
            using var dense = new Dense(2);
            Assert.Equal(("mixed_bfloat16", "bfloat16", "float32"),
                (dense.DTypePolicy.Name, dense.DTypePolicy.ComputeDType, dense.DTypePolicy.VariableDType));
        }
        finally
        {
            DTypePolicy.Global = "float32";
        }

        using var later = new Dense(2);
        Assert.Equal("float32", later.DTypePolicy.Name);
    }

    [Fact]
    public void An_unknown_policy_is_named_with_the_nearest_one()
    {
        ArgumentException refused = Assert.Throws<ArgumentException>(() => new DTypePolicy("mixed_bfloat"));
        Assert.Contains("mixed_bfloat", refused.Message, StringComparison.Ordinal);
        Assert.Contains("'mixed_bfloat16'", refused.Message, StringComparison.Ordinal);
    }

    // Every kind of layer that rounds: training with the policy changes the weights and stays finite.
    [Theory]
    [InlineData("mixed_bfloat16")]
    [InlineData("mixed_float16")]
    public void Attention_recurrent_and_masked_layers_train(string policy)
    {
        var tokens = new Input([6], dtype: "int32");
        KerasTensor x = new Embedding(20, 8, maskZero: true).Apply(tokens);
        KerasTensor attended = new MultiHeadAttention(2, 4).Apply(x, x);
        x = new LayerNormalization().Apply(new Add().Apply(x, attended));
        x = new Bidirectional(new GRU(4, returnSequences: true)).Apply(x);
        x = new SimpleRNN(5).Apply(new Dropout(0.2).Apply(x));
        using var model = new Functional(tokens, new Dense(2, activation: "softmax").Apply(x)) { DTypePolicy = policy, Seed = 1 };
        model.Compile("adam", "sparse_categorical_crossentropy", ["accuracy"]);
        float[] indices = [.. Enumerable.Range(0, 48).Select(i => (float)(i % 6 > 3 ? 0 : 1 + (i % 19)))];
        float[] classes = [.. Enumerable.Range(0, 8).Select(i => (float)(i % 2))];
        History history = model.Fit(NDArray.From(indices, [8, 6]), NDArray.From(classes, [8, 1]), batchSize: 4, epochs: 20, verbose: 0);
        Assert.All(history["loss"], loss => Assert.True(double.IsFinite(loss)));
        Assert.True(history["loss"][^1] < history["loss"][0], $"{history["loss"][^1]} after {history["loss"][0]}");
    }

    // The kernel (2, 0) has the singular value 2.
    [Fact]
    public void Spectral_normalization_changes_the_stored_kernel()
    {
        using var model = new Sequential([new Input([2]), new SpectralNormalization(new Dense(1, useBias: false))])
        {
            DTypePolicy = "mixed_bfloat16",
        };
        model.Build([Shape.None, 2]);
        Variable kernel = model.Weights.Single(weight => weight.Name == "kernel");
        kernel.Assign(NDArray.From([2f, 0], [2, 1]));
        model.Compile(new SGD(0), "mse");
        model.Fit(new float[1, 2], new float[1, 1], verbose: 0);
        Assert.Equal([1f, 0], kernel.ToNDArray().ToArray().Select(v => MathF.Round(v, 5)));
    }

    // bfloat16 has 8 significant bits: 1.01 becomes 1.0078125, with LoRA too.
    [Fact]
    public void Layers_with_LoRA_compute_in_the_type_of_the_policy_and_train()
    {
        var dense = new Dense(1, useBias: false);
        using var model = new Sequential([new Input([1]), dense]) { DTypePolicy = "mixed_bfloat16" };
        model.Build([Shape.None, 1]);
        dense.Weights[0].Assign(NDArray.From([1.01f], [1, 1]));
        dense.EnableLora(1);

        // A random first factor may be so small that one step changes nothing in 8 bits. The gradient of the second one is 2 (1.01 - 3).
        dense.Weights.Single(weight => weight.Name == "lora_kernel_a").Assign(NDArray.From([1f], [1, 1]));
        Assert.Equal([1.0078125f], model.Predict(NDArray.From([1f], [1, 1]), verbose: 0).ToArray());

        model.Compile(new SGD(0.1), "mse");
        model.Fit(NDArray.From([1f], [1, 1]), NDArray.From([3f], [1, 1]), verbose: 0);
        Assert.NotEqual([1.0078125f], model.Predict(NDArray.From([1f], [1, 1]), verbose: 0).ToArray());
        Assert.All(model.Weights, weight => Assert.Equal(ScalarType.Float32, weight.Value.dtype));
    }

    [Theory]
    [InlineData("keras")]
    [InlineData("h5")]
    public void Files_keep_the_policy_of_custom_layers_and_of_Lambdas(string ending)
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("cairn-precision-").FullName, $"m.{ending}");
        using var model = new Sequential([new Input([4]), new Twice(), new Twice { DTypePolicy = "mixed_bfloat16" }]);
        model.Save(path);
        using var loaded = Model.Load(path, customObjects: new() { { "Twice", config => new Twice() } });
        Assert.Equal(["float32", "mixed_bfloat16"], loaded.Layers.Select(layer => layer.DTypePolicy.Name));
        using var replaced = Model.Load(path, lambdas: new() { ["twice"] = x => x + x, ["twice_1"] = x => x + x });
        Assert.Equal(["float32", "mixed_bfloat16"], replaced.Layers.Select(layer => layer.DTypePolicy.Name));
    }

    private sealed class Twice() : Layer(null)
    {
        public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

        protected override Tensor Call(Tensor x, CallContext context) => x + x;
    }

    private static float[] Numbers(JsonNode array) => [.. array.AsArray().Select(number => (float)number!)];

    private static void AssertClose(float[] expected, float[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.InRange(actual[i], expected[i] - tolerance, expected[i] + tolerance);
        }
    }
}
