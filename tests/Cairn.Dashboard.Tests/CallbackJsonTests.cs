using System.Text.Json;
using Cairn.Callbacks;

namespace Cairn.Dashboard.Tests;

/// <summary>The callbacks of the package as JSON.</summary>
public sealed class CallbackJsonTests
{
    [Fact]
    public void The_callbacks_are_read_back_with_all_their_arguments()
    {
        using var page = new LivePage(0, "127.0.0.1", "first", "models", 3, ["a", "b"], 0);
        string text = CallbackSerialization.SerializeList(
        [
            page,
            new MLflowLogger("http://tracking:5000", "digits", "run", new Dictionary<string, string> { ["team"] = "a" }, logModels: false,
                patience: TimeSpan.FromSeconds(2.5)),
        ]);
        IReadOnlyList<Callback> read = CallbackSerialization.DeserializeList(text);
        Assert.Equal(text, CallbackSerialization.SerializeList(read));
        using LivePage again = Assert.IsType<LivePage>(read[0]);
        Assert.Equal((0, "127.0.0.1", "first", "models", 3, 0),
            (again.Port, again.Host, again.RunName, again.SaveDir, again.HistogramFreq, again.Verbose));
        Assert.Equal(["a", "b"], again.Tags);
        MLflowLogger logger = Assert.IsType<MLflowLogger>(read[1]);
        Assert.Equal(("http://tracking:5000", "digits", "run", false, TimeSpan.FromSeconds(2.5)),
            (logger.TrackingUri, logger.ExperimentName, logger.RunName, logger.LogModels, logger.Patience));
        Assert.Equal("a", logger.Tags["team"]);
    }

    [Fact]
    public void Arguments_left_out_take_their_defaults()
    {
        IReadOnlyList<Callback> read = CallbackSerialization.DeserializeList(
            """[{"class_name": "LivePage"}, {"class_name": "MLflowLogger", "config": {}}]""");
        using var page = new LivePage();
        Assert.Equal(Json(page), Json(read[0]));
        Assert.Equal(Json(new MLflowLogger()), Json(read[1]));

        static string Json(Callback callback) => CallbackSerialization.Serialize(callback).GetRawText();
    }

    [Fact]
    public void Headers_may_be_secrets_and_are_not_written() => Assert.DoesNotContain("secret",
        CallbackSerialization.Serialize(new MLflowLogger(headers: new Dictionary<string, string> { ["Authorization"] = "secret" }))
            .GetRawText(), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"class_name": "LivePage", "config": {"prt": 1}}""", "LivePage has no argument 'prt'. Did you mean 'port'?")]
    [InlineData("""{"class_name": "LivePage", "config": {"port": 70000}}""", "port must be 0, for any free one, or from 1 to 65535")]
    [InlineData("""{"class_name": "LivePage", "config": {"port": "a"}}""", "The argument 'port' of LivePage must be an integer")]
    [InlineData("""{"class_name": "LivePge"}""", "Did you mean 'LivePage'?")]
    public void Invalid_arguments_are_named(string json, string message)
    {
        using var document = JsonDocument.Parse(json);
        Assert.Contains(message,
            Assert.ThrowsAny<ArgumentException>(() => CallbackSerialization.Deserialize(document.RootElement)).Message,
            StringComparison.Ordinal);
    }
}
