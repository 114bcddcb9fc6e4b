using System.Net;
using System.Text;
using System.Text.Json;
using Cairn.Dashboard.Runs;
using Cairn.Dashboard.Server;

namespace Cairn.Dashboard.Tests;

/// <summary>A server with one run that does not train, and requests to it.</summary>
internal sealed class Client : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false });

    public Client(DashboardServer? server = null, string host = "localhost")
    {
        Server = server ?? DashboardServer.Start(new ServerSettings { Port = 0, Host = host }, new RunCatalog());
        Root = new Uri($"http://127.0.0.1:{Server.Port}");
        IsOwn = server is null;
    }

    public DashboardServer Server { get; }

    public Uri Root { get; }

    private bool IsOwn { get; }

    public void Dispose()
    {
        http.Dispose();
        if (IsOwn)
        {
            Server.Dispose();
        }
    }

    public HttpStatusCode Get(string path, params (string Name, string Value)[] headers) =>
        Send(HttpMethod.Get, path, null, headers).StatusCode;

    public JsonElement Json(string path)
    {
        HttpResponseMessage answer = Send(HttpMethod.Get, path, null);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return JsonDocument.Parse(answer.Content.ReadAsStringAsync().Result).RootElement;
    }

    public HttpResponseMessage Post(string path, string json, params (string Name, string Value)[] headers) =>
        Send(HttpMethod.Post, path, new StringContent(json, Encoding.UTF8, "application/json"), headers);

    /// <summary>Posts an action with the token.</summary>
    public HttpResponseMessage Act(string run, string json) =>
        Post($"/api/runs/{run}/actions", json, ("X-Cairn-Token", Server.Token));

    public HttpResponseMessage Send(HttpMethod method, string path, HttpContent? content, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(Root, path)) { Content = content };
        foreach ((string name, string value) in headers)
        {
            if (name == "Host")
            {
                request.Headers.Host = value;
            }
            else
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return http.Send(request);
    }
}
