using System.Text.Json.Nodes;
using Cairn.Saving;
using Cairn.Saving.Hdf5;

namespace Cairn.Tests.Saving;

public class ModelJsonTests
{
    [Fact]
    public void The_configuration_of_a_model_by_Keras_is_parsed()
    {
        string config = LegacyHdf5.Read(new GoldenFile("big300").LegacyPath).ModelConfig!;

        JsonObject json = ModelJson.ParseObject(config, "model.h5", "model_config");

        Assert.Equal(302, json["config"]!["layers"]!.AsArray().Count); // The input layer and 301 others.
    }

    [Theory]
    [InlineData(""), InlineData("[]"), InlineData("null"), InlineData("{"), InlineData("{\"a\": 1, \"a\": 2}"), InlineData("{\"a\": NaN}")]
    public void Invalid_JSON_objects_are_refused_with_the_position(string json)
    {
        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => ModelJson.ParseObject(json, "model.h5", "model_config"));

        Assert.Equal(("model.h5", "model_config"), (exception.FileName, exception.Location));
        Assert.StartsWith("'model.h5', at 'model_config': ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Depth_and_length_are_bounded()
    {
        static string Nested(int depth) => $"{{\"a\": {new string('[', depth - 1)}{new string(']', depth - 1)}}}";

        Assert.NotNull(ModelJson.ParseObject(Nested(512), null, null));
        Assert.Throws<ModelFormatException>(() => ModelJson.ParseObject(Nested(513), null, null));
        Assert.Throws<ModelFormatException>(() => ModelJson.ParseObject(Nested(100_000), null, null));
        Assert.Throws<ModelFormatException>(() => ModelJson.ParseObject("{\"a\": 1}", null, null, new FileLimits { MaximumJsonBytes = 5 }));
    }
}
