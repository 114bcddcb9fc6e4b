using System.Text.Json;
using Deque.AxeCore.Commons;

namespace Cairn.Dashboard.Tests;

/// <summary>Runs axe-core in the page.</summary>
internal static class Accessibility
{
    /// <summary>Findings that are serious or critical, by the rules of WCAG 2.2 A and AA and best practices.</summary>
    public static string[] SeriousFindings(Browser browser)
    {
        browser.Driver.Manage().Timeouts().AsynchronousJavaScript = TimeSpan.FromSeconds(30);
        browser.Driver.ExecuteScript(new BundledAxeScriptProvider().GetScript());
        object? found = browser.Driver.ExecuteAsyncScript(
            "const done = arguments[arguments.length - 1];"
            + "axe.run(document, { resultTypes: ['violations'] }).then(found => done(JSON.stringify(found.violations)), "
            + "problem => done(JSON.stringify([{ id: 'axe', impact: 'critical', help: String(problem), nodes: [] }])));");
        using var findings = JsonDocument.Parse((string)found!);
        return
        [
            .. findings.RootElement.EnumerateArray()
                .Where(one => one.GetProperty("impact").GetString() is "serious" or "critical")
                .Select(one => $"{one.GetProperty("id").GetString()}: {one.GetProperty("help").GetString()}: "
                    + string.Join("; ", one.GetProperty("nodes").EnumerateArray().Take(3)
                    .Select(node => node.GetProperty("html").GetString()))),
        ];
    }
}
