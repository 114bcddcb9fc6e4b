using System.Text.Json.Nodes;
using Cairn.Graphs;
using Cairn.Layers;
using Cairn.Operations;

namespace Cairn.Saving;

/// <summary>The graph of a functional model in Keras 3's format: each layer with its calls, and the input and output tensors.</summary>
/// <remarks>
/// A tensor is identified by its layer, the index of the layer's call in the model, and its index among the call's outputs.
/// </remarks>
internal static class GraphConfig
{
    /// <summary>Adds layers, inputs and outputs to a model's configuration.</summary>
    /// <param name="model">The model.</param>
    /// <param name="config">The configuration to add to.</param>
    /// <param name="serialize">Serializes a layer with its envelope.</param>
    public static void Write(Functional model, JsonObject config, Func<Layer, JsonObject> serialize)
    {
        ILookup<Layer, LayerCall> calls = model.Graph.CallsByLayer();
        Dictionary<LayerCall, int> numbers = model.Graph.NumberCalls();
        var layers = new JsonArray();
        foreach (Layer layer in model.Operations)
        {
            JsonObject entry = serialize(layer);
            entry["name"] = layer.Name;
            entry["inbound_nodes"] = new JsonArray([.. calls[layer].Where(c => c.Inputs.Count > 0).Select(c => Node(c, numbers))]);
            layers.Add((JsonNode)entry);
        }

        config["layers"] = layers;
        config["input_layers"] = Ends(model.Inputs, model.InputForm, numbers);
        config["output_layers"] = Ends(model.Outputs, model.OutputForm, numbers);
    }

    private static JsonObject Node(LayerCall call, Dictionary<LayerCall, int> numbers)
    {
        if (call.Arguments.Operation is { } operation)
        {
            return new JsonObject
            {
                ["args"] = new JsonArray([.. operation.Positions.Select(ToJson)]),
                ["kwargs"] = new JsonObject(operation.Keywords.Select(pair => KeyValuePair.Create(pair.Key, ToJson(pair.Value)))),
            };

            JsonNode? ToJson(Operand operand) => operand.ToJson(index => Tensor(call.Inputs[index], numbers));
        }

        var byPosition = new JsonArray();
        var byName = new JsonObject();
        foreach (CallArguments.TensorArgument argument in call.Arguments.Tensors)
        {
            JsonNode[] tensors = [.. call.Inputs.Skip(argument.Start).Take(argument.Count).Select(t => Tensor(t, numbers))];
            JsonNode value = !argument.IsList ? tensors[0]
                : argument.Parameter == "initial_state" && call.Layer is RecurrentLayer layer ? layer.InGroups(tensors)
                : new JsonArray(tensors);
            bool inPlace = byPosition.Count == 0 || argument.Parameter.Length == 0
                || call.Layer.CallParameters.ElementAtOrDefault(byPosition.Count) == argument.Parameter;
            if (inPlace && byName.Count == 0 && argument.Parameter != "initial_state")
            {
                byPosition.Add(value);
            }
            else
            {
                byName[argument.Parameter] = value;
            }
        }

        foreach ((string keyword, JsonNode? value) in call.Arguments.Values)
        {
            byName[keyword] = value?.DeepClone();
        }

        if (call.Layer.TakesMask && call.Arguments.Tensors is [var only])
        {
            byName["mask"] = only.IsList ? new JsonArray([.. Enumerable.Repeat<JsonNode?>(null, only.Count)]) : null;
        }

        return new JsonObject { ["args"] = byPosition, ["kwargs"] = byName };
    }

    private static JsonObject Tensor(KerasTensor tensor, Dictionary<LayerCall, int> numbers) => new()
    {
        ["class_name"] = KerasTensorNode.ClassName,
        ["config"] = new JsonObject
        {
            ["shape"] = tensor.Shape.ToJson(),
            ["dtype"] = ElementTypes.NameOf(tensor.DType),
            ["keras_history"] = Place(tensor, numbers[tensor.Producer]),
        },
    };

    private static JsonNode Ends(IReadOnlyList<KerasTensor> tensors, TensorForm form, Dictionary<LayerCall, int> numbers)
    {
        // Only here does Keras count the calls of a nested model from 1.
        JsonNode[] places = [.. tensors.Select(t => Place(t, numbers[t.Producer] + (t.Layer is Functional ? 1 : 0)))];
        if (form.Keys is { } keys)
        {
            return new JsonObject(keys.Zip(places, (key, place) => KeyValuePair.Create(key, (JsonNode?)place)));
        }

        return form.IsList ? new JsonArray(places) : places[0];
    }

    private static JsonArray Place(KerasTensor tensor, int number) => new(tensor.Layer.Name, number, tensor.Index);
}
