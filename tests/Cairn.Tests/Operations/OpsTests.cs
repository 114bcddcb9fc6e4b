using System.Reflection;
using System.Text.Json;
using Cairn.Layers;
using Cairn.Tests.Saving;
using Cairn.Tests.Training;
using Xunit;

namespace Cairn.Tests.Operations;

public sealed class OpsTests
{
    private static readonly NDArray X = new float[,] { { 1, -2, 3, 4 }, { 0.5f, 6, -7, 8 } };

    [Fact]
    public void Every_function_of_Keras_that_has_a_reference_case_is_a_member_of_Ops()
    {
        JsonElement reference = ReferenceFile.Read("operations/ops.json.gz");
        HashSet<string> members = [.. new[] { typeof(Ops), typeof(Ops.Image) }
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static)).Select(m => m.Name.ToUpperInvariant())];
        string[] functions =
            [.. reference.GetProperty("cases").EnumerateArray().Select(c => c.GetProperty("function").GetString()!).Distinct()];

        // The first has an indexer instead, the second is named Silu, the last hard_silu; shape returns no tensor.
        string[] otherwise = ["get_item", "swish", "hard_swish", "shape", "image.elastic_transform"];
        Assert.Equal([],
            functions.Where(f => !otherwise.Contains(f)
                && !members.Contains(f.Split('.')[^1].Replace("_", "", StringComparison.Ordinal).ToUpperInvariant())));
    }

    // Deep & Cross Network: x0 * (x w + b) + x.
    [Fact]
    public void Operators_between_inputs_layers_and_numbers_make_a_graph_that_computes_them()
    {
        var x0 = new Input([4], name: "x0");
        KerasTensor cross = new Dense(4, kernelInitializer: "ones", name: "d").Apply(x0);
        KerasTensor y = (x0 * cross) + x0 - 1 + (0.5 / (cross + 10.0)) - (-cross % 2);
        using var model = new Functional(x0, y);

        float[,] given = model.Predict(X, verbose: Verbosity.Silent).ToArray2D();

        for (int row = 0; row < 2; row++)
        {
            double sum = Enumerable.Range(0, 4).Sum(i => X[row, i]);
            for (int i = 0; i < 4; i++)
            {
                double remainder = -sum - (2 * Math.Floor(-sum / 2));
                Assert.Equal((X[row, i] * sum) + X[row, i] - 1 + (0.5 / (sum + 10)) - remainder, given[row, i], 1e-4);
            }
        }
    }

    [Fact]
    public void Comparisons_give_truth_values_that_choose()
    {
        var x = new Input([4]);
        KerasTensor inside = (x > 0) & (x <= 4.0);
        Assert.Equal(TorchSharp.torch.ScalarType.Bool, inside.DType);
        using var model = new Functional(x, Ops.Where(inside, x, -1.0));

        Assert.Equal([1, -1, 3, 4, 0.5f, -1, -1, -1], model.Predict(X, verbose: Verbosity.Silent).ToArray());
    }

    [Fact]
    public void Indexers_take_numbers_ranges_steps_new_axes_and_the_ellipsis()
    {
        var x = new Input([4]);
        KerasTensor tensor = x;

        Assert.Equal([Shape.None], tensor[.., 0].Shape);
        Assert.Equal([Shape.None, 2], tensor[.., 1..3].Shape);
        Assert.Equal([Shape.None, 2], tensor[.., Slice.Of(step: 2)].Shape);
        Assert.Equal([Shape.None, 1, 4], tensor[.., Slice.NewAxis].Shape);
        Assert.Equal([Shape.None], tensor[Slice.Ellipsis, ^1].Shape);
        using var model = new Functional(
            x, new Reshape([7])
            .Apply(Ops.Concatenate([tensor[.., 1..^1], tensor[Slice.Ellipsis, Slice.Of(step: -1)], tensor[.., ^1, Slice.NewAxis]],
            axis: -1)));

        Assert.Equal([-2, 3, 4, 3, -2, 1, 4, 6, -7, 8, -7, 6, 0.5f, 8], model.Predict(X, verbose: Verbosity.Silent).ToArray());
    }

    [Fact]
    public void An_operation_has_an_automatic_name_and_is_no_layer_of_the_model()
    {
        var x = new Input([4], name: "x");
        using var model = new Functional(x, new Dense(1, name: "d").Apply((x * 2) + (x * 3)));

        Assert.Equal(["x", "d"], model.Layers.Select(l => l.Name));
        Assert.Equal(["multiply", "multiply_1", "add"],
            model.Operations.Select(l => l.Name).Where(n => n is not ("x" or "d")).OrderBy(n => n == "add"));
        var text = new StringWriter();
        model.Summary(text);
        Assert.Contains("multiply_1 (Multiply)", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_with_operations_trains_is_saved_and_continues_unchanged()
    {
        using var folder = new TemporaryFolder();
        var x = new Input([4]);
        KerasTensor hidden = new Dense(3, activation: "tanh")
            .Apply((x - Ops.Mean(x, axis: -1, keepdims: true)) * new float[] { 0.1f, 0.2f, 0.1f, 0.05f });
        using var model = new Functional(x, Ops.Sum(Ops.Square(hidden) + Ops.Abs(hidden), axis: -1, keepdims: true), seed: 1);
        model.Compile(new Cairn.Optimizers.SGD(learningRate: 0.001), "mse");
        NDArray t = new float[,] { { 1 }, { 2 } };
        double before = model.Evaluate(X, t, verbose: Verbosity.Silent)["loss"];
        model.Fit(X, t, epochs: 20, verbose: Verbosity.Silent);
        Assert.True(model.Evaluate(X, t, verbose: Verbosity.Silent)["loss"] < before);

        string path = folder["m.keras"];
        model.Save(path);
        using var loaded = Model.Load(path);

        Assert.Equal(model.Predict(X, verbose: Verbosity.Silent).ToArray(), loaded.Predict(X, verbose: Verbosity.Silent).ToArray());
        Assert.Throws<NotSupportedException>(() => model.Save(folder["m.h5"]));
    }

    [Fact]
    public void Incompatible_operands_are_refused_when_the_graph_is_built()
    {
        var a = new Input([4]);
        var b = new Input([3]);

        Assert.Contains("Matmul can't be applied to", Assert.Throws<ArgumentException>(() => Ops.Matmul(a, Ops.Transpose(b))).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Ops.Add(a, b));
        Assert.Throws<ArgumentException>(() => Ops.Mean(a, axis: 7));
        Assert.Throws<ArgumentException>(() => Ops.Negative(((KerasTensor)a)[.., 9]));
        Assert.Throws<ArgumentException>(() => Ops.Cast(a, "flaot32"));
        Assert.Throws<ArgumentException>(() => Ops.Add(1, 2).Shape);
    }

    // Functions that Keras on PyTorch can't compute or load: computed by hand.
    [Fact]
    public void Operations_without_a_Keras_recording_follow_their_definitions()
    {
        Assert.Equal([1, 3, -2, 4, 0.5f, -7, 6, 8],
            Of(x => Ops.Rearrange(x, "b (h two) -> b (two h)", new Dictionary<string, int> { ["two"] = 2 })));
        Assert.Equal([200, 0, 255, 255, 100, 255, 0, 255], Of(x => Ops.Cast(Ops.SaturateCast(x * 200, "uint8"), "float32")));
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0], Of(x => Ops.Imag(x)));
        Assert.Equal([1, 1.5f, 2, -2, -1.5f, -1, 3, 3.5f, 4, 4, 4.5f, 5, 0.5f, 1, 1.5f, 6, 6.5f, 7, -7, -6.5f, -6, 8, 8.5f, 9],
            Of(x => Ops.Linspace(x, x + 1, 3, axis: -1)));
        Assert.Equal([1, 4, 6, 8], Of(x => Ops.AdaptiveMaxPool(Ops.ExpandDims(x, 2), 2)));
        Assert.Equal([-0.5f, 3.5f, 3.25f, 0.5f], Of(x => Ops.AdaptiveAveragePool(Ops.ExpandDims(x, 2), 2)));
        Assert.Equal([1, 3, 4], Of(x => Ops.Cast(Ops.Histogram(x, 3, (-7, 8))[0], "float32")));

        // With a kernel of [1, 2] and stride 2, each number gives itself and twice itself.
        Assert.Equal([1, 2, -2, -4, 3, 6, 4, 8, 0.5f, 1, 6, 12, -7, -14, 8, 16],
            Of(x => Ops.ConvTranspose(Ops.ExpandDims(x, 2), NDArray.From([1, 2], [2, 1, 1]), 2, "same")));
    }

    private static float[] Of(Func<KerasTensor, KerasTensor> function)
    {
        var x = new Input([4], batchSize: 2);
        using var model = new Functional(x, function(x));
        using TorchSharp.DisposeScope scope = TorchSharp.torch.NewDisposeScope();
        model.Build([2, 4]);
        using var context = new CallContext(training: false, 0, TorchSharp.torch.CPU);
        context.BeginStep(0);
        return [.. model.Forward([X.ToTensor()], CallArguments.One, context)[0].contiguous().data<float>()];
    }
}
