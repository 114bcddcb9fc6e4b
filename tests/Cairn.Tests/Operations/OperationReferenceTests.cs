using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Layers;
using Cairn.Operations;
using Cairn.Tests.Training;
using Xunit;
using static TorchSharp.torch;

namespace Cairn.Tests.Operations;

// Reference/operations/ops.json.gz has graphs of keras.ops made by Keras 3.16 on PyTorch (gen_ops.py), with their results.
public sealed class OperationReferenceTests
{
    private static readonly JsonElement Reference = ReferenceFile.Read("operations/ops.json.gz");
    private static readonly Dictionary<string, JsonElement> Cases = Reference.GetProperty("cases").EnumerateArray()
        .ToDictionary(c => c.GetProperty("name").GetString()!);

    // Why a keras.ops function can't be in a graph that is plain data, or is not supported.
    private static readonly Dictionary<string, string> WithoutCase = new()
    {
        ["map"] = "takes a Python function",
        ["scan"] = "takes a Python function",
        ["associative_scan"] = "takes a Python function",
        ["switch"] = "takes Python functions",
        ["while_loop"] = "takes Python functions",
        ["fori_loop"] = "takes a Python function",
        ["cond"] = "takes Python functions",
        ["vectorized_map"] = "takes a Python function",
        ["vectorize"] = "takes a Python function",
        ["custom_gradient"] = "takes a Python function",
        ["jvp"] = "takes a Python function",
        ["shape"] = "gives a tuple, no tensor",
        ["dtype"] = "gives a string",
        ["is_tensor"] = "gives a truth value",
        ["convert_to_numpy"] = "gives an array",
        ["empty"] = "takes no tensor",
        ["identity"] = "takes no tensor",
        ["tri"] = "takes no tensor",
        ["zeros"] = "takes no tensor",
        ["ones"] = "takes no tensor",
        ["eye"] = "takes no tensor",
        ["bartlett"] = "refuses symbols",
        ["hamming"] = "refuses symbols",
        ["hanning"] = "refuses symbols",
        ["blackman"] = "refuses symbols",
        ["kaiser"] = "refuses symbols",
        ["arange"] = "refuses symbols",
        ["nonzero"] = "its size follows from the numbers, and Keras' symbol of it can't be computed",
        ["image.elastic_transform"] = "draws random numbers of the backend",
    };

    // Functions that Keras on PyTorch can't compute or load again; their results are tested against a derivation.
    private static readonly string[] Derived =
        ["rearrange", "saturate_cast", "conv_transpose", "adaptive_max_pool", "adaptive_average_pool", "imag", "linspace", "histogram"];

    // With a condition only, Keras returns as many indices as are true, whatever shape it infers.
    public static TheoryData<string> Names =>
        [.. Cases.Keys.Where(name => name != "where_condition"
        && !WithoutCase.ContainsKey(Cases[name].GetProperty("function").GetString()!))];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_graph_of_Keras_operations_gives_what_Keras_gives_and_is_written_as_Keras_writes_it(string name)
    {
        JsonElement reference = Cases[name];
        string json = reference.GetProperty("config").GetRawText();
        using var model = (Functional)Model.FromJson(json);
        using TorchSharp.DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();

        Tensor[] inputs = [.. reference.GetProperty("inputs").EnumerateArray()
            .Select(input => Array(Reference.GetProperty("inputs").GetProperty(input.GetString()!)))];
        Tensor[] outputs = Run(model, inputs);

        JsonElement[] expected = [.. reference.GetProperty("outputs").EnumerateArray()];
        Assert.Equal(expected.Length, outputs.Length);
        for (int i = 0; i < outputs.Length; i++)
        {
            Tensor wanted = Array(expected[i]);
            Assert.Equal(wanted.shape, outputs[i].shape);
            Assert.Equal(wanted.dtype, outputs[i].dtype);
            Close(name == "eigh" ? wanted.abs() : wanted, name == "eigh" ? outputs[i].abs() : outputs[i]); // vectors may point either way
            Assert.True(
                model.Outputs[i].Shape.IsCompatibleWith((Shape)outputs[i].shape)
                    || name.StartsWith("count_nonzero", StringComparison.Ordinal),
                $"announced {model.Outputs[i].Shape}, gave {(Shape)outputs[i].shape}");
            Assert.Equal(model.Outputs[i].DType, outputs[i].dtype);
        }

        JsonNode written = JsonNode.Parse(model.ToJson())!;
        JsonArray ours = written["config"]!["layers"]!.AsArray();
        JsonArray theirs = JsonNode.Parse(json)!["config"]!["layers"]!.AsArray();
        Assert.Equal(theirs.Select(Essence).Order(StringComparer.Ordinal), ours.Select(Essence).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_function_of_keras_ops_has_a_case_or_a_reason_to_have_none()
    {
        HashSet<string> covered = [.. Cases.Values.Select(c => c.GetProperty("function").GetString()!)];
        string[] all = [.. Reference.GetProperty("functions").EnumerateArray().Select(f => f.GetProperty("name").GetString()!)];

        Assert.True(all.Length > 300);
        Assert.Equal([], all.Where(f => !covered.Contains(f) && !WithoutCase.ContainsKey(f) && !Derived.Contains(f)));
        Assert.Equal([], WithoutCase.Keys.Concat(Derived).Where(f => !all.Contains(f)));
    }

    [Fact]
    public void Every_class_that_those_functions_put_into_graphs_is_known()
    {
        string[] classes = [.. Reference.GetProperty("functions").EnumerateArray()
            .Where(f => !WithoutCase.ContainsKey(f.GetProperty("name").GetString()!))
            .SelectMany(f => f.GetProperty("classes").EnumerateArray().Select(c => c.GetString()!)).Distinct()];

        Assert.Equal([], classes.Where(c => OperationRegistry.Find(c) is null));
    }

    private static Tensor[] Run(Functional model, Tensor[] inputs)
    {
        model.Build([.. model.Inputs.Select(i => i.Shape)]);
        using var context = new CallContext(training: false, 0, CPU);
        context.BeginStep(0);
        return model.Forward(inputs, CallArguments.For(inputs.Length), context);
    }

    private static void Close(Tensor wanted, Tensor given)
    {
        Tensor a = Plain(wanted);
        Tensor b = Plain(given);
        Assert.True(a.isclose(b, 1e-4, 1e-4, nanEqual: true).all().item<bool>(),
            $"expected {a.ToString(TorchSharp.TensorStringStyle.Numpy)}\ngot {b.ToString(TorchSharp.TensorStringStyle.Numpy)}");

        static Tensor Plain(Tensor x) => (x.is_complex() ? x.resolve_conj().view_as_real() : x).to_type(ScalarType.Float64);
    }

    // Compares entries without build shapes and without their order.
    private static string Essence(JsonNode? entry)
    {
        var copy = (JsonObject)entry!.DeepClone();
        copy.Remove("build_config");
        copy["config"]!.AsObject().Remove("name"); // missing for two of Keras' operations
        if (copy["class_name"]!.GetValue<string>() == "InputLayer")
        {
            return $"InputLayer {copy["name"]}";
        }

        // Files name all arguments, whether passed by position or by name.
        foreach (JsonNode? node in copy["inbound_nodes"]!.AsArray())
        {
            foreach (string key in node!["kwargs"]!.AsObject().Where(pair => pair.Value is null).Select(pair => pair.Key).ToArray())
            {
                node["kwargs"]!.AsObject().Remove(key);
            }
        }

        // Keras infers float32 where the result is complex.
        return copy.ToJsonString().Replace("complex64", "float32", StringComparison.Ordinal);
    }

    private static Tensor Array(JsonElement array)
    {
        string dtype = array.GetProperty("dtype").GetString()!;
        double[] numbers = [.. array.GetProperty("data").EnumerateArray().Select(n => n.ValueKind switch
        {
            JsonValueKind.True => 1,
            JsonValueKind.False => 0,
            JsonValueKind.String => n.GetString() switch
            {
                "inf" => double.PositiveInfinity,
                "-inf" => double.NegativeInfinity,
                _ => double.NaN,
            },
            _ => n.GetDouble(),
        })];
        Tensor made = tensor(numbers, [.. array.GetProperty("shape").EnumerateArray().Select(d => d.GetInt64())]);
        return dtype == "complex64" ? made.to_type(ScalarType.Float32).view_as_complex() : made.to_type(ElementTypes.Parse(dtype));
    }
}
