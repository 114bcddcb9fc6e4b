using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Cairn.Dashboard.Runs;
using Microsoft.AspNetCore.Http;

namespace Cairn.Dashboard.Server;

/// <summary>Posts of the page that change a training.</summary>
internal sealed class ActionPosts(DashboardServer server)
{
    /// <summary>The name of the header with the token.</summary>
    public const string TokenHeader = "X-Cairn-Token";

    private const int MostBytes = 16 * 1024;
    private const int MostNote = 1000;
    private const string Known = "stop, save, rate, halve and note";

    /// <summary>Passes an action on to the training.</summary>
    public async Task Post(HttpContext context, IDashboardRun run)
    {
        if (!HasToken(context.Request, server.Token))
        {
            await Answer.Refuse(context, StatusCodes.Status401Unauthorized,
                $"the header {TokenHeader} must contain the token of the address printed by the training");
            return;
        }

        if (context.Request.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) != true)
        {
            await Answer.Refuse(context, StatusCodes.Status415UnsupportedMediaType, "an action is sent as application/json");
            return;
        }

        byte[] body = await RequestBody.Read(context.Request, MostBytes, context.RequestAborted);
        (RequestedAction? asked, string? problem) = Parse(body);
        if (asked is null)
        {
            await Answer.Refuse(context, StatusCodes.Status400BadRequest, problem!);
            return;
        }

        if (run.Actions is not { } actions)
        {
            await Answer.Refuse(context, StatusCodes.Status409Conflict, "this run does not train in the program that serves the page");
            return;
        }

        if (actions.Ask(asked) is { } refusal)
        {
            await Answer.Refuse(context, StatusCodes.Status409Conflict, refusal);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status202Accepted;
        await Answer.Json(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("accepted", asked.Kind.ToString().ToLowerInvariant());
            json.WriteEndObject();
        });
    }

    /// <summary>Whether a request has the token, compared in constant time.</summary>
    public static bool HasToken(HttpRequest request, string token)
    {
        byte[] given = SHA256.HashData(Encoding.UTF8.GetBytes(request.Headers[TokenHeader].ToString()));
        return CryptographicOperations.FixedTimeEquals(given, SHA256.HashData(Encoding.UTF8.GetBytes(token)));
    }

    private static (RequestedAction? Asked, string? Problem) Parse(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 8 });
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("action", out JsonElement name)
                || name.ValueKind != JsonValueKind.String)
            {
                return (null, $"an action is a JSON object with \"action\": one of {Known}");
            }

            return name.GetString() switch
            {
                "stop" => (new RequestedAction(ActionKind.Stop), null),
                "save" => (new RequestedAction(ActionKind.Save), null),
                "halve" => (new RequestedAction(ActionKind.Halve), null),
                "rate" => Rate(root),
                "note" => Note(root),
                var other => (null, $"there is no action '{other}'; there are {Known}"),
            };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return (null, $"the body is not JSON: {exception.Message}");
        }
    }

    private static (RequestedAction?, string?) Rate(JsonElement root) =>
        root.TryGetProperty("value", out JsonElement value) && value.ValueKind == JsonValueKind.Number
        && value.TryGetDouble(out double rate) && rate > 0 && float.IsFinite((float)rate) && (float)rate > 0
            ? (new RequestedAction(ActionKind.Rate, rate), null)
            : (null, "\"value\" must be the learning rate to set: a number above 0 that float32 can represent");

    private static (RequestedAction?, string?) Note(JsonElement root) =>
        root.TryGetProperty("text", out JsonElement text) && text.ValueKind == JsonValueKind.String
        && text.GetString()!.Trim() is { Length: > 0 and <= MostNote } note
            ? (new RequestedAction(ActionKind.Note, Text: note), null)
            : (null, $"\"text\" must be a note of 1 to {MostNote} characters");
}
