using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Cairn.Dashboard.Tracking;

/// <summary>Requests of MLflow's REST interface 2.0.</summary>
internal sealed class MLflowClient
{
    private const string Api = "api/2.0/mlflow/";
    private const string Artifacts = "api/2.0/mlflow-artifacts/artifacts/";
    private const int MostAnswerBytes = 1 << 20;
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(10);

    private static readonly HttpClient Http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = MostAnswerBytes,
    };

    private readonly Uri root;
    private readonly IReadOnlyDictionary<string, string> headers;

    /// <summary>A client of one server.</summary>
    /// <param name="root">Its address.</param>
    /// <param name="headers">Headers of every request.</param>
    /// <exception cref="ArgumentException">A header is not valid.</exception>
    public MLflowClient(Uri root, IReadOnlyDictionary<string, string> headers)
    {
        this.root = new Uri(root.AbsoluteUri.TrimEnd('/') + "/");
        this.headers = new Dictionary<string, string>(headers, StringComparer.Ordinal);
        using var trial = new HttpRequestMessage();
        AddHeaders(trial);
    }

    /// <summary>Posts JSON.</summary>
    /// <exception cref="HttpRequestException">The server can't be reached, or rejects the request.</exception>
    /// <exception cref="OperationCanceledException">The server does not answer in time.</exception>
    public Task<JsonObject> Post(string method, JsonObject body, CancellationToken cancel) =>
        Send(HttpMethod.Post, Api + method, JsonContent.Create(body), AnswerTime, cancel);

    /// <summary>The ID of an experiment; null if there is none.</summary>
    /// <exception cref="HttpRequestException">The server can't be reached, or rejects the request.</exception>
    public async Task<string?> FindExperiment(string name, CancellationToken cancel)
    {
        try
        {
            JsonObject found = await Send(HttpMethod.Get,
                $"{Api}experiments/get-by-name?experiment_name={Uri.EscapeDataString(name)}", null, AnswerTime, cancel);
            return (string?)found["experiment"]?["experiment_id"];
        }
        catch (HttpRequestException exception) when (exception.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Uploads a file to a path below the artifacts that the server serves.</summary>
    public async Task Upload(string path, string file, TimeSpan time, CancellationToken cancel)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var content = new StreamContent(stream);
        await Send(HttpMethod.Put, Artifacts + string.Join('/', path.Split('/').Select(Uri.EscapeDataString)), content, time, cancel);
    }

    private async Task<JsonObject> Send(HttpMethod method, string path, HttpContent? content, TimeSpan time, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(method, new Uri(root, path)) { Content = content };
        AddHeaders(request);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(time);
        using HttpResponseMessage answer = await Http.SendAsync(request, patience.Token);
        string text = await answer.Content.ReadAsStringAsync(patience.Token);
        if (!answer.IsSuccessStatusCode)
        {
            throw new HttpRequestException(
                $"{path.Split('?')[0]}: {(int)answer.StatusCode} {answer.ReasonPhrase}{Excerpt(text)}", null, answer.StatusCode);
        }

        try
        {
            return text.Length == 0 ? [] : JsonNode.Parse(text) as JsonObject ?? [];
        }
        catch (System.Text.Json.JsonException exception)
        {
            throw new HttpRequestException($"{path.Split('?')[0]}: the answer is not JSON", exception);
        }
    }

    private void AddHeaders(HttpRequestMessage request)
    {
        foreach ((string name, string value) in headers)
        {
            if (value is null || value.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0 || !request.Headers.TryAddWithoutValidation(name, value))
            {
                throw new ArgumentException($"headers: '{name}' is not a valid HTTP header.", nameof(headers));
            }
        }
    }

    private static string Excerpt(string text) => text.Length == 0 ? "" : $" ({(text.Length > 200 ? text[..200] + "…" : text)})";
}
