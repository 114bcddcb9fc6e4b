using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Metrics;
using Cairn.Tests.Callbacks;
using Cairn.Tests.Training;
using static TorchSharp.torch;

namespace Cairn.Tests.Metrics;

public sealed class ReferenceMetricTests
{
    private static readonly JsonElement[] Cases = [.. ReferenceFile.Read("metrics.json.gz").GetProperty("cases").EnumerateArray()];

    public static TheoryData<int, string> All
    {
        get
        {
            var data = new TheoryData<int, string>();
            for (int i = 0; i < Cases.Length; i++) data.Add(i, $"{Cases[i].GetProperty("class")} {Cases[i].GetProperty("data")}");
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_metric_gathers_batches_as_Keras_does(int index, string description)
    {
        JsonElement given = Cases[index];
        using var scope = NewDisposeScope();
        Metric metric = MetricRegistry.Deserialize(
            new JsonObject { ["class_name"] = given.GetProperty("class").GetString(), ["config"] = JsonNode.Parse(given.GetProperty("args").GetRawText()) }, "metric");
        Assert.Equal(given.GetProperty("name").GetString(), metric.Name);
        Assert.Equal(given.GetProperty("direction").GetString() == "up" ? MetricDirection.Up : MetricDirection.Down, metric.Direction);

        foreach (JsonElement batch in given.GetProperty("batches").EnumerateArray())
        {
            JsonElement weight = batch.GetProperty("sample_weight");
            metric.UpdateState(
                ReferenceArray.ToTensor(batch.GetProperty("y_true")),
                ReferenceArray.ToTensor(batch.GetProperty("y_pred")),
                weight.ValueKind == JsonValueKind.Null ? null : ReferenceArray.ToTensor(weight));
            Tolerance.Near(ReferenceArray.Numbers(batch.GetProperty("result_after"))[0], metric.Result(), 1e-6, description);
        }

        metric.ResetState();
        Assert.Equal(0, metric.Result());
    }

    [Theory]
    [InlineData(new long[] { -1, 1 }, new long[] { -1, 1 }, "BinaryAccuracy")]
    [InlineData(new long[] { -1 }, new long[] { -1, 1 }, "BinaryAccuracy")]
    [InlineData(new long[] { -1 }, new long[] { -1, 10 }, "SparseCategoricalAccuracy")]
    [InlineData(new long[] { -1, 1 }, new long[] { -1, 10 }, "SparseCategoricalAccuracy")]
    [InlineData(new long[] { -1, 10 }, new long[] { -1, 10 }, "CategoricalAccuracy")]
    public void The_string_accuracy_is_resolved_by_the_shapes_as_in_Keras(long[] yTrue, long[] yPred, string expected)
    {
        Metric resolved = ((Metric)"accuracy").ResolveFor(yTrue, yPred);

        Assert.Equal(expected, resolved.ClassName);
        Assert.Equal("accuracy", resolved.Name);
    }
}
