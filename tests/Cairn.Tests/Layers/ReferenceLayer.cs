using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Layers;
using Cairn.Tests.Training;
using Cairn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Layers;

/// <summary>The recording of a Keras layer, and a Cairn layer created from it with the same weights.</summary>
internal sealed class ReferenceLayer : IDisposable
{
    private static readonly string[] Files =
        ["core", "normalization", "spatial", "attention", "merging", "preprocessing", "activations", "recurrent", "more"];

    private static readonly Dictionary<string, JsonElement> Cases = Files
        .SelectMany(file => ReferenceFile.Read($"layers/{file}.json").EnumerateObject())
        .ToDictionary(c => c.Name, c => c.Value);

    private readonly CallContext context;

    public ReferenceLayer(string name)
    {
        Recorded = Cases[name];
        Layer = LayerRegistry.Deserialize(JsonNode.Parse(Recorded.GetProperty("layer").GetRawText()), name);
        Inputs = [.. Recorded.GetProperty("inputs").EnumerateArray().Select(ToTensor)];
        Arguments = ReadArguments();
        Layer.BuildFor([.. Inputs.Select(x => ((Shape)x.shape)[1..].WithBatch())], Arguments, new BuildContext(1));
        foreach ((Variable variable, JsonElement weight) in Weights())
        {
            variable.Assign(NDArray.From(ReferenceArray.Numbers(weight), variable.Shape));
        }

        context = new CallContext(Recorded.TryGetProperty("training", out _), 1, CPU);
    }

    public static IEnumerable<string> Names => Cases.Keys;

    public JsonElement Recorded { get; }

    public Layer Layer { get; }

    public Tensor[] Inputs { get; }

    public CallArguments Arguments { get; }

    /// <summary>The class names of all recorded layers, including nested ones.</summary>
    public static IEnumerable<string> ClassNames => ClassesOf(Cases.Values);

    /// <summary>Those with recorded gradients.</summary>
    public static IEnumerable<string> ClassNamesWithGradients => ClassesOf(Cases.Values.Where(c => c.TryGetProperty("cotangents", out _)));

    private static IEnumerable<string> ClassesOf(IEnumerable<JsonElement> cases) =>
        cases.SelectMany(c => ClassesIn(JsonNode.Parse(c.GetProperty("layer").GetRawText()))).Distinct();

    public IEnumerable<(Variable Variable, JsonElement Recorded)> Weights() =>
        Layer.Weights.Zip(Recorded.GetProperty("weights").EnumerateArray());

    /// <summary>Computes the layer again, with the recorded masks on its inputs.</summary>
    public Tensor[] Run()
    {
        context.BeginStep(0);
        if (Recorded.TryGetProperty("masks", out JsonElement masks))
        {
            foreach ((Tensor input, JsonElement mask) in Inputs.Zip(masks.EnumerateArray()))
            {
                if (mask.ValueKind != JsonValueKind.Null)
                {
                    context.SetMask(input, ToTensor(mask).to(ScalarType.Bool));
                }
            }
        }

        return Layer.Forward(Inputs, Arguments, context);
    }

    public Tensor? MaskOf(Tensor output) => context.MaskOf(output);

    public void Dispose()
    {
        context.Dispose();
        Layer.Dispose();
    }

    public static Tensor ToTensor(JsonElement array)
    {
        long[] shape = [.. array.GetProperty("shape").EnumerateArray().Select(n => n.GetInt64())];
        float[] numbers = ReferenceArray.Numbers(array);
        return array.TryGetProperty("dtype", out _)
            ? tensor(numbers.Select(n => (long)n).ToArray()).reshape(shape)
            : tensor(numbers).reshape(shape);
    }

    private static IEnumerable<string> ClassesIn(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(p => p.Key == "class_name" ? [p.Value!.GetValue<string>()] : ClassesIn(p.Value)),
        JsonArray list => list.SelectMany(ClassesIn),
        _ => [],
    };

    private CallArguments ReadArguments()
    {
        if (!Recorded.TryGetProperty("roles", out JsonElement roles))
        {
            return CallArguments.One;
        }

        JsonObject? values = Recorded.TryGetProperty("call", out JsonElement call) ? JsonNode.Parse(call.GetRawText())!.AsObject() : null;
        List<CallArguments.TensorArgument> tensors = [];
        int place = 0;
        foreach (string role in roles.EnumerateArray().Select(r => r.GetString()!))
        {
            string parameter = role.TrimEnd('*');
            if (tensors.Count > 0 && tensors[^1].Parameter == parameter)
            {
                tensors[^1] = tensors[^1] with { Count = tensors[^1].Count + 1 };
            }
            else
            {
                tensors.Add(new(parameter, place, 1, role.EndsWith('*')));
            }

            place++;
        }

        return new CallArguments(tensors, values);
    }
}
