using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Losses;
using Cairn.Tests.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Losses;

public sealed class ReferenceLossTests
{
    private static readonly JsonElement[] Cases =
        [.. ReferenceFile.Read("losses.json").GetProperty("cases").EnumerateArray(),
        .. ReferenceFile.Read("tables/losses.json").GetProperty("cases").EnumerateArray()];

    public static TheoryData<int, string> All
    {
        get
        {
            var data = new TheoryData<int, string>();
            for (int i = 0; i < Cases.Length; i++)
            {
                data.Add(i, $"{Cases[i].GetProperty("class")} {Cases[i].GetProperty("args")} {Cases[i].GetProperty("reduction")}");
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_loss_and_its_gradient_are_those_of_Keras(int index, string description)
    {
        JsonElement given = Cases[index];
        using DisposeScope scope = NewDisposeScope();
        Loss loss = Create(given);
        var yTrue = ReferenceArray.ToTensor(given.GetProperty("y_true"));
        Tensor yPred = ReferenceArray.ToTensor(given.GetProperty("y_pred")).requires_grad_(true);
        JsonElement weight = given.GetProperty("sample_weight");
        Tensor? sampleWeight = weight.ValueKind == JsonValueKind.Null ? null : ReferenceArray.ToTensor(weight);
        if (given.TryGetProperty("error", out _))
        {
            // One weight per sample does not broadcast over values per time step; Keras fails there, too.
            Assert.ThrowsAny<Exception>(() => loss.Compute(yTrue, yPred, sampleWeight));
            return;
        }

        Tensor value = loss.Compute(yTrue, yPred, sampleWeight);

        Tolerance.Near(ReferenceArray.Numbers(given.GetProperty("value")), value.detach().contiguous().data<float>().ToArray(), 1e-6,
            description);
        if (!given.TryGetProperty("gradient_wrt_y_pred", out JsonElement gradient))
        {
            return;
        }

        value.backward();
        double near = loss is Circle ? Tolerance.CircleGradient : 2e-6;
        Tolerance.Near(ReferenceArray.Numbers(gradient), yPred.grad!.contiguous().data<float>().ToArray(), near,
            $"gradient of {description}");
    }

    [Fact]
    public void Every_loss_is_among_the_recorded_ones_with_its_gradient()
    {
        IEnumerable<string> all = typeof(Loss).Assembly.GetExportedTypes()
            .Where(type => type.IsSubclassOf(typeof(Loss)) && !type.IsAbstract).Select(type => type.Name);

        Assert.Equal([],
            all.Except(Cases.Where(one => one.TryGetProperty("gradient_wrt_y_pred", out _))
                .Select(one => one.GetProperty("class").GetString())));
    }

    private static Loss Create(JsonElement given)
    {
        JsonObject config = JsonNode.Parse(given.GetProperty("args").GetRawText())!.AsObject();
        config["reduction"] = given.GetProperty("reduction").GetString();
        return LossRegistry.Deserialize(
            new JsonObject { ["class_name"] = given.GetProperty("class").GetString(), ["config"] = config }, "loss");
    }
}
