using System.Text.Json.Nodes;
using Cairn.Activations;
using Cairn.Layers;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Tests.Saving;

/// <summary><c>hard_sigmoid</c> was 0.2x + 0.5 between 0 and 1 before Keras 3, and is x / 6 + 0.5 since.</summary>
public sealed class OldHardSigmoidTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // At 1: 0.2 + 0.5 and 1/6 + 0.5; at 2.75 the old one has reached 1, the new one has not: 2.75 / 6 + 0.5 = 0.9583.
    [Theory]
    [InlineData("2.2.4-tf", 0.7f, 1f)]
    [InlineData("1.2.2", 0.7f, 1f)]
    [InlineData("2.15.0", 0.7f, 1f)]
    [InlineData("3.0.5", 0.6666667f, 0.9583333f)]
    public void The_formula_is_that_of_the_version_which_wrote_the_file(string version, float atOne, float atMore)
    {
        string json = $$$"""
            {"class_name": "Sequential", "keras_version": "{{{version}}}", "config": {"name": "s", "layers": [
                {"class_name": "Activation", "config": {"name": "a", "activation": "hard_sigmoid", "batch_input_shape": [null, 2], "dtype": "float32", "trainable": true}}]}}
            """;
        using var model = Model.FromJson(json);
        var x = NDArray.From([1f, 2.75f], [1, 2]);
        AssertNear([atOne, atMore], model.Predict(x, verbose: 0));

        // Saving keeps the function, in a form that Keras 3 computes alike: relu(0.2x + 0.5, max_value=1).
        foreach (string file in new[] { "again.keras", "again.h5" })
        {
            model.Save(folder[file]);
            using var again = Model.Load(folder[file]);
            AssertNear([atOne, atMore], again.Predict(x, verbose: 0));
        }

        Assert.Equal(version.StartsWith('3'), model.ToJson().Contains("\"hard_sigmoid\"", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("LSTM")]
    [InlineData("GRU")]
    [InlineData("ConvLSTM2D")]
    [InlineData("Bidirectional")]
    public void Recurrent_layers_of_old_files_have_it_in_their_gates(string kind)
    {
        ActivationFunction old = "hard_sigmoid_keras2";
        Layer Make(ActivationFunction gate) => kind switch
        {
            "LSTM" => new LSTM(3, recurrentActivation: gate),
            "GRU" => new GRU(3, recurrentActivation: gate, resetAfter: false),
            "ConvLSTM2D" => new ConvLSTM2D(3, 1, recurrentActivation: gate),
            _ => new Bidirectional(new LSTM(3, recurrentActivation: gate)),
        };
        Shape shape = kind == "ConvLSTM2D" ? [4, 2, 2, 3] : [4, 3];
        using var expected = new Sequential([new Input(shape), Make(old)], seed: 1);
        using var model = new Sequential([new Input(shape), Make("hard_sigmoid")], seed: 1);
        model.EnsureBuilt();
        JsonNode architecture = JsonNode.Parse(model.ToJson())!;
        architecture["keras_version"] = "2.3.1";
        using var read = Model.FromJson(architecture.ToJsonString());
        expected.EnsureBuilt();
        read.EnsureBuilt();
        read.SetWeights(expected.GetWeights());
        var x = NDArray.From([.. Enumerable.Range(0, (int)(2 * shape.ElementCount)).Select(i => 3 * MathF.Sin(i))], [2, .. shape]);
        Assert.Equal(expected.Predict(x, verbose: 0).ToArray(), read.Predict(x, verbose: 0).ToArray());
    }

    [Theory]
    [InlineData("""{"class_name": "LeakyReLU", "config": {"name": "l", "trainable": true, "dtype": "float32", "alpha": 0.25}}""", -0.5f, 3)]
    [InlineData("""{"module": "keras.layers", "class_name": "LeakyReLU", "config": {"name": "l", "negative_slope": 0.25}, "registered_name": null}""", -0.5f, 3)]
    [InlineData("""{"module": "keras.layers", "class_name": "ReLU", "config": {"name": "r", "max_value": 2.5}, "registered_name": null}""",
        0, 2.5f)]
    [InlineData("""{"module": "keras.layers", "class_name": "Softmax", "config": {"name": "s", "axis": -1}, "registered_name": null}""",
        0.0066928509f, 0.9933071491f)]
    public void A_layer_may_stand_where_an_activation_does(string activation, float first, float second)
    {
        string json = $$$"""
            {"class_name": "Sequential", "keras_version": "2.9.0", "config": {"name": "s", "layers": [
                {"class_name": "Dense", "config": {"name": "d", "units": 2, "batch_input_shape": [null, 2], "kernel_initializer": "identity", "activation": {{{activation}}}}}]}}
            """;
        using var model = Model.FromJson(json);
        var x = NDArray.From([-2f, 3f], [1, 2]);
        AssertNear([first, second], model.Predict(x, verbose: 0));
        foreach (string file in new[] { "again.keras", "again.h5" })
        {
            model.Save(folder[file]);
            using var again = Model.Load(folder[file]);
            AssertNear([first, second], again.Predict(x, verbose: 0));
        }
    }

    [Fact]
    public void Its_gradient_is_a_fifth_between_its_corners_and_nothing_beyond()
    {
        using Tensor x = tensor(new float[] { -3, -1, 0, 2, 3 }, requires_grad: true);
        ActivationFunction old = "hard_sigmoid_keras2";
        using Tensor y = old.Apply(x);
        y.sum().backward();
        Assert.Equal([0, 0.2f, 0.2f, 0.2f, 0], x.grad!.data<float>().ToArray());
        Assert.Equal("hard_sigmoid_keras2", old.Name);
    }

    private static void AssertNear(float[] expected, NDArray actual)
    {
        foreach ((float a, float b) in expected.Zip(actual.ToArray()))
        {
            Assert.Equal(a, b, 1e-6f);
        }
    }
}
