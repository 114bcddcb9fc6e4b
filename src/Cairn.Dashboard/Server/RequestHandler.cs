using Cairn.Saving;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Cairn.Dashboard.Server;

/// <summary>Handles requests. A failing request never affects the training; the failure is the response.</summary>
internal sealed class RequestHandler(DashboardServer server) : IHttpApplication<HttpContext>
{
    private readonly Routes routes = new(server);

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    public async Task ProcessRequestAsync(HttpContext context)
    {
        try
        {
            SecurityHeaders.Add(context.Response.Headers);
            if (RequestOrigin.Refuse(context.Request, server) is { } reason)
            {
                await Answer.Refuse(context, StatusCodes.Status403Forbidden, reason);
                return;
            }

            await routes.Run(context);
        }
        catch (BadHttpRequestException exception)
        {
            await TryRefuse(context, exception.StatusCode, exception.Message);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ConnectionAbortedException or ConnectionResetException)
        {
            // The viewer disconnected, or the page was closed.
            context.Abort();
        }
        catch (Exception exception) when (exception is ModelFormatException or IOException or UnauthorizedAccessException)
        {
            // The files of a run are damaged or deleted.
            await TryRefuse(context, StatusCodes.Status422UnprocessableEntity, exception.Message);
        }
        catch (Exception exception)
        {
            await TryRefuse(context, StatusCodes.Status500InternalServerError, exception.Message);
        }
    }

    private static async Task TryRefuse(HttpContext context, int status, string reason)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        await Answer.Refuse(context, status, reason);
    }
}
