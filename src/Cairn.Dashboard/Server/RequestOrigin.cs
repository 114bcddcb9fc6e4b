using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Cairn.Dashboard.Server;

/// <summary>
/// Refuses requests that another page in the browser makes: with the name of another host (DNS rebinding), from another origin, or as part
/// of another site.
/// </summary>
internal static class RequestOrigin
{
    /// <summary>Why a request is refused; null if it is not.</summary>
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

        // Browsers say where a request comes from. Opening the page by a link is fine, reading or posting from elsewhere is not.
        string site = request.Headers["Sec-Fetch-Site"].ToString();
        return site is "" or "same-origin" or "none" || (request.Path == "/" && request.Headers["Sec-Fetch-Mode"] == "navigate")
            ? null
            : "the request comes from another site";
    }

    // An IP address can't be made to name another machine, as a name can.
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
