using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Metrics;
using Cairn.Tests.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Metrics;

public sealed class ReferenceMetricTests
{
    private static readonly JsonElement[] Cases =
        [.. ReferenceFile.Read("metrics.json").GetProperty("cases").EnumerateArray(),
        .. ReferenceFile.Read("tables/metrics.json").GetProperty("cases").EnumerateArray()];

    public static TheoryData<int, string> All
    {
        get
        {
            var data = new TheoryData<int, string>();
            for (int i = 0; i < Cases.Length; i++)
            {
                data.Add(i, $"{Cases[i].GetProperty("class")} {Cases[i].GetProperty("args")} {Cases[i].GetProperty("data")}");
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_metric_accumulates_batches_as_in_Keras(int index, string description)
    {
        JsonElement given = Cases[index];
        using DisposeScope scope = NewDisposeScope();
        Metric metric = MetricRegistry.Deserialize(
            new JsonObject
            {
                ["class_name"] = given.GetProperty("class").GetString(),
                ["config"] = JsonNode.Parse(given.GetProperty("args").GetRawText())
            }, "metric");
        Assert.Equal(WithoutNumber(given.GetProperty("name").GetString()!), metric.Name);
        Assert.Equal(DirectionOf(given.GetProperty("direction").GetString()), metric.Direction);

        foreach (JsonElement batch in given.GetProperty("batches").EnumerateArray())
        {
            JsonElement weight = batch.GetProperty("sample_weight");
            metric.UpdateState(
                ReferenceArray.ToTensor(batch.GetProperty("y_true")),
                ReferenceArray.ToTensor(batch.GetProperty("y_pred")),
                weight.ValueKind == JsonValueKind.Null ? null : ReferenceArray.ToTensor(weight));
            AssertResult(batch.GetProperty("result_after"), metric, description);
        }

        metric.ResetState();
        AssertResult(given.GetProperty("result_after_reset"), metric, $"{description} after the reset");
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

    [Fact]
    public void Every_metric_is_among_the_recorded_ones()
    {
        // Mean and Sum take values without targets; MetricTests derive their results.
        string[] others = ["Mean", "Sum"];
        IEnumerable<string> all = typeof(Metric).Assembly.GetExportedTypes()
            .Where(type => type.IsSubclassOf(typeof(Metric)) && !type.IsAbstract).Select(type => type.Name);

        Assert.Equal([], all.Except(others).Except(Cases.Select(one => one.GetProperty("class").GetString()!)));
    }

    private static void AssertResult(JsonElement expected, Metric metric, string description)
    {
        float[] numbers = ReferenceArray.Numbers(expected);
        Tolerance.Near(numbers, Array.ConvertAll(metric.Results(), result => (float)result), 1e-6, description);
        Tolerance.Near(numbers.Average(), metric.Result(), 1e-6, $"mean of {description}");
    }

    private static MetricDirection? DirectionOf(string? direction) => direction switch
    {
        "up" => MetricDirection.Up,
        "down" => MetricDirection.Down,
        _ => null,
    };

    // Keras numbers unnamed metrics of a class over the whole process; here the name is always the same.
    private static string WithoutNumber(string name) => System.Text.RegularExpressions.Regex.Replace(name, @"_\d+$", "");
}
