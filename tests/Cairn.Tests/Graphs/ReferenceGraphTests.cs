using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Layers;
using Cairn.Tests.Saving;
using Cairn.Tests.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Graphs;

/// <summary>Random graphs made by Keras: the order of layers and weights, their outputs, and their configurations; see
/// Reference/graphs.</summary>
public sealed class ReferenceGraphTests
{
    private static readonly JsonElement Cases = ReferenceFile.Read("graphs/graphs.json");

    private static readonly JsonElement MaskCases = ReferenceFile.Read("graphs/masks.json");

    private static readonly JsonElement OperatorCases = ReferenceFile.Read("graphs/operators.json");

    public static TheoryData<string> Operators => [.. OperatorCases.EnumerateObject().Select(c => c.Name)];

    public static TheoryData<string> Masks => [.. MaskCases.EnumerateObject().Select(c => c.Name)];

    public static TheoryData<string> Names => [.. Cases.EnumerateObject().Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Layers_and_weights_have_Keras_order_and_give_Keras_outputs(string name)
    {
        JsonElement recorded = Cases.GetProperty(name);
        JsonElement config = recorded.GetProperty("model").GetProperty("config");
        using var model = Model.FromJson(recorded.GetProperty("model").GetRawText());

        Assert.Equal(config.GetProperty("layers").EnumerateArray().Select(l => l.GetProperty("name").GetString()),
            model.Layers.Select(l => l.Name));
        Assert.Equal(recorded.GetProperty("weights").EnumerateArray().Select(w => w.GetString()),
            model.Weights.Select(w => string.Join('/', w.Path.Split('/')[^2..])));
        AssertComputes(model, recorded);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_graph_is_written_as_Keras_writes_it(string name)
    {
        JsonElement recorded = Cases.GetProperty(name);
        string json = recorded.GetProperty("model").GetRawText();
        using var model = Model.FromJson(json);

        JsonObject expected = JsonNode.Parse(json)!.AsObject();
        JsonObject actual = JsonNode.Parse(model.ToJson())!.AsObject();

        // Keys written by every version; the others are compared in the files.
        Assert.Equal(KerasJson.Comparable(expected["config"])!.ToJsonString(), KerasJson.Comparable(actual["config"])!.ToJsonString());
        using var again = Model.FromJson(model.ToJson());
        AssertComputes(again, recorded);
    }

    [Theory]
    [MemberData(nameof(Masks))]
    public void Masks_computed_by_operations_in_Keras_follow_from_the_layers(string name)
    {
        JsonElement recorded = MaskCases.GetProperty(name);
        using var model = Model.FromJson(recorded.GetProperty("model").GetRawText());
        AssertComputes(model, recorded);

        using var again = Model.FromJson(model.ToJson());
        AssertComputes(again, recorded);
    }

    [Theory]
    [MemberData(nameof(Operators))]
    public void Operators_between_tensors_become_merging_layers(string name)
    {
        JsonElement recorded = OperatorCases.GetProperty(name);
        using var model = Model.FromJson(recorded.GetProperty("model").GetRawText());
        AssertComputes(model, recorded);

        using var again = Model.FromJson(model.ToJson());
        AssertComputes(again, recorded);
    }

    private static void AssertComputes(Model model, JsonElement recorded)
    {
        ReferenceRun.SetWeights(model, Numbers(recorded.GetProperty("numbers")));
        using DisposeScope scope = NewDisposeScope();
        using var context = new CallContext(training: false, 0, CPU);
        Tensor[] inputs = [.. recorded.GetProperty("inputs").EnumerateArray().Select(x => tensor(Numbers(x)).reshape(2, -1))];
        Tensor[] outputs = model.Forward(inputs, CallArguments.For(inputs.Length), context);
        float[][] expected = [.. recorded.GetProperty("outputs").EnumerateArray().Select(Numbers)];
        Assert.Equal(expected.Length, outputs.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Tolerance.Near(expected[i], outputs[i].contiguous().data<float>().ToArray(), 1e-5, $"output {i}");
        }
    }

    private static float[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(n => n.GetSingle())];
}
