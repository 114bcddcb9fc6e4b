using System.Net;
using System.Security.Cryptography;
using System.Text;
using Cairn.Dashboard.Runs;
using Cairn.Dashboard.Server;

namespace Cairn.Dashboard.Reports;

/// <summary>The page of a run as one file: scripts and styles, which its content policy allows by their hashes, and values.</summary>
internal static class ReportPage
{
    /// <summary>The HTML of a report.</summary>
    public static string Of(RunLog run)
    {
        string styles = Assets.Text("uplot.css") + Assets.Text("style.css");

        // The data can't contain anything that ends the script element early.
        string scripts = string.Join('\n', Assets.Scripts.Prepend("uplot.js").Select(Assets.Text));
        string license = Assets.Text("uplot.license.txt").Replace("--", "- -", StringComparison.Ordinal);
        string values = Encoding.UTF8.GetString(run.Since(RunCursor.Start).Message)
            .Replace("<", "\\u003c", StringComparison.Ordinal)
            .Replace("\u2028", "\\u2028", StringComparison.Ordinal)
            .Replace("\u2029", "\\u2029", StringComparison.Ordinal);
        return $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src '{Hash(scripts)}'; style-src '{Hash(styles)}'; base-uri 'none'; form-action 'none'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>{WebUtility.HtmlEncode(run.Name)}</title>
            <!-- Written by Cairn. The curves are drawn by uPlot:
            {license}-->
            <style>{styles}</style>
            </head>
            <body>
            <main id="main" tabindex="-1"><noscript><p>The curves need JavaScript.</p></noscript></main>
            <div id="announcer" class="unseen" aria-live="polite"></div>
            <script type="application/json" id="report">{values}</script>
            <script>{scripts}</script>
            </body>
            </html>

            """;
    }

    private static string Hash(string content) => $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(content)))}";
}
