using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Cairn.Dashboard.Server;

/// <summary>Writes responses.</summary>
internal static class Answer
{
    /// <summary>Writes an error with its reason, as JSON.</summary>
    public static Task Refuse(HttpContext context, int status, string reason)
    {
        context.Response.StatusCode = status;
        if (status == StatusCodes.Status413PayloadTooLarge)
        {
            // The rest of the body is not read, so the client must not use the connection again.
            context.Response.Headers.Connection = "close";
        }

        return Json(context, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("error", reason);
            writer.WriteEndObject();
        });
    }

    /// <summary>JSON.</summary>
    public static Task Json(HttpContext context, Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            write(writer);
        }

        return Bytes(context, "application/json", buffer.ToArray());
    }

    /// <summary>A whole answer.</summary>
    public static async Task Bytes(HttpContext context, string type, ReadOnlyMemory<byte> bytes)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
        }
    }
}
