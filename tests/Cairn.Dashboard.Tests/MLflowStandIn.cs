using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cairn.Dashboard.Tests;

/// <summary>
/// Answers as an MLflow server does, and refuses what the documentation of its REST interface does not allow: missing fields, values of
/// another type, names with other characters, more than 1,000 metrics, 100 parameters or 1,000 items in a batch, parameters that change.
/// </summary>
internal sealed class MLflowStandIn : IDisposable
{
    private readonly HttpListener listener = new();
    private readonly Dictionary<string, string> parameters = [];

    public MLflowStandIn(string? experiment = "0")
    {
        Experiment = experiment;
        Port = FreePort();
        Root = $"http://localhost:{Port}";
        listener.Prefixes.Add(Root + "/");
        listener.Start();
        _ = Task.Run(Serve);
    }

    public string Root { get; }

    public int Port { get; }

    public string? Experiment { get; private set; }

    public string ArtifactUri { get; set; } = "mlflow-artifacts:/0/abc/artifacts";

    public List<string> Problems { get; } = [];

    public List<string> Requests { get; } = [];

    public List<(string Key, double Value, long Step)> Metrics { get; } = [];

    public IReadOnlyDictionary<string, string> Parameters => parameters;

    public Dictionary<string, string> Tags { get; } = [];

    public Dictionary<string, byte[]> Files { get; } = [];

    public string? Status { get; private set; }

    public string? Authorization { get; private set; }

    /// <summary>How long each request waits for its answer.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Number of requests that are still refused with 503.</summary>
    public int Refusals { get; set; }

    /// <summary>Number of updates of the run that are still refused with 503.</summary>
    public int RefusedUpdates { get; set; }

    /// <summary>The longest value of a parameter; servers before 2.8 allow 500 characters.</summary>
    public int MostOfAParameter { get; set; } = 6000;

    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    public void Dispose() => listener.Close();

    private async Task Serve()
    {
        while (listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using HttpListenerResponse response = context.Response;
            await Task.Delay(Delay);
            (int status, JsonObject answer) = Answer(context.Request);
            response.StatusCode = status;
            response.ContentType = "application/json";
            await response.OutputStream.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(answer));
        }
    }

    private (int Status, JsonObject Answer) Answer(HttpListenerRequest request)
    {
        using var body = new MemoryStream();
        request.InputStream.CopyTo(body);
        string path = request.Url!.AbsolutePath;
        Requests.Add($"{request.HttpMethod} {path}");
        Authorization = request.Headers["Authorization"];
        if (Refusals > 0)
        {
            Refusals--;
            return (503, new JsonObject { ["error_code"] = "TEMPORARILY_UNAVAILABLE" });
        }

        if (RefusedUpdates > 0 && path.EndsWith("runs/update", StringComparison.Ordinal))
        {
            RefusedUpdates--;
            return (503, new JsonObject { ["error_code"] = "TEMPORARILY_UNAVAILABLE" });
        }

        if (request.HttpMethod == "PUT" && path.StartsWith("/api/2.0/mlflow-artifacts/artifacts/", StringComparison.Ordinal))
        {
            Files[path["/api/2.0/mlflow-artifacts/artifacts/".Length..]] = body.ToArray();
            return (200, []);
        }

        JsonObject json = body.Length == 0 ? [] : JsonNode.Parse(body.ToArray())!.AsObject();
        try
        {
            return ($"{request.HttpMethod} {path}") switch
            {
                "GET /api/2.0/mlflow/experiments/get-by-name" =>
                    request.QueryString["experiment_name"] is null ? Wrong("no experiment_name")
                    : Experiment is null ? (404, new JsonObject { ["error_code"] = "RESOURCE_DOES_NOT_EXIST" })
                    : (200, new JsonObject { ["experiment"] = new JsonObject { ["experiment_id"] = Experiment } }),
                "POST /api/2.0/mlflow/experiments/create" => Text(json, "name") is { } name
                    ? (200, new JsonObject { ["experiment_id"] = Experiment = $"of {name}" }) : Wrong("no name"),
                "POST /api/2.0/mlflow/runs/create" => Create(json),
                "POST /api/2.0/mlflow/runs/log-batch" => LogBatch(json),
                "POST /api/2.0/mlflow/runs/update" => Update(json),
                _ => Wrong($"there is no {request.HttpMethod} {path}"),
            };
        }
        catch (Exception exception)
        {
            return Wrong(exception.Message);
        }
    }

    private (int, JsonObject) Create(JsonObject json)
    {
        if (Text(json, "experiment_id") != Experiment || json["start_time"]!.GetValue<long>() < 1_600_000_000_000)
        {
            return Wrong("experiment_id or start_time");
        }

        foreach (JsonNode? tag in json["tags"]!.AsArray())
        {
            Tags[tag!["key"]!.GetValue<string>()] = tag["value"]!.GetValue<string>();
        }

        return (200, new JsonObject
        {
            ["run"] = new JsonObject { ["info"] = new JsonObject { ["run_id"] = "abc", ["artifact_uri"] = ArtifactUri } },
        });
    }

    private (int, JsonObject) LogBatch(JsonObject json)
    {
        JsonArray metrics = json["metrics"]?.AsArray() ?? [];
        JsonArray settings = json["params"]?.AsArray() ?? [];
        if (Text(json, "run_id") != "abc" || metrics.Count > 1000 || settings.Count > 100 || metrics.Count + settings.Count > 1000)
        {
            return Wrong($"run_id, or {metrics.Count} metrics and {settings.Count} parameters");
        }

        foreach (JsonNode? metric in metrics)
        {
            string key = Key(metric!);
            JsonNode value = metric!["value"]!;
            double number = value.GetValueKind() == JsonValueKind.String ? double.Parse(value.GetValue<string>(),
                System.Globalization.CultureInfo.InvariantCulture) : value.GetValue<double>();
            _ = metric["timestamp"]!.GetValue<long>();
            Metrics.Add((key, number, metric["step"]!.GetValue<long>()));
        }

        foreach (JsonNode? setting in settings)
        {
            string key = Key(setting!);
            string value = setting!["value"]!.GetValue<string>();
            if (value.Length > MostOfAParameter || (parameters.TryGetValue(key, out string? before) && before != value))
            {
                return Wrong($"the parameter {key}");
            }

            parameters[key] = value;
        }

        return (200, []);
    }

    private (int, JsonObject) Update(JsonObject json)
    {
        Status = Text(json, "status");
        return Text(json, "run_id") == "abc" && Status is "FINISHED" or "FAILED" or "KILLED" && json["end_time"]!.GetValue<long>() > 0
            ? (200, []) : Wrong("run_id, status or end_time");
    }

    private static string Key(JsonNode item)
    {
        string key = item["key"]!.GetValue<string>();
        return key.Length is > 0 and <= 250 && key.All(c => char.IsAsciiLetterOrDigit(c) || "_-. /".Contains(c))
            ? key : throw new InvalidDataException($"the name '{key}'");
    }

    private static string? Text(JsonObject json, string name) => json[name]?.GetValue<string>();

    private (int, JsonObject) Wrong(string why)
    {
        Problems.Add(why);
        return (400, new JsonObject { ["error_code"] = "INVALID_PARAMETER_VALUE", ["message"] = why });
    }
}
