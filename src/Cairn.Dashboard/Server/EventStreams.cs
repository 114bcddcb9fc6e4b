using System.Text;
using Cairn.Dashboard.Runs;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Cairn.Dashboard.Server;

/// <summary>
/// Server-sent events. Viewers have no queue: when a viewer is ready for the next message, that message contains everything it does not
/// have yet. A viewer that stops reading costs one buffer of fixed size, and is disconnected.
/// </summary>
internal sealed class EventStreams(DashboardServer server)
{
    private const int MostViewers = 512;
    private static readonly TimeSpan LeastPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PausePerViewer = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan WriteTime = TimeSpan.FromSeconds(10);
    private static readonly byte[] Heartbeat = ": still here\n\n"u8.ToArray();
    private int viewers;

    /// <summary>Follows one run.</summary>
    public Task Run(HttpContext context, IDashboardRun run)
    {
        var at = RunCursor.Of(context.Request.Headers["Last-Event-ID"].ToString());
        RunLog log = run.Open();
        return Follow(context, log.Changed, () =>
        {
            (byte[] message, RunCursor next, long version) = log.Since(at);
            at = next;
            return (message, next.ToString(), version);
        });
    }

    /// <summary>Follows the table of runs: changed rows, and the list of rows.</summary>
    public Task Runs(HttpContext context)
    {
        var sent = new Dictionary<string, RunSummary>(StringComparer.Ordinal);
        return Follow(context, server.Runs.Changed, () =>
        {
            long version = server.Runs.Version;
            RunSummary[] rows = [.. server.Runs.All.Select(run => run.Summary)];
            using var buffer = new MemoryStream();
            using (var json = new System.Text.Json.Utf8JsonWriter(buffer))
            {
                json.WriteStartObject();
                json.WriteStartArray("runs");
                foreach (RunSummary row in rows.Where(row => !ReferenceEquals(sent.GetValueOrDefault(row.Id), row)))
                {
                    row.Write(json);
                }

                json.WriteEndArray();
                json.WriteStartArray("ids");
                foreach (RunSummary row in rows)
                {
                    json.WriteStringValue(row.Id);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            sent = rows.ToDictionary(row => row.Id, StringComparer.Ordinal);
            return (buffer.ToArray(), "", version);
        });
    }

    private async Task Follow(HttpContext context, Func<long, Task> changed, Func<(byte[] Message, string Id, long Version)> next)
    {
        if (Interlocked.Increment(ref viewers) > MostViewers)
        {
            Interlocked.Decrement(ref viewers);
            await Answer.Refuse(context, StatusCodes.Status503ServiceUnavailable, $"there are {MostViewers} viewers already");
            return;
        }

        try
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, server.Ending);
            context.Response.ContentType = "text/event-stream";
            context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            await Send(context, next, changed, end.Token);
        }
        finally
        {
            Interlocked.Decrement(ref viewers);
        }
    }

    // Many viewers are served less often, so that they take no more of the processor than a few.
    private TimeSpan Pause => LeastPause + (Volatile.Read(ref viewers) * PausePerViewer);

    private async Task Send(
        HttpContext context, Func<(byte[] Message, string Id, long Version)> next, Func<long, Task> changed, CancellationToken end)
    {
        while (true)
        {
            (byte[] message, string id, long version) = next();
            byte[] head = Encoding.ASCII.GetBytes(id.Length > 0 ? $"id: {id}\ndata: " : "data: ");
            await Write(context, [.. head, .. message, .. "\n\n"u8], end);
            await Task.Delay(Pause, end);
            Task change = changed(version);
            while (!change.IsCompleted)
            {
                try
                {
                    await change.WaitAsync(Silence, end);
                }
                catch (TimeoutException)
                {
                    // Keeps the connection alive for proxies and the server.
                    await Write(context, Heartbeat, end);
                }
            }
        }
    }

    // Sent at once: the server writes and flushes a body without buffering in one step.
    private static async Task Write(HttpContext context, byte[] bytes, CancellationToken end)
    {
        try
        {
            await context.Response.Body.WriteAsync(bytes, end).AsTask().WaitAsync(WriteTime, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            throw new OperationCanceledException("The viewer does not read.");
        }
    }
}
