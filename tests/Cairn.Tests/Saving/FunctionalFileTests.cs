using System.Text.Json.Nodes;
using Cairn.Layers;
using Cairn.Saving;
using Cairn.Tests.Training;
using static TorchSharp.torch;

namespace Cairn.Tests.Saving;

/// <summary>Functional models in files: the form of a graph, and invalid graphs.</summary>
public sealed class FunctionalFileTests
{
    // TensorFlow 2's form of the graph: lists of [layer, call, output, keywords]; the calls of nested models are counted from 1.
    [Fact]
    public void The_graph_of_a_Keras_2_model_is_read()
    {
        const string Inner = """
            {"class_name": "Functional", "name": "inner", "inbound_nodes": [[["a", 0, 0, {}]], [["b", 0, 0, {"training": null}]]], "config": {"name": "inner", "layers": [
                {"class_name": "InputLayer", "name": "i", "config": {"batch_input_shape": [null, 2], "dtype": "float32", "sparse": false, "name": "i"}, "inbound_nodes": []},
                {"class_name": "Dense", "name": "d", "config": {"name": "d", "units": 2, "use_bias": false}, "inbound_nodes": [[["i", 0, 0, {}]]]}],
              "input_layers": [["i", 0, 0]], "output_layers": [["d", 0, 0]]}}
            """;
        const string Json = $$$"""
            {"class_name": "Model", "config": {"name": "old", "layers": [
                {"class_name": "InputLayer", "name": "a", "config": {"batch_input_shape": [null, 2], "dtype": "float32", "name": "a"}, "inbound_nodes": []},
                {"class_name": "InputLayer", "name": "b", "config": {"batch_input_shape": [null, 2], "dtype": "float32", "name": "b"}, "inbound_nodes": []},
                {{{Inner}}},
                {"class_name": "Subtract", "name": "s", "config": {"name": "s"}, "inbound_nodes": [[["inner", 2, 0, {}], ["inner", 1, 0, {}]]]}],
              "input_layers": [["a", 0, 0], ["b", 0, 0]], "output_layers": [["s", 0, 0]]}}
            """;
        using var model = (Functional)Model.FromJson(Json);

        ReferenceRun.SetWeights(model, [1, 0, 0, 1]);
        // inner is the identity, so b - a
        Assert.Equal([[3f, 3]], Predict(model, [NDArray.From([1f, 2], [1, 2]), NDArray.From([4f, 5], [1, 2])]));

        using var again = (Functional)Model.FromJson(model.ToJson());
        ReferenceRun.SetWeights(again, [1, 0, 0, 1]);
        Assert.Equal([[3f, 3]], Predict(again, [NDArray.From([1f, 2], [1, 2]), NDArray.From([4f, 5], [1, 2])]));
    }

    [Fact]
    public void A_model_that_is_an_output_and_a_layer_called_outside_of_the_model_keep_their_places()
    {
        var i = new Input([2]);
        var shared = new Dense(2, kernelInitializer: "ones", name: "shared");
        shared.Apply(i); // not in the model: its other call has the number 0 in the file
        var inside = new Input([2]);
        using var inner = new Functional(inside, [new Dense(1, kernelInitializer: "ones", name: "one").Apply(inside), inside],
            name: "inner");
        IReadOnlyList<KerasTensor> both = inner.ApplyMany(shared.Apply(i));
        using var model = new Functional([i], [both[1], both[0]], seed: 1);

        JsonNode config = JsonNode.Parse(model.ToJson())!["config"]!;
        Assert.Equal("""[["inner",1,1],["inner",1,0]]""", config["output_layers"]!.ToJsonString()); // from 1, as Keras 3.16 writes it
        Assert.Equal("""[["input_layer",0,0]]""", config["input_layers"]!.ToJsonString());
        using var again = Model.FromJson(model.ToJson());
        again.EnsureBuilt();
        Assert.Equal([[3f, 3], [6f]], Predict(again, [NDArray.From([1f, 2], [1, 2])]));
    }

    [Fact]
    public void Inputs_by_keys_are_taken_in_the_order_of_the_keys_and_written_again()
    {
        const string Json = """
            {"class_name": "Functional", "config": {"name": "m", "layers": [
                {"class_name": "InputLayer", "name": "x", "config": {"batch_shape": [null, 1], "name": "x"}, "inbound_nodes": []},
                {"class_name": "InputLayer", "name": "y", "config": {"batch_shape": [null, 1], "name": "y"}, "inbound_nodes": []},
                {"class_name": "Subtract", "name": "s", "config": {"name": "s"}, "inbound_nodes": [{"args": [[
                    {"class_name": "__keras_tensor__", "config": {"shape": [null, 1], "dtype": "float32", "keras_history": ["x", 0, 0]}},
                    {"class_name": "__keras_tensor__", "config": {"shape": [null, 1], "dtype": "float32", "keras_history": ["y", 0, 0]}}]], "kwargs": {}}]}],
              "input_layers": {"y": ["y", 0, 0], "x": ["x", 0, 0]}, "output_layers": ["s", 0, 0]}}
            """;
        using var model = (Functional)Model.FromJson(Json);

        Assert.Equal(["x", "y"], model.InputNames);
        Assert.Equal("""{"x":["x",0,0],"y":["y",0,0]}""", JsonNode.Parse(model.ToJson())!["config"]!["input_layers"]!.ToJsonString());
    }

    // Keras 3 computes masks with operations, which it writes to the file; here they follow from the layers that create them.
    [Fact]
    public void Operations_that_make_masks_of_layers_are_passed_over_and_a_mask_that_a_layer_can_not_take_is_refused()
    {
        string MaskedBy(string maker) => $$$$$$"""
            {"class_name": "Functional", "config": {"name": "m", "layers": [
                {"class_name": "InputLayer", "name": "x", "config": {"batch_shape": [null, 3], "name": "x"}, "inbound_nodes": []},
                {{{{{{maker}}}}}}
                {"module": "keras.src.ops.numpy", "class_name": "NotEqual", "name": "not_equal", "config": {"name": "not_equal"},
                  "inbound_nodes": [{"args": [{"class_name": "__keras_tensor__", "config": {"keras_history": ["x", 0, 0]}}, 0], "kwargs": {}}]},
                {"class_name": "Softmax", "name": "s", "config": {"name": "s"}, "inbound_nodes": [{"args": [
                  {"class_name": "__keras_tensor__", "config": {"keras_history": ["x", 0, 0]}}], "kwargs": {"mask":
                  {"class_name": "__keras_tensor__", "config": {"keras_history": ["not_equal", 0, 0]}}}}]}],
              "input_layers": ["x", 0, 0], "output_layers": ["s", 0, 0]}}
            """;
        const string Embedding = """
            {"class_name": "Embedding", "name": "e", "config": {"name": "e", "input_dim": 3, "output_dim": 2, "mask_zero": true},
              "inbound_nodes": [{"args": [{"class_name": "__keras_tensor__", "config": {"keras_history": ["x", 0, 0]}}], "kwargs": {}}]},
            """;
        using var model = (Functional)Model.FromJson(MaskedBy(Embedding));

        Assert.Equal(["x", "s"], model.Layers.Select(l => l.Name));
        Assert.Contains("a tensor for 'mask'", Assert.Throws<ModelFormatException>(() => Model.FromJson(MaskedBy(""))).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[["d", 0, 0]]""", """["d", 0, 0]""", "has a cycle")]
    [InlineData("""[["x", 0, 0]]""", """["D", 0, 0]""", "there is no layer 'D'. Did you mean 'd'?")]
    [InlineData("""[["y", 0, 0]]""", """["d", 0, 0]""", "there is no layer 'y'")]
    [InlineData("""[["x", 1, 0]]""", """["d", 0, 0]""", "call 1 of 'x' does not exist; it is called 1 times (calls count from 0)")]
    [InlineData("""[["x", 0, 7]]""", """["d", 0, 0]""", "output 7 of 'x' does not exist")]
    [InlineData("""[["x", 0, 0]]""", """["d", 5, 0]""", "call 5 of 'd' does not exist")]
    [InlineData("""[["x", -1, 0]]""", """["d", 0, 0]""", "expected [layer, call, output")]
    [InlineData("""[["x", 0.5, 0]]""", """["d", 0, 0]""", "expected [layer, call, output")]
    [InlineData("""[["x", 99999999999, 0]]""", """["d", 0, 0]""", "expected [layer, call, output")]
    [InlineData("""[]""", """["d", 0, 0]""", "expected a call with tensors")]
    [InlineData("""{"args": 3}""", """["d", 0, 0]""", "expected a list of arguments")]
    [InlineData("""{"args": [7]}""", """["d", 0, 0]""", "expected a tensor or a list of tensors")]
    [InlineData("""{"args": [["x", 0, 0], ["x", 0, 0]]}""", """["d", 0, 0]""", "was given 2 tensors or lists; it takes inputs")]
    [InlineData("""{"args": [["x", 0, 0]], "kwargs": {"state": ["x", 0, 0]}}""", """["d", 0, 0]""", "was given a tensor for 'state'")]
    [InlineData("""[["x", 0, 0]]""", "7", "expected tensors as [layer, call, output]")]
    [InlineData("""[["x", 0, 0]]""", "[[1]]", "expected a tensor as [layer, call, output]")]
    [InlineData("""[["x", 0, 0], ["x", 0, 0]]""", """["d", 0, 0]""", "takes one input; got 2")]
    [InlineData("""[["x", 0, 0]]""", """["x", 0, 0]""", null)]
    public void A_graph_with_cycles_or_dangling_references_is_refused_with_the_reason(string node, string output, string? problem)
    {
        string json = $$$"""
            {"class_name": "Functional", "config": {"name": "m", "layers": [
                {"class_name": "InputLayer", "name": "x", "config": {"batch_shape": [null, 2], "name": "x"}, "inbound_nodes": []},
                {"class_name": "Dense", "name": "d", "config": {"name": "d", "units": 1}, "inbound_nodes": [{{{node}}}]}],
              "input_layers": [["x", 0, 0]], "output_layers": {{{output}}}}}
            """;
        if (problem is null)
        {
            Model.FromJson(json).Dispose();
        }
        else
        {
            Assert.Contains(problem, Assert.Throws<ModelFormatException>(() => Model.FromJson(json)).Message, StringComparison.Ordinal);
        }
    }

    // NumPy adds the missing axis first, a merging layer after the batch axis: (None, 2) + (None, 3, 2) are different sums.
    [Fact]
    public void An_operator_between_tensors_of_different_rank_adds_missing_axes_first()
    {
        const string Json = """
            {"class_name": "Functional", "config": {"name": "m", "layers": [
                {"class_name": "InputLayer", "name": "x", "config": {"batch_shape": [3, 2], "name": "x"}, "inbound_nodes": []},
                {"class_name": "InputLayer", "name": "y", "config": {"batch_shape": [1, 3, 2], "name": "y"}, "inbound_nodes": []},
                {"module": "keras.src.ops.numpy", "class_name": "Add", "name": "add", "config": {"name": "add"},
                  "inbound_nodes": [{"args": [{"class_name": "__keras_tensor__", "config": {"keras_history": ["x", 0, 0]}},
                                              {"class_name": "__keras_tensor__", "config": {"keras_history": ["y", 0, 0]}}], "kwargs": {}}]}],
              "input_layers": [["x", 0, 0], ["y", 0, 0]], "output_layers": [["add", 0, 0]]}}
            """;
        using var model = (Functional)Model.FromJson(Json);

        Assert.Equal([1, 3, 2], model.Outputs[0].Shape);
        Assert.Equal([[11, 22, 33, 44, 55, 66]],
            Predict(model, [new float[,] { { 1, 2 }, { 3, 4 }, { 5, 6 } }, NDArray.From([10, 20, 30, 40, 50, 60], [1, 3, 2])]));
    }

    [Fact]
    public void A_layer_with_invalid_inputs_in_a_file_is_reported_as_an_error_of_the_file()
    {
        const string Json = """
            {"class_name": "Functional", "config": {"name": "m", "layers": [
                {"class_name": "InputLayer", "name": "x", "config": {"batch_shape": [null], "name": "x"}, "inbound_nodes": []},
                {"class_name": "Conv2D", "name": "c", "config": {"name": "c", "filters": 1, "kernel_size": 2}, "inbound_nodes": [[["x", 0, 0, {}]]]}],
              "input_layers": [["x", 0, 0]], "output_layers": [["c", 0, 0]]}}
            """;
        Assert.Contains("inbound_nodes[0]", Assert.Throws<ModelFormatException>(() => Model.FromJson(Json)).Message,
            StringComparison.Ordinal);
    }

    private static float[][] Predict(Model model, NDArray[] inputs)
    {
        using TorchSharp.DisposeScope scope = NewDisposeScope();
        using IDisposable _ = inference_mode();
        using var context = new CallContext(training: false, 0, CPU);
        context.BeginStep(0);
        Tensor[] outputs = model.Forward([.. inputs.Select(x => x.ToTensor().to(ScalarType.Float32))],
            CallArguments.For(inputs.Length), context);
        return [.. outputs.Select(y => y.contiguous().data<float>().ToArray())];
    }
}
