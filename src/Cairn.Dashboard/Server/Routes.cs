using Cairn.Dashboard.Runs;
using Microsoft.AspNetCore.Http;

namespace Cairn.Dashboard.Server;

/// <summary>Maps addresses to handlers. No part of an address is ever part of a path in the file system.</summary>
internal sealed class Routes(DashboardServer server)
{
    private const string Api = "api";
    private readonly EventStreams streams = new(server);
    private readonly ActionPosts actions = new(server);
    private readonly EpochPosts epochs = new(server);

    /// <summary>Answers a request.</summary>
    public Task Run(HttpContext context)
    {
        string path = context.Request.Path.Value ?? "";
        string method = context.Request.Method;
        bool reads = HttpMethods.IsGet(method) || HttpMethods.IsHead(method);
        if (Assets.TryGet(path, out (string Type, byte[] Content) file))
        {
            return reads ? Answer.Bytes(context, file.Type, file.Content) : NotAllowed(context, "GET, HEAD");
        }

        string[] parts = path.Split('/');
        return parts switch
        {
            ["", Api, "runs"] => reads ? Answer.Json(context, WriteRuns) : NotAllowed(context, "GET, HEAD"),
            ["", Api, "stream"] => reads ? streams.Runs(context) : NotAllowed(context, "GET"),
            ["", Api, "runs", var id, .. var rest] when server.Runs.Find(id) is { } run => OfRun(context, run, rest, reads),
            ["", "publish", "epoch", "end"] or ["", "publish", "epoch", "end", ""] =>
                HttpMethods.IsPost(method) ? epochs.Post(context) : NotAllowed(context, "POST"),
            ["", Api, "runs", _, ..] => Answer.Refuse(context, StatusCodes.Status404NotFound, "there is no such run"),
            _ => Answer.Refuse(context, StatusCodes.Status404NotFound, "there is no page at this address"),
        };
    }

    private Task OfRun(HttpContext context, IDashboardRun run, string[] rest, bool reads) => rest switch
    {
        [] => reads ? Answer.Bytes(context, "application/json", run.Open().Since(RunCursor.Start).Message) : NotAllowed(context, "GET"),
        ["stream"] => reads ? streams.Run(context, run) : NotAllowed(context, "GET"),
        ["actions"] => HttpMethods.IsPost(context.Request.Method) ? actions.Post(context, run) : NotAllowed(context, "POST"),
        ["files", var index] => reads ? Downloads.File(context, run, index) : NotAllowed(context, "GET, HEAD"),
        ["images", var version, var index] => reads ? Downloads.Image(context, run, version, index) : NotAllowed(context, "GET, HEAD"),
        _ => Answer.Refuse(context, StatusCodes.Status404NotFound, "there is no page at this address"),
    };

    private void WriteRuns(System.Text.Json.Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartArray("runs");
        foreach (IDashboardRun run in server.Runs.All)
        {
            run.Summary.Write(json);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static Task NotAllowed(HttpContext context, string allowed)
    {
        context.Response.Headers.Allow = allowed;
        return Answer.Refuse(context, StatusCodes.Status405MethodNotAllowed, $"only {allowed} is supported here");
    }
}
