using System.Text;
using Cairn.Dashboard.Posts;
using Cairn.Dashboard.Runs;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Cairn.Dashboard.Server;

/// <summary>
/// Epochs that other programs post, in the forms of Keras' <c>RemoteMonitor</c>: a form with one JSON field, or JSON. They only add
/// displayed data and do not affect trainings, so a page that is reachable from this machine only accepts them without the token.
/// </summary>
internal sealed class EpochPosts(DashboardServer server)
{
    private const int MostName = 100;
    private const string DefaultName = "posted run";
    private readonly PostedRuns runs = new(server.Runs);

    public async Task Post(HttpContext context)
    {
        if (!server.IsLoopback && !ActionPosts.HasToken(context.Request, server.Token))
        {
            await Answer.Refuse(context, StatusCodes.Status401Unauthorized,
                $"a page that is reachable from other machines requires its token in the header {ActionPosts.TokenHeader}");
            return;
        }

        string name = context.Request.Query["run"].ToString().Trim() is { Length: > 0 } asked ? asked : DefaultName;
        if (name.Length > MostName || name.Any(char.IsControl))
        {
            await Answer.Refuse(context, StatusCodes.Status400BadRequest,
                $"run must have at most {MostName} characters, all of them printable");
            return;
        }

        string type = context.Request.ContentType ?? "";
        bool isForm = type.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase);
        if (!isForm && !type.StartsWith("application/json", StringComparison.OrdinalIgnoreCase))
        {
            await Answer.Refuse(context, StatusCodes.Status415UnsupportedMediaType,
                "an epoch is sent as application/json, or as application/x-www-form-urlencoded with JSON in its field");
            return;
        }

        string body = Encoding.UTF8.GetString(await RequestBody.Read(context.Request, RequestBody.MostBytes, context.RequestAborted));
        (EpochRow? row, string? problem) = EpochMessage.Parse(isForm ? Field(body) : body);
        if (row is null)
        {
            await Answer.Refuse(context, StatusCodes.Status400BadRequest, problem!);
            return;
        }

        runs.Add(name, row);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    // Keras names the field "data"; programs may use another name.
    private static string Field(string body)
    {
        Dictionary<string, Microsoft.Extensions.Primitives.StringValues> fields = QueryHelpers.ParseQuery(body);
        return fields.TryGetValue("data", out Microsoft.Extensions.Primitives.StringValues data) ? data.ToString()
            : fields.Count == 1 ? fields.Values.First().ToString() : "";
    }
}
