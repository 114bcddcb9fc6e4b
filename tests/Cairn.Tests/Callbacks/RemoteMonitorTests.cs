using System.Text.Json;
using Cairn.Callbacks;

namespace Cairn.Tests.Callbacks;

/// <summary>What the server receives, and training without a response from the server.</summary>
public sealed class RemoteMonitorTests
{
    private static readonly NDArray X = NDArray.From(new float[] { 0, 1, 1, 0, 1, 1, 0, 0 }, [4, 2]);
    private static readonly NDArray Y = NDArray.From(new float[] { 1, 2, 3, 0 }, [4, 1]);
    private readonly StringWriter error = new();

    [Fact]
    public void A_form_holds_the_JSON_of_Python_in_its_field()
    {
        using var server = new LocalServer();
        Send(new RemoteMonitor(server.Root), new() { ["loss"] = 0.5, ["val_loss"] = 1e-05, ["acc"] = 1 },
            new() { ["loss"] = double.NaN, ["acc"] = double.NegativeInfinity });

        // Keras sorts logs by name; urllib's quote_plus encodes a space as '+', as in forms.
        Assert.Equal(
            ["data=%7B%22epoch%22%3A+0%2C+%22acc%22%3A+1.0%2C+%22loss%22%3A+0.5%2C+%22val_loss%22%3A+1e-05%7D",
             "data=%7B%22epoch%22%3A+1%2C+%22acc%22%3A+-Infinity%2C+%22loss%22%3A+NaN%7D"],
            server.Requests.Select(request => request.Body));
        Assert.All(server.Requests, request => Assert.Equal("POST /publish/epoch/end/ HTTP/1.1", request.Line));
        Assert.Equal("application/x-www-form-urlencoded", server.Requests[0].Headers["Content-Type"]);
        Assert.Equal("", error.ToString());
    }

    [Fact]
    public void As_JSON_the_body_is_the_object_itself_and_what_JSON_cannot_hold_is_null()
    {
        using var server = new LocalServer("201 Created");
        var headers = new Dictionary<string, string> { ["Authorization"] = "Bearer abc", ["X-Run"] = "7" };
        Send(new RemoteMonitor(server.Root, "/runs/7", headers: headers, sendAsJson: true),
            new Dictionary<string, double> { ["loss"] = 0.1, ["höhe"] = double.PositiveInfinity });
        (string? line, Dictionary<string, string>? sent, string? body) = Assert.Single(server.Requests);
        Assert.Equal("POST /runs/7 HTTP/1.1", line);
        Assert.Equal(("application/json", "Bearer abc", "7"), (sent["Content-Type"], sent["Authorization"], sent["X-Run"]));
        JsonElement json = JsonDocument.Parse(body).RootElement;
        Assert.Equal(["epoch", "höhe", "loss"], json.EnumerateObject().Select(pair => pair.Name).Order(StringComparer.Ordinal));
        Assert.Equal(0, json.GetProperty("epoch").GetInt32());
        Assert.Equal(0.1, json.GetProperty("loss").GetDouble());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("höhe").ValueKind);
    }

    [Fact]
    public void A_header_of_the_user_takes_the_place_of_ours()
    {
        using var server = new LocalServer();
        Send(new RemoteMonitor(server.Root, headers: new Dictionary<string, string> { ["Content-Type"] = "text/plain" }, field: "payload"),
            new Dictionary<string, double> { ["loss"] = 1 });
        Assert.Equal("text/plain", server.Requests[0].Headers["Content-Type"]);
        Assert.StartsWith("payload=", server.Requests[0].Body);
    }

    [Fact]
    public void In_a_training_the_server_gets_the_history()
    {
        using var server = new LocalServer();
        using var model = TinyModel.Create();
        History history = model.Fit(X, Y, epochs: 4, initialEpoch: 1, verbose: 0, validationData: (X, Y),
            callbacks: [new RemoteMonitor(server.Root, sendAsJson: true)]);
        List<JsonElement> sent = [.. server.Requests.Select(request => JsonDocument.Parse(request.Body).RootElement)];
        Assert.Equal([1, 2, 3], sent.Select(json => json.GetProperty("epoch").GetInt32()));
        foreach (string name in new[] { "loss", "mae", "val_loss", "val_accuracy" })
        {
            Assert.Equal(history[name], sent.Select(json => json.GetProperty(name).GetDouble()));
        }

        TrainingEvent happened = Assert.Single(history.Events);
        Assert.Equal((EventKind.LogStarted, 1), (happened.Kind, happened.Epoch));
    }

    [Fact]
    public void A_server_that_is_down_gives_one_warning_and_training_continues()
    {
        string root;
        using (var gone = new LocalServer())
        {
            root = gone.Root;
        }

        History history = Send(new RemoteMonitor(root), new() { ["loss"] = 1 }, new() { ["loss"] = 2 }, new() { ["loss"] = 3 });
        Assert.Equal([1.0, 2.0, 3.0], history["loss"]);
        Assert.StartsWith($"UserWarning: Could not reach RemoteMonitor root server at {root}", error.ToString());
        Assert.Single(error.ToString().TrimEnd().Split('\n'));
        Assert.Equal([0, 1, 2], history.Events.Where(happened => happened.Kind == EventKind.Warning).Select(happened => happened.Epoch));
    }

    [Fact]
    public void A_server_without_a_response_times_out()
    {
        using var silent = new LocalServer(answer: null);
        History history = Send(new RemoteMonitor(silent.Root, timeout: TimeSpan.FromMilliseconds(50)),
            new Dictionary<string, double> { ["loss"] = 1 });
        Assert.Contains("no response within 0.05 s", Assert.Single(history.Events).Message);
    }

    [Fact]
    public void An_error_response_of_the_server_gives_a_warning()
    {
        using var server = new LocalServer("503 Service Unavailable");
        History history = Send(new RemoteMonitor(server.Root), new Dictionary<string, double> { ["loss"] = 1 });
        Assert.EndsWith("the server returned 503 (Service Unavailable)", Assert.Single(history.Events).Message);
    }

    [Theory]
    [InlineData("localhost:9000", "root")]
    [InlineData("ftp://localhost", "root")]
    [InlineData("", "root")]
    public void An_invalid_address_is_refused(string root, string argument) =>
        Assert.Equal(argument, Assert.ThrowsAny<ArgumentException>(() => new RemoteMonitor(root)).ParamName);

    [Theory]
    [InlineData("X-A", "one\r\nX-B: two")]
    [InlineData("not a name", "value")]
    [InlineData("X-A", "größer")]
    [InlineData("X-A", null)]
    public void A_header_that_cannot_be_sent_is_refused(string name, string? value)
    {
        ArgumentException refused =
            Assert.Throws<ArgumentException>(() => new RemoteMonitor(headers: new Dictionary<string, string> { [name] = value! }));
        Assert.Equal("headers", refused.ParamName);
        Assert.Contains(name, refused.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1e6)]
    public void An_invalid_timeout_is_refused(double seconds) =>
        Assert.Equal("timeout",
        Assert.Throws<ArgumentOutOfRangeException>(() => new RemoteMonitor(timeout: TimeSpan.FromSeconds(seconds))).ParamName);

    [Fact]
    public void It_survives_JSON()
    {
        var monitor = new RemoteMonitor("https://a.example", "/b", "c", new Dictionary<string, string> { ["d"] = "e" }, sendAsJson: true,
            TimeSpan.FromSeconds(1.5));
        RemoteMonitor read = Assert.IsType<RemoteMonitor>(CallbackSerialization.Deserialize(CallbackSerialization.Serialize(monitor)));
        Assert.Equal(
            ("https://a.example", "/b", "c", true, TimeSpan.FromSeconds(1.5)),
            (read.Root, read.Path, read.Field, read.SendAsJson, read.RequestTimeout));
        Assert.Equal(monitor.Headers, read.Headers);
        read = Assert.IsType<RemoteMonitor>(CallbackSerialization.DeserializeList("""[{"class_name": "RemoteMonitor"}]""")[0]);
        Assert.Equal(("http://localhost:9000", "/publish/epoch/end/", "data", false), (read.Root, read.Path, read.Field, read.SendAsJson));
        Assert.Null(read.Headers);
        Assert.Contains(
            "'headers'",
            Assert.Throws<ArgumentException>(() =>
                CallbackSerialization.DeserializeList("""[{"class_name": "RemoteMonitor", "config": {"headers": {"a": 1}}}]""")).Message);
    }

    private History Send(RemoteMonitor monitor, params Dictionary<string, double>[] epochs)
    {
        using var model = TinyModel.Create();
        var list = new CallbackList([monitor], model, new CallbackParams { Output = TextWriter.Null, Error = error }, addHistory: true);
        list.OnTrainBegin();
        for (int epoch = 0; epoch < epochs.Length; epoch++)
        {
            list.OnEpochBegin(epoch);
            list.OnEpochEnd(epoch, new Logs(epochs[epoch]));
        }

        list.OnTrainEnd();
        return list.History!;
    }
}
