using System.Net;
using System.Text;
using System.Text.Json;
using Cairn.Callbacks;
using Cairn.Dashboard.Runs;

namespace Cairn.Dashboard.Tests;

/// <summary>Epochs that other programs post.</summary>
public sealed class PostTests
{
    // Recorded with Keras 3.16.0 and requests 2.32.3 by Reference/remote_monitor.py: on_epoch_end of RemoteMonitor, and of RemoteMonitor
    // with send_as_json=True.
    private const string KerasForm = "data=%7B%22epoch%22%3A+0%2C+%22accuracy%22%3A+0.5%2C+%22loss%22%3A+0.6931471824645996%2C+"
        + "%22val_loss%22%3A+0.25%2C+%22norm%22%3A+NaN%7D";
    private const string KerasJson = "{\"epoch\": 1, \"accuracy\": 0.5, \"loss\": 0.6931471824645996, \"val_loss\": 0.25}";

    [Fact]
    public void Keras_form_and_JSON_are_epochs_of_one_run()
    {
        using var client = new Client();
        Assert.Equal(HttpStatusCode.NoContent, Form(client, KerasForm));
        Assert.Equal(HttpStatusCode.NoContent, client.Post("/publish/epoch/end/", KerasJson).StatusCode);
        JsonElement row = Assert.Single(client.Json("/api/runs").GetProperty("runs").EnumerateArray());
        Assert.Equal(("posted", "running", 2), (row.GetProperty("source").GetString(), row.GetProperty("status").GetString(),
            row.GetProperty("epochs").GetInt32()));
        JsonElement values = client.Json($"/api/runs/{row.GetProperty("id").GetString()}").GetProperty("epochs").GetProperty("values");
        Assert.Equal([0.6931471824645996, 0.6931471824645996],
            values.GetProperty("loss").EnumerateArray().Select(value => value.GetDouble()));
        Assert.Equal(["\"NaN\"", "null"], values.GetProperty("norm").EnumerateArray().Select(value => value.GetRawText()));
    }

    [Fact]
    public void RemoteMonitor_of_Cairn_posts_a_run_under_a_name()
    {
        using var client = new Client();
        using Sequential model = SmallTraining.Model();
        string root = client.Root.ToString().TrimEnd('/');
        History history = model.Train([new RemoteMonitor(root, "/publish/epoch/end/?run=first"),
            new RemoteMonitor(root, "/publish/epoch/end/?run=second", sendAsJson: true)]);
        model.Train([new RemoteMonitor(root, "/publish/epoch/end/?run=first")], epochs: 1);
        JsonElement[] runs = [.. client.Json("/api/runs").GetProperty("runs").EnumerateArray()];
        Assert.Equal(["first", "second", "first 2"], runs.Select(run => run.GetProperty("name").GetString()!));
        Assert.All(runs.Take(2), run => Assert.Equal(history["val_loss"][^1],
            run.GetProperty("values").GetProperty("val_loss").GetProperty("last").GetDouble()));
    }

    [Fact]
    public void A_posted_run_is_summarized_once_per_change()
    {
        using var client = new Client();
        client.Post("/publish/epoch/end/", "{\"epoch\": 0, \"loss\": 0.5, \"accuracy\": 0.25}");
        RunSummary first = Assert.Single(client.Server.Runs.All).Summary;
        Assert.Same(first, client.Server.Runs.All[0].Summary);
        client.Post("/publish/epoch/end/", "{\"epoch\": 1, \"loss\": 0.75, \"accuracy\": 0.75}");
        RunSummary second = client.Server.Runs.All[0].Summary;
        Assert.Equal(new(0.75, 0.5, 0), second.Values["loss"]);
        Assert.Equal(new(0.75, 0.75, 1), second.Values["accuracy"]);
        Assert.Equal(new(0.5, 0.5, 0), first.Values["loss"]);
    }

    [Fact]
    public void Numbers_that_JSON_does_not_have_are_taken_as_Python_writes_them()
    {
        using var client = new Client();
        Assert.Equal(HttpStatusCode.NoContent, client.Post("/publish/epoch/end/",
            "{\"epoch\": 0, \"loss\": NaN, \"a\": -Infinity, \"b\": Infinity, \"NaN \\\" Infinity\": 1, \"c\": null, "
            + "\"d\": \"0.5\"}").StatusCode);
        JsonElement values = client.Json("/api/runs").GetProperty("runs")[0].GetProperty("values");
        Assert.Equal("NaN", values.GetProperty("loss").GetProperty("last").GetString());
        Assert.Equal("-Infinity", values.GetProperty("a").GetProperty("last").GetString());
        Assert.Equal("Infinity", values.GetProperty("b").GetProperty("last").GetString());
        Assert.Equal(1, values.GetProperty("NaN \" Infinity").GetProperty("last").GetDouble());
        Assert.Equal(0.5, values.GetProperty("d").GetProperty("last").GetDouble());
        Assert.False(values.TryGetProperty("c", out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("NaN")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"loss\": 1}")]
    [InlineData("{\"epoch\": -1}")]
    [InlineData("{\"epoch\": 1.5}")]
    [InlineData("{\"epoch\": \"1\"}")]
    [InlineData("{\"epoch\": 99999999999}")]
    [InlineData("{\"epoch\": 0, \"loss\": {}}")]
    [InlineData("{\"epoch\": 0, \"loss\": \"high\"}")]
    [InlineData("{\"epoch\": 0, \"\": 1}")]
    [InlineData("{\"epoch\": 0, \"\\ud800\": 1}")]
    [InlineData("{\"epoch\": 0")]
    public void A_malformed_epoch_is_answered_and_makes_no_run(string json)
    {
        using var client = new Client();
        Assert.Equal(HttpStatusCode.BadRequest, client.Post("/publish/epoch/end/", json).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, Form(client, $"data={Uri.EscapeDataString(json)}"));
        Assert.Empty(client.Server.Runs.All);
    }

    [Fact]
    public void Posts_are_bounded_in_size_number_of_names_and_number_of_runs()
    {
        using var client = new Client();
        AssertTooLarge(() => client.Post("/publish/epoch/end/", $"{{\"epoch\": 0, \"x\": \"{new string('x', 2 << 20)}\"}}"));
        string names = string.Join(", ", Enumerable.Range(0, 1001).Select(index => $"\"n{index}\": 1"));
        Assert.Equal(HttpStatusCode.BadRequest, client.Post("/publish/epoch/end/", $"{{\"epoch\": 0, {names}}}").StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest,
            client.Post($"/publish/epoch/end/?run={new string('x', 101)}", "{\"epoch\": 0}").StatusCode);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, client.Send(HttpMethod.Post, "/publish/epoch/end/",
            new StringContent("{\"epoch\": 0}", Encoding.UTF8, "text/plain")).StatusCode);
        for (int run = 0; run < 250; run++)
        {
            client.Post("/publish/epoch/end/", "{\"epoch\": 0, \"loss\": 1}");
        }

        Assert.Equal(200, client.Server.Runs.All.Length);
    }

    [Fact]
    public void Another_page_of_the_browser_may_not_post_and_a_page_that_is_opened_to_others_wants_the_token()
    {
        using var client = new Client();
        Assert.Equal(HttpStatusCode.Forbidden,
            client.Post("/publish/epoch/end/", KerasJson, ("Origin", "http://evil.example")).StatusCode);
        using var open = new Client(host: "0.0.0.0");
        Assert.Equal(HttpStatusCode.Unauthorized, open.Post("/publish/epoch/end/", KerasJson).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent,
            open.Post("/publish/epoch/end/", KerasJson, ("X-Cairn-Token", open.Server.Token)).StatusCode);
    }

    // The server answers and closes the connection without reading the rest, so the client may fail before it sees the answer.
    private static void AssertTooLarge(Func<HttpResponseMessage> post)
    {
        try
        {
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, post().StatusCode);
        }
        catch (HttpRequestException exception)
        {
            Assert.IsAssignableFrom<IOException>(exception.InnerException);
        }
    }

    private static HttpStatusCode Form(Client client, string body) => client.Send(HttpMethod.Post, "/publish/epoch/end/",
        new StringContent(body, Encoding.UTF8, "application/x-www-form-urlencoded")).StatusCode;
}
