using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Cairn.Dashboard.Server;

/// <summary>
/// Rejects requests of other pages in the browser: with another host name (DNS rebinding), from another origin, or from another site.
/// </summary>
internal static class RequestOrigin
{
    /// <summary>The reason for rejecting a request; null if it is accepted.</summary>
    public static string? Refuse(HttpRequest request, DashboardServer server)
    {
        string name = request.Host.Host;
        if (!IsOwn(name, server.IsLoopback))
        {
            return $"the page is not served under the host name '{name}'";
        }

        StringValues origins = request.Headers.Origin;
        if (origins.Count > 0 && (origins.Count > 1 || origins[0] != $"{request.Scheme}://{request.Host.Value}"))
        {
            return "the request comes from another origin";
        }

        // Browsers send the origin of a request. Opening the page by a link is allowed; reading or posting from other sites is not.
        string site = request.Headers["Sec-Fetch-Site"].ToString();
        return site is "" or "same-origin" or "none" || (request.Path == "/" && request.Headers["Sec-Fetch-Mode"] == "navigate")
            ? null
            : "the request comes from another site";
    }

    // Unlike a host name, an IP address can't be redirected to another machine.
    private static bool IsOwn(string name, bool isLoopback)
    {
        string bare = name.StartsWith('[') && name.EndsWith(']') ? name[1..^1] : name;
        if (IPAddress.TryParse(bare, out IPAddress? address))
        {
            return !isLoopback || IPAddress.IsLoopback(address);
        }

        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (!isLoopback && name.Equals(Dns.GetHostName(), StringComparison.OrdinalIgnoreCase));
    }
}
