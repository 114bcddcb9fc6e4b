using System.Globalization;
using Cairn.Dashboard.Runs;
using Microsoft.AspNetCore.Http;

namespace Cairn.Dashboard.Server;

/// <summary>Files and images of a run. They are requested by number; no path is ever taken from a request.</summary>
internal static class Downloads
{
    private const int Piece = 1 << 16;

    /// <summary>The file that an event names.</summary>
    public static async Task File(HttpContext context, IDashboardRun run, string index)
    {
        if (!int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || run.FileOf(number) is not { } path)
        {
            await Answer.Refuse(context, StatusCodes.Status404NotFound, "there is no such file of this run");
            return;
        }

        await using var file = new FileStream(path, new FileStreamOptions
        {
            Access = FileAccess.Read,
            Share = FileShare.ReadWrite | FileShare.Delete,
            Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
        });
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = file.Length;
        context.Response.Headers.ContentDisposition =
            $"attachment; filename*=UTF-8''{Uri.EscapeDataString(Path.GetFileName(path))}";
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await file.CopyToAsync(context.Response.Body, Piece, context.RequestAborted);
        }
    }

    /// <summary>An image of a panel.</summary>
    public static Task Image(HttpContext context, IDashboardRun run, string version, string index)
    {
        RunPanel? panel = long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out long of)
            ? run.Open().PanelOf(of) : null;
        if (panel is null || !int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            || number >= panel.Images.Count)
        {
            return Answer.Refuse(context, StatusCodes.Status404NotFound, "there is no such image, or it was replaced");
        }

        byte[] image = panel.Images[number];
        return Answer.Bytes(context, ImageKind.Of(image) ?? "application/octet-stream", image);
    }
}
