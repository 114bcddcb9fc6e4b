using Cairn.Saving;
using Xunit;

namespace Cairn.Tests.Operations;

// Graphs in the form of tf.keras 2: the first argument as [layer, call, output, {the others}], the rest by TensorFlow's names.
public sealed class TensorFlowOperationTests
{
    private static readonly NDArray X = new float[,] { { 1, -2, 3, 4 }, { 0.5f, 6, -7, 8 } };

    [Theory]
    [InlineData("math.multiply", """["x", 0, 0, {"y": 2.0, "name": null}]""", new float[] { 2, -4, 6, 8, 1, 12, -14, 16 })]
    [InlineData("math.subtract", """["_CONSTANT_VALUE", -1, 1.0, {"y": ["x", 0, 0], "name": null}]""",
        new float[] { 0, 3, -2, -3, 0.5f, -5, 8, -7 })]
    [InlineData("__operators__.add", """["x", 0, 0, {"y": ["x", 0, 0], "name": null}]""", new float[] { 2, -4, 6, 8, 1, 12, -14, 16 })]
    [InlineData("math.truediv", """["x", 0, 0, {"y": [1.0, 2.0, 4.0, 8.0], "name": null}]""",
        new float[] { 1, -1, 0.75f, 0.5f, 0.5f, 3, -1.75f, 1 })]
    [InlineData("math.reduce_mean", """["x", 0, 0, {"axis": -1, "keepdims": true}]""", new float[] { 1.5f, 1.875f })]
    [InlineData("math.reduce_sum", """["x", 0, 0, {"axis": [1]}]""", new float[] { 6, 7.5f })]
    [InlineData("nn.relu", """["x", 0, 0, {"name": null}]""", new float[] { 1, 0, 3, 4, 0.5f, 6, 0, 8 })]
    [InlineData("concat", """[["x", 0, 0, {"axis": -1}], ["x", 0, 0, {"axis": -1}]]""",
        new float[] { 1, -2, 3, 4, 1, -2, 3, 4, 0.5f, 6, -7, 8, 0.5f, 6, -7, 8 })]
    [InlineData("stack", """[["x", 0, 0, {"axis": 2}], ["x", 0, 0, {"axis": 2}]]""",
        new float[] { 1, 1, -2, -2, 3, 3, 4, 4, 0.5f, 0.5f, 6, 6, -7, -7, 8, 8 })]
    [InlineData("reshape", """["x", 0, 0, {"shape": [-1, 2]}]""", new float[] { 1, -2, 3, 4, 0.5f, 6, -7, 8 })]
    [InlineData("cast", """["x", 0, 0, {"dtype": "float32"}]""", new float[] { 1, -2, 3, 4, 0.5f, 6, -7, 8 })]
    [InlineData("clip_by_value", """["x", 0, 0, {"clip_value_min": -1, "clip_value_max": 5}]""",
        new float[] { 1, -1, 3, 4, 0.5f, 5, -1, 5 })]
    [InlineData("math.squared_difference", """["x", 0, 0, {"y": 1.0}]""", new float[] { 0, 9, 4, 9, 0.25f, 25, 64, 49 })]
    [InlineData("linalg.matmul", """["x", 0, 0, {"b": [[1.0, 0.0, 0.0, 1.0]], "transpose_b": true}]""", new float[] { 5, 8.5f })]
    [InlineData("math.l2_normalize", """["x", 0, 0, {"axis": 1}]""",
        new float[] { 0.18257f, -0.36515f, 0.54772f, 0.7303f, 0.04093f, 0.49113f, -0.57298f, 0.65484f })]
    [InlineData("split", """["x", 0, 0, {"num_or_size_splits": [1, 3], "axis": -1}]""", new float[] { 1, 0.5f })]
    [InlineData("where", """["_CONSTANT_VALUE", -1, [true, false, true, false], {"x": ["x", 0, 0], "y": 0.0}]""",
        new float[] { 1, 0, 3, 0, 0.5f, 0, -7, 0 })]
    [InlineData("compat.v1.transpose", """["x", 0, 0, {"perm": [0, 1]}]""", new float[] { 1, -2, 3, 4, 0.5f, 6, -7, 8 })]
    public void A_TensorFlow_function_computes_its_result(string function, string node, float[] expected)
    {
        using var model = Model.FromJson(
            Graph("TFOpLambda", $$"""{"name": "f", "trainable": true, "dtype": "float32", "function": "{{function}}"}""", node));

        Near(expected, model);
    }

    [Theory]
    [InlineData("""[{"start": null, "stop": null, "step": null}, 0]""", new float[] { 1, 0.5f })]
    [InlineData("""[{"class_name": "__ellipsis__"}, {"start": 1, "stop": -1, "step": null}]""", new float[] { -2, 3, 6, -7 })]
    public void A_slice_of_TensorFlow_is_taken(string slices, float[] expected)
    {
        using var model = Model.FromJson(Graph(
            "SlicingOpLambda", """{"name": "f", "trainable": true, "dtype": "float32", "function": "__operators__.getitem"}""",
            $$$"""["x", 0, 0, {"slice_spec": {{{slices}}}}]"""));

        Near(expected, model);
    }

    [Theory]
    [InlineData("""{"op": "Mul", "input": ["x", "mul/y"], "attr": {"T": {"type": "DT_FLOAT"}}}""", """{"1": 0.5}""",
        new float[] { 0.5f, -1, 1.5f, 2, 0.25f, 3, -3.5f, 4 })]
    [InlineData("""{"op": "Sub", "input": ["sub/x", "x"], "attr": {}}""", """{"0": 1.0}""", new float[] { 0, 3, -2, -3, 0.5f, -5, 8, -7 })]
    [InlineData("""{"op": "Mean", "input": ["x", "axis"], "attr": {"keep_dims": {"b": true}}}""", """{"1": -1}""",
        new float[] { 1.5f, 1.875f })]
    [InlineData("""{"op": "StridedSlice", "input": ["x", "b", "e", "s"], "attr": {"begin_mask": {"i": "1"}, "end_mask": {"i": "1"}, "shrink_axis_mask": {"i": "2"}}}""", """{"1": [0, 2], "2": [0, 3], "3": [1, 1]}""", new float[] { 3, -7 })]
    public void A_TensorFlow_graph_node_computes_its_result(string definition, string constants, float[] expected)
    {
        using var model = Model.FromJson(Graph(
            "TensorFlowOpLayer",
            $$"""{"name": "f", "trainable": true, "dtype": "float32", "node_def": {{definition}}, "constants": {{constants}}}""",
            """[["x", 0, 0, {}]]"""));

        Near(expected, model);
    }

    [Fact]
    public void It_is_saved_as_an_operation_of_Keras_3_under_its_name()
    {
        using var model =
            Model.FromJson(Graph("TFOpLambda", """{"name": "tf.math.multiply", "function": "math.multiply"}""",
            """["x", 0, 0, {"y": 2.0}]""", "tf.math.multiply"));

        Assert.Contains(
            """{"module": "keras.src.ops.numpy", "class_name": "Multiply", "config": {"name": "tf.math.multiply"}, "registered_name": "Multiply", "name": "tf.math.multiply",""", model.ToJson(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("math.multipyl", """["x", 0, 0, {"y": 2.0}]""", "Did you mean 'math.multiply'?")]
    [InlineData("math.multiply", """["x", 0, 0, {}]""", "")]
    [InlineData("math.reduce_mean", """["x", 0, 0, {"axis": 99}]""", "Mean can't be applied to")]
    [InlineData("reshape", """["x", 0, 0, {"shape": ["x", 0, 0]}]""", "needs a constant for")]
    [InlineData("concat", """["x", 0, 0, {"axis": "one"}]""", "a number")]
    [InlineData("linalg.matmul", """["x", 0, 0, {"b": [[1.0, 2.0]]}]""", "Matmul can't be applied to")]
    [InlineData("math.multiply", """[[[[[[[[[[[[[["x", 0, 0, {}]]]]]]]]]]]]]]""", "expected [layer, call, output")]
    public void Malformed_and_unknown_content_is_reported_as_an_error_of_the_file(string function, string node, string problem)
    {
        ModelFormatException thrown = Assert.Throws<ModelFormatException>(
            () => Model.FromJson(Graph("TFOpLambda", $$"""{"name": "f", "function": "{{function}}"}""", node)));
        Assert.Contains(problem, thrown.Message, StringComparison.Ordinal);
    }

    private static void Near(float[] expected, Model model)
    {
        float[] given = model.Predict(X, verbose: Verbosity.Silent).ToArray();
        Assert.Equal(expected.Length, given.Length);
        for (int i = 0; i < given.Length; i++)
        {
            Assert.Equal(expected[i], given[i], 1e-4);
        }
    }

    private static string Graph(string className, string config, string node, string name = "f") => $$$"""
        {"class_name": "Functional", "config": {"name": "m", "layers": [
            {"class_name": "InputLayer", "name": "x", "config": {"batch_input_shape": [null, 4], "name": "x"}, "inbound_nodes": []},
            {"class_name": "{{{className}}}", "name": "{{{name}}}", "config": {{{config}}}, "inbound_nodes": [{{{node}}}]}],
          "input_layers": [["x", 0, 0]], "output_layers": [["{{{name}}}", 0, 0]]}}
        """;
}
