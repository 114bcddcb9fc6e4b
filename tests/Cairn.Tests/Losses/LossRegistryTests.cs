using System.Text.Json.Nodes;
using Cairn.Losses;

namespace Cairn.Tests.Losses;

public sealed class LossRegistryTests
{
    // Keras 3.16's get_config() of each loss made with the arguments given here, beyond name and reduction.
    public static TheoryData<string, string> Configs => new()
    {
        { "MeanAbsolutePercentageError", "{}" },
        { "MeanSquaredLogarithmicError", "{}" },
        { "CosineSimilarity", """{"axis": 1}""" },
        { "Huber", """{"delta": 0.5}""" },
        { "LogCosh", "{}" },
        { "Hinge", "{}" },
        { "SquaredHinge", "{}" },
        { "CategoricalHinge", "{}" },
        { "KLDivergence", "{}" },
        { "Poisson", "{}" },
        {
            "BinaryFocalCrossentropy",
            """{"from_logits": true, "label_smoothing": 0.1, "axis": 1, "apply_class_balancing": true, "alpha": 0.3, "gamma": 3.0}"""
        },
        { "CategoricalFocalCrossentropy", """{"from_logits": true, "label_smoothing": 0.1, "axis": 1, "alpha": 0.3, "gamma": 3.0}""" },
        { "CTC", "{}" },
        { "Dice", """{"axis": [1, 2]}""" },
        { "Dice", """{"axis": 1}""" },
        { "Dice", """{"axis": null}""" },
        { "Tversky", """{"alpha": 0.3, "beta": 0.7, "axis": [1, 2]}""" },
        { "Circle", """{"gamma": 64.0, "margin": 0.25, "remove_diagonal": false}""" },
        { "CategoricalGeneralizedCrossEntropy", """{"q": 0.7}""" },
    };

    [Theory]
    [MemberData(nameof(Configs))]
    public void A_configuration_is_written_as_by_Keras(string className, string arguments)
    {
        JsonObject config = JsonNode.Parse(arguments)!.AsObject();
        config["name"] = "mine";
        config["reduction"] = "sum";

        JsonObject written = LossRegistry.Deserialize(new JsonObject { ["class_name"] = className, ["config"] = config.DeepClone() },
            "loss").Serialize();

        Assert.Equal(className, written["class_name"]!.GetValue<string>());
        Assert.True(JsonNode.DeepEquals(Sorted(config), Sorted(written["config"]!.AsObject())), written["config"]!.ToJsonString());
    }

    [Theory]
    [InlineData("mape", "MeanAbsolutePercentageError")]
    [InlineData("MSLE", "MeanSquaredLogarithmicError")]
    [InlineData("kld", "KLDivergence")]
    [InlineData("kl_divergence", "KLDivergence")]
    [InlineData("huber", "Huber")]
    [InlineData("Huber", "Huber")]
    [InlineData("log_cosh", "LogCosh")]
    [InlineData("cosine_similarity", "CosineSimilarity")]
    [InlineData("categorical_focal_crossentropy", "CategoricalFocalCrossentropy")]
    [InlineData("ctc", "CTC")]
    public void A_Keras_name_creates_the_loss(string name, string className) => Assert.Equal(className, ((Loss)name).ClassName);

    [Theory]
    [InlineData(new long[] { -1, 1 }, new long[] { -1, 1 }, "BinaryCrossentropy")]
    [InlineData(new long[] { -1 }, new long[] { -1, 1 }, "BinaryCrossentropy")]
    [InlineData(new long[] { -1 }, new long[] { -1, 10 }, "SparseCategoricalCrossentropy")]
    [InlineData(new long[] { -1, 1 }, new long[] { -1, 10 }, "SparseCategoricalCrossentropy")]
    [InlineData(new long[] { -1, 10 }, new long[] { -1, 10 }, "CategoricalCrossentropy")]
    public void The_string_crossentropy_is_resolved_by_the_shapes_as_in_Keras(long[] yTrue, long[] yPred, string expected)
    {
        Assert.Equal(expected, ((Loss)"crossentropy").ResolveFor(yTrue, yPred).ClassName);
        Assert.Equal(expected, ((Loss)"ce").ResolveFor(yTrue, yPred).ClassName);
        Assert.Equal(expected, ((Cairn.Metrics.Metric)"ce").ResolveFor(yTrue, yPred).ClassName);
        Assert.Equal("ce", ((Cairn.Metrics.Metric)"ce").ResolveFor(yTrue, yPred).Name);
    }

    [Fact]
    public void The_string_crossentropy_is_kept_in_files()
    {
        JsonNode written = ((Loss)"crossentropy").SerializeForCompile();

        Assert.Equal("crossentropy", written.GetValue<string>());
        Assert.Equal(
            "CategoricalCrossentropy", LossRegistry.Deserialize(written, "loss").ResolveFor([Shape.None, 3], [Shape.None, 3]).ClassName);
    }

    internal static JsonObject Sorted(JsonObject config) =>
        new(config.OrderBy(pair => pair.Key, StringComparer.Ordinal)
        .Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone())));
}
