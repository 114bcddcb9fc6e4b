using Microsoft.AspNetCore.Http;

namespace Cairn.Dashboard.Server;

/// <summary>The security headers of every response.</summary>
internal static class SecurityHeaders
{
    /// <summary>Scripts, styles, images and data of the page itself, and nothing else; no frames, no forms.</summary>
    public const string ContentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void Add(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers.CacheControl = "no-store";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }
}
