using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Layers;
using Cairn.Saving;
using Cairn.Tests.Training;
using Cairn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Layers;

/// <summary>Recurrent layers, their wrappers and layers that use masks: outputs and states recorded with Keras 3.16.</summary>
/// <remarks>
/// On its NumPy backend, unrolled where initial states meet masks: not unrolled, that backend repeats the first state for a first step that
/// is masked, while the PyTorch and TensorFlow backends, as Cairn, give zeros.
/// </remarks>
public sealed class ReferenceRecurrentTests
{
    private const double Close = 1e-5;

    private static readonly Dictionary<string, JsonElement> Cases =
        ReferenceFile.Read("recurrent.json").GetProperty("cases").EnumerateArray().ToDictionary(c => c.GetProperty("name").GetString()!);

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_layer_gives_the_outputs_and_states_of_Keras(string name)
    {
        JsonElement given = Cases[name];
        using DisposeScope scope = NewDisposeScope();
        using Layer layer = LayerRegistry.Deserialize(JsonNode.Parse(given.GetProperty("layer").GetRawText()), name);
        var x = ReferenceArray.ToTensor(given.GetProperty("x"));
        Tensor[] states = given.GetProperty("initial_state") is { ValueKind: JsonValueKind.Array } list
            ? [.. list.EnumerateArray().Select(ReferenceArray.ToTensor)] : [];
        Tensor? mask = given.GetProperty("mask") is { ValueKind: JsonValueKind.Object } counts
            ? ReferenceArray.ToTensor(counts).to(ScalarType.Bool) : null;
        bool training = given.TryGetProperty("training", out _);
        Build(layer, x.shape, given.GetProperty("weights"));
        using var context = new CallContext(training, 1, CPU);

        foreach (JsonElement call in given.GetProperty("calls").EnumerateArray())
        {
            // With initial states, Keras takes a mask only if it is passed with them.
            bool beside = states.Length > 0 && mask is not null;
            context.BeginStep(0);
            context.SetMask(x, beside ? null : mask);
            CallArguments arguments = layer is RecurrentLayer ? RecurrentArguments.Of(states.Length, beside) : CallArguments.One;
            Tensor[] outputs = layer.Forward([x, .. states, .. beside ? (Tensor[])[mask!] : []], arguments, context);

            JsonElement[] expected = [.. call.EnumerateArray()];
            Assert.Equal(expected.Length, outputs.Length);
            for (int i = 0; i < expected.Length; i++)
            {
                var want = ReferenceArray.ToTensor(expected[i]);
                Assert.Equal((Shape)want.shape, (Shape)outputs[i].shape);
                Tolerance.Near(want.data<float>().ToArray(), outputs[i].detach().contiguous().data<float>().ToArray(), Close,
                    $"output {i}");
            }
        }

        if (!training)
        {
            return;
        }

        foreach ((JsonElement want, Variable variable) in given.GetProperty("weights_after").EnumerateArray().Zip(layer.Weights))
        {
            Tolerance.Near(ReferenceArray.ToTensor(want).data<float>().ToArray(), variable.ToNDArray().ToArray(), Close, variable.Path);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Shapes_are_known_before_anything_is_computed(string name)
    {
        JsonElement given = Cases[name];
        using Layer layer = LayerRegistry.Deserialize(JsonNode.Parse(given.GetProperty("layer").GetRawText()), name);
        Shape input = Sizes(given.GetProperty("x"));

        IEnumerable<Shape> expected = given.GetProperty("calls")[0].EnumerateArray().Select(Sizes);

        Assert.Equal(expected, layer.ComputeOutputShapes([input]));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_configuration_equals_that_of_Keras_and_survives_a_round_trip(string name)
    {
        JsonNode keras = JsonNode.Parse(Cases[name].GetProperty("layer").GetRawText())!;
        using Layer layer = LayerRegistry.Deserialize(keras, name);

        JsonObject ours = layer.Serialize();

        using Layer again = LayerRegistry.Deserialize(ours, name);
        AssertSays(keras, ours, name);
        Assert.Equal(ours.ToJsonString(), again.Serialize().ToJsonString());
    }

    // Everything except values that depend on the build shape, and default arguments of initializers.
    private static void AssertSays(JsonNode? keras, JsonNode? ours, string place)
    {
        if (keras is JsonObject map)
        {
            foreach ((string key, JsonNode? value) in map)
            {
                if (key is "build_config" or "input_axes" or "output_axes" or "module" or "registered_name" or "quantization_config"
                    || key.StartsWith("renorm", StringComparison.Ordinal) || (key == "seed" && value is null))
                {
                    continue;
                }

                Assert.True(ours is JsonObject other && other.ContainsKey(key), $"{place}/{key} is missing");
                AssertSays(value, ours![key], $"{place}/{key}");
            }
        }
        else if (keras is JsonArray list)
        {
            Assert.Equal(list.Count, ours!.AsArray().Count);
            for (int i = 0; i < list.Count; i++)
            {
                AssertSays(list[i], ours[i], $"{place}[{i}]");
            }
        }
        else
        {
            Assert.True(JsonNode.DeepEquals(keras, ours),
                $"{place}: expected {keras?.ToJsonString() ?? "null"}, was {ours?.ToJsonString() ?? "null"}");
        }
    }

    private static void Build(Layer layer, Shape input, JsonElement weights)
    {
        layer.BuildFor(input, new BuildContext(1));
        JsonElement[] all = [.. weights.EnumerateArray()];
        Assert.Equal(all.Length, layer.Weights.Count);
        using IDisposable _ = no_grad();
        for (int i = 0; i < all.Length; i++)
        {
            var value = ReferenceArray.ToTensor(all[i]);
            Assert.Equal((Shape)value.shape, layer.Weights[i].Shape);
            layer.Weights[i].Value.copy_(value);
        }
    }

    private static Shape Sizes(JsonElement array) =>
        Shape.Create([.. array.GetProperty("shape").EnumerateArray().Select(s => s.GetInt64())]);
}
