using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>Sends the values of each epoch to a server, as JSON in an HTTP POST. Keras: <c>callbacks.RemoteMonitor</c>.</summary>
/// <example>
/// <code>
/// model.Fit(x, y, epochs: 20, callbacks: [new RemoteMonitor("http://localhost:9000", sendAsJson: true)]);
/// </code>
/// </example>
/// <remarks>
/// The JSON is the output of Python's <c>json.dumps</c> for <c>epoch</c> (from 0) and the logs:
/// <c>{"epoch": 0, "accuracy": 0.9, "loss": 0.25}</c>. A server that is down, slow or returns an error causes a warning and never stops
/// the training: an epoch waits at most <see cref="RequestTimeout"/>.
/// </remarks>
public sealed class RemoteMonitor : Callback
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(5);

    // One instance per process, as recommended for HttpClient; each request sets its own timeout.
    private static readonly HttpClient Client = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private readonly Uri target;
    private bool reached;

    /// <summary>Creates the callback.</summary>
    /// <param name="root">Address of the server, <c>http</c> or <c>https</c>. Default <c>http://localhost:9000</c>.</param>
    /// <param name="path">The path appended to <paramref name="root"/>. Default <c>/publish/epoch/end/</c>.</param>
    /// <param name="field">
    /// Name of the form field that contains the JSON; not used with <paramref name="sendAsJson"/>. Default <c>data</c>.
    /// </param>
    /// <param name="headers">HTTP headers to send; null (default) for none.</param>
    /// <param name="sendAsJson">
    /// Whether to send the JSON as the body (<c>application/json</c>) instead of a form with one field. Values that are not finite, for
    /// which JSON has no notation, are then sent as <c>null</c>; in a form they are Python's <c>NaN</c> and <c>Infinity</c>. Default false.
    /// </param>
    /// <param name="timeout">How long an epoch waits for the server; more than zero. Default 5 seconds.</param>
    /// <exception cref="ArgumentException">
    /// <paramref name="root"/> and <paramref name="path"/> do not form a URL, <paramref name="field"/> is empty, or a header is not valid.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is zero, negative, or more than a day.</exception>
    public RemoteMonitor(
        string root = "http://localhost:9000",
        string path = "/publish/epoch/end/",
        string field = "data",
        IReadOnlyDictionary<string, string>? headers = null,
        bool sendAsJson = false,
        TimeSpan? timeout = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        ArgumentNullException.ThrowIfNull(path);
        ArgumentException.ThrowIfNullOrEmpty(field);
        if (!Uri.TryCreate(root + path, UriKind.Absolute, out Uri? address)
            || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps))
        {
            throw new ArgumentException(
                $"root and path must form a URL such as \"http://localhost:9000/publish/epoch/end/\"; they are \"{root + path}\".",
                nameof(root));
        }

        if (timeout is { } given && (given <= TimeSpan.Zero || given > TimeSpan.FromDays(1)))
        {
            throw new ArgumentOutOfRangeException(nameof(timeout), given, "timeout must be more than zero and at most a day.");
        }

        target = address;
        Root = root;
        Path = path;
        Field = field;
        Headers = headers is null ? null : new Dictionary<string, string>(headers, StringComparer.Ordinal);
        SendAsJson = sendAsJson;
        RequestTimeout = timeout ?? DefaultTimeout;
        using HttpRequestMessage trial = Request("");
    }

    /// <summary>Address of the server.</summary>
    public string Root { get; }

    /// <summary>The path appended to <see cref="Root"/>.</summary>
    public string Path { get; }

    /// <summary>Name of the form field that contains the JSON.</summary>
    public string Field { get; }

    /// <summary>HTTP headers to send; null for none.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; }

    /// <summary>Whether the JSON is sent as the body instead of a form.</summary>
    public bool SendAsJson { get; }

    /// <summary>How long an epoch waits for the server.</summary>
    public TimeSpan RequestTimeout { get; }

    /// <inheritdoc/>
    public override bool OnlyOnFirstReplica => true;

    /// <inheritdoc/>
    public override void OnTrainBegin(Logs logs) => reached = false;

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        if (Send(Json(epoch, logs)) is { } problem)
        {
            Warn($"Could not reach RemoteMonitor root server at {Root}: {problem}");
        }
        else if (!reached)
        {
            reached = true;
            Record(EventKind.LogStarted, $"sending every epoch to {target}", path: target.ToString());
        }
    }

    /// <inheritdoc/>
    /// <returns>Whether the server has accepted a request.</returns>
    public override SavedState? SaveState()
    {
        var state = new SavedState();
        state.Set("reached", reached);
        return state;
    }

    /// <inheritdoc/>
    public override void LoadState(SavedState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        reached = state.GetBoolean("reached");
    }

    /// <summary>Posts the text.</summary>
    /// <returns>The problem; null if the server accepted the request.</returns>
    private string? Send(string json)
    {
        using HttpRequestMessage request = Request(json);
        using var patience = new CancellationTokenSource(RequestTimeout);
        try
        {
            // DNS lookups can't be canceled on every platform, so the wait itself is bounded too. The response body is not needed.
            using HttpResponseMessage answer = Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token)
                .WaitAsync(RequestTimeout).GetAwaiter().GetResult();
            return answer.IsSuccessStatusCode ? null : $"the server returned {(int)answer.StatusCode} ({answer.ReasonPhrase})";
        }
        catch (Exception e) when (e is OperationCanceledException or TimeoutException)
        {
            return string.Create(CultureInfo.InvariantCulture, $"no response within {RequestTimeout.TotalSeconds:0.###} s");
        }
        catch (HttpRequestException e)
        {
            return e.Message;
        }
    }

    private HttpRequestMessage Request(string json)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, target)
        {
            Content = SendAsJson
                ? new StringContent(json, Encoding.ASCII, new MediaTypeHeaderValue("application/json"))
                : new FormUrlEncodedContent([new(Field, json)]),
        };
        foreach ((string? name, string? value) in Headers ?? new Dictionary<string, string>())
        {
            if (Fits(value) && request.Headers.TryAddWithoutValidation(name, value))
            {
                continue;
            }

            // Content headers, such as Content-Type, replace the default ones.
            if (!Fits(value) || !request.Content.Headers.TryAddWithoutValidation(name, value))
            {
                throw new ArgumentException($"headers: '{name}' with the value '{value}' is not a valid HTTP header.", "headers");
            }

            request.Content.Headers.Remove(name);
            request.Content.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    private static bool Fits(string? value) => value is not null && Ascii.IsValid(value) && value.AsSpan().IndexOfAny('\r', '\n', '\0') < 0;

    private string Json(int epoch, Logs logs)
    {
        StringBuilder text = new StringBuilder("{\"epoch\": ").Append(CultureInfo.InvariantCulture, $"{epoch}");
        foreach ((string? name, double value) in logs)
        {
            text.Append(", ").Append(PythonString.Quoted(name)).Append(": ").Append(Number(value));
        }

        return text.Append('}').ToString();
    }

    private string Number(double value) => value switch
    {
        _ when double.IsFinite(value) => PythonNumber.Repr(value),
        _ when SendAsJson => "null",
        double.PositiveInfinity => "Infinity",
        double.NegativeInfinity => "-Infinity",
        _ => "NaN",
    };

    internal static RemoteMonitor FromConfig(ConfigReader config) => new(
        config.OptionalString("root") ?? "http://localhost:9000",
        config.OptionalString("path") ?? "/publish/epoch/end/",
        config.OptionalString("field") ?? "data",
        config.OptionalStringMap("headers"),
        config.Bool("send_as_json", false),
        config.OptionalSeconds("timeout"));

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["root"] = Root;
        config["path"] = Path;
        config["field"] = Field;
        config["headers"] = Headers is null ? null
            : new JsonObject(Headers.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));
        config["send_as_json"] = SendAsJson;
        config["timeout"] = RequestTimeout.TotalSeconds;
    }
}
