using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Constraints;
using Cairn.Initializers;
using Cairn.Regularizers;
using Cairn.Tests.Training;
using Cairn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Layers;

/// <summary>Regularizers, constraints and non-random initializers compared with Keras' own code; see Reference/layers.</summary>
public sealed class ReferenceObjectTests
{
    private static readonly Dictionary<string, JsonElement> Cases = ReferenceFile.Read("layers/objects.json").EnumerateObject()
        .ToDictionary(c => c.Name, c => c.Value);

    public static TheoryData<string> All => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(All))]
    public void Numbers_and_configuration_are_those_of_Keras(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        JsonNode saved = JsonNode.Parse(Cases[name].GetProperty("object").GetRawText())!;
        var x = ReferenceLayer.ToTensor(Cases[name].GetProperty("input"));

        (Tensor y, JsonObject again) = saved["module"]!.GetValue<string>() switch
        {
            "keras.regularizers" => Of(Regularizer.Deserialize(saved, name)!),
            "keras.constraints" => Of(Constraint.Deserialize(saved, name)!),
            _ => Of(InitializerRegistry.Deserialize(saved, name)),
        };

        Tolerance.Near(ReferenceArray.Numbers(Cases[name].GetProperty("output")), y.contiguous().data<float>().ToArray(), 1e-6, name);
        Assert.True(JsonNode.DeepEquals(saved, JsonNode.Parse(Cairn.Saving.PythonJson.Write(again))),
            $"{saved.ToJsonString()} became {again.ToJsonString()}");

        (Tensor, JsonObject) Of(object thing) => thing switch
        {
            Regularizer regularizer => (regularizer.Penalty(x), regularizer.Serialize()),
            Constraint constraint => (constraint.Apply(x), constraint.Serialize()),
            Initializer initializer => (Filled(initializer), initializer.Serialize()),
            _ => throw new InvalidOperationException(),
        };

        Tensor Filled(Initializer initializer)
        {
            float[] numbers = new float[x.NumberOfElements];
            initializer.Fill(numbers, x.shape, new RandomStream(1, RandomPurpose.Initialization));
            return tensor(numbers);
        }
    }

    [Fact]
    public void Orthogonality_needs_a_matrix()
    {
        using Tensor cube = zeros(2, 2, 2);
        Assert.Contains("needs a matrix", Assert.Throws<ArgumentException>(() => new OrthogonalRegularizer().Penalty(cube)).Message);
        Assert.Contains("'rows' or 'columns'", Assert.Throws<ArgumentException>(() => new OrthogonalRegularizer(mode: "both")).Message);
        Assert.Equal("OrthogonalRegularizer", ((Regularizer)"orthogonal_regularizer").ClassName);
    }
}
