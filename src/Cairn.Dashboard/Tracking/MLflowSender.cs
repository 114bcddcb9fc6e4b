using System.Net;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Cairn.Dashboard.Tracking;

/// <summary>Sends the logs of a training, in order, on a separate thread.</summary>
internal sealed class MLflowSender(MLflowClient client, string experiment, string runName, IReadOnlyDictionary<string, string> tags)
{
    private const int MostPending = 100_000;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    // The last data is not lost because of one refused request; a server that is down delays the end of the training by no more than this.
    private static readonly TimeSpan[] PausesAtEnd = [TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(0.3), TimeSpan.FromSeconds(1)];
    private readonly Channel<bool> signal = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Lock gate = new();
    private readonly Queue<JsonObject> metrics = new();
    private readonly HashSet<string> uploaded = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource cancel = new();
    private readonly TaskCompletionSource tried = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IReadOnlyDictionary<string, string> settings = new Dictionary<string, string>();
    private Task sending = Task.CompletedTask;
    private volatile string? problem;
    private volatile string? refusal;
    private volatile string? runId;
    private bool settingsAreSent;
    private long begun;
    private long removed;

    /// <summary>The run on the server; null before the server has answered.</summary>
    public string? RunId => runId;

    /// <summary>Where the artifacts of the run are.</summary>
    public string? ArtifactUri { get; private set; }

    /// <summary>The reason why data could not be sent; null if all was sent.</summary>
    public string? Problem => problem ?? refusal;

    /// <summary>Begins a run.</summary>
    public void Begin(IReadOnlyDictionary<string, string> of)
    {
        (settings, begun) = (of, Now());
        sending = Task.Run(Loop);
        signal.Writer.TryWrite(true);
    }

    /// <summary>Continues the run of an earlier process, or starts a new one if the server never answered that process.</summary>
    public void GoOn(string? run, string? artifacts, IReadOnlyDictionary<string, string> of)
    {
        (runId, ArtifactUri, settingsAreSent) = (run, artifacts, run is not null);
        Begin(of);
    }

    /// <summary>Logs the values of an epoch.</summary>
    public void Send(int epoch, IEnumerable<KeyValuePair<string, double>> values)
    {
        long now = Now();
        lock (gate)
        {
            foreach ((string name, double value) in values)
            {
                if (metrics.Count >= MostPending)
                {
                    RemoveFirst();
                }

                metrics.Enqueue(MLflowLimits.Metric(name, value, now, epoch));
            }
        }

        signal.Writer.TryWrite(true);
    }

    /// <summary>Waits until the server has answered the first request for a run, or failed to; only once.</summary>
    public void WaitForRun(TimeSpan limit)
    {
        if (begun != 0 && runId is null && !tried.Task.Wait(limit))
        {
            tried.TrySetResult();
        }
    }

    /// <summary>Sends the rest, and ends the run.</summary>
    public void End(string status, IReadOnlyList<string> models, TimeSpan patience)
    {
        signal.Writer.TryComplete();
        try
        {
            Task.Run(async () =>
            {
                await sending;
                await FinishWithRetries(status, models, patience);
            }).Wait(patience);
        }
        catch (AggregateException exception)
        {
            problem = exception.InnerException?.Message;
        }

        if (!sending.IsCompleted || HasMore())
        {
            problem ??= $"no answer within {patience.TotalSeconds:0.#} s";
        }

        cancel.Cancel();
    }

    private async Task Loop()
    {
        await foreach (bool _ in signal.Reader.ReadAllAsync(cancel.Token))
        {
            if (!await Try(SendAll))
            {
                // A server that is down is not tried again in every epoch if epochs are short.
                await Task.WhenAny(Task.Delay(Rest, cancel.Token), signal.Reader.Completion);
            }
        }
    }

    private async Task SendAll()
    {
        await Create();
        if (!settingsAreSent)
        {
            foreach (JsonArray batch in MLflowLimits.Parameters(settings))
            {
                await LogBatch("params", batch);
            }

            settingsAreSent = true;
        }

        while (true)
        {
            JsonObject[] next;
            long end;
            lock (gate)
            {
                next = [.. metrics.Take(MLflowLimits.MostMetrics)];
                end = removed + next.Length;
            }

            if (next.Length == 0)
            {
                return;
            }

            await LogBatch("metrics", new JsonArray([.. next.Select(metric => metric.DeepClone())]));
            lock (gate)
            {
                // The oldest may have been dropped while the server answered.
                while (removed < end)
                {
                    RemoveFirst();
                }
            }
        }
    }

    // What the server calls malformed would be so again, and keep everything after it from being sent: it is left out.
    private async Task LogBatch(string kind, JsonArray batch)
    {
        try
        {
            await client.Post("runs/log-batch", new JsonObject { ["run_id"] = runId, [kind] = batch }, cancel.Token);
        }
        catch (HttpRequestException exception) when (exception.StatusCode == HttpStatusCode.BadRequest)
        {
            refusal = $"{kind} are missing: {exception.Message}";
        }
    }

    private void RemoveFirst()
    {
        metrics.Dequeue();
        removed++;
    }

    private async Task Create()
    {
        if (runId is not null)
        {
            return;
        }

        try
        {
            string id = await client.FindExperiment(experiment, cancel.Token)
                ?? (string?)(await client.Post(
                    "experiments/create", new JsonObject { ["name"] = experiment }, cancel.Token))["experiment_id"]
                ?? throw new HttpRequestException("experiments/create: the answer has no experiment_id");
            JsonObject created = await client.Post("runs/create", new JsonObject
            {
                ["experiment_id"] = id,
                ["run_name"] = runName,
                ["start_time"] = begun,
                ["tags"] = MLflowLimits.Tags(tags, runName),
            }, cancel.Token);
            JsonNode? info = created["run"]?["info"];
            ArtifactUri = (string?)info?["artifact_uri"];
            runId = (string?)info?["run_id"] ?? throw new HttpRequestException("runs/create: the answer has no run_id");
        }
        finally
        {
            tried.TrySetResult();
        }
    }

    private async Task FinishWithRetries(string status, IReadOnlyList<string> models, TimeSpan time)
    {
        for (int attempt = 0; ; attempt++)
        {
            problem = null;
            if (await Try(() => Finish(status, models, time)) || attempt == PausesAtEnd.Length)
            {
                return;
            }

            await Task.Delay(PausesAtEnd[attempt], cancel.Token);
        }
    }

    private async Task Finish(string status, IReadOnlyList<string> models, TimeSpan time)
    {
        await SendAll();
        if (MLflowLimits.ArtifactPath(ArtifactUri) is { } artifacts)
        {
            foreach (string file in models.Where(file => !uploaded.Contains(file)))
            {
                await client.Upload($"{artifacts}/{Path.GetFileName(file)}", file, time, cancel.Token);
                uploaded.Add(file);
            }
        }
        else if (models.Count > 0)
        {
            problem = $"models are not uploaded, because the server does not serve artifacts (they are at {ArtifactUri})";
        }

        await client.Post("runs/update", new JsonObject { ["run_id"] = runId, ["status"] = status, ["end_time"] = Now() }, cancel.Token);
    }

    private async Task<bool> Try(Func<Task> send)
    {
        try
        {
            await send();
            return true;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or IOException
            or UnauthorizedAccessException or InvalidOperationException)
        {
            problem = exception is OperationCanceledException ? "it does not answer" : exception.Message;
            return false;
        }
    }

    private bool HasMore()
    {
        lock (gate)
        {
            return metrics.Count > 0;
        }
    }

    private static long Now() => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
}
