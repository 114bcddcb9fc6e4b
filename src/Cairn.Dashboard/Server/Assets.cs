using System.Collections.Frozen;

namespace Cairn.Dashboard.Server;

/// <summary>The files of the page, which are in the assembly.</summary>
internal static class Assets
{
    private static readonly FrozenDictionary<string, (string Type, byte[] Content)> Files = new Dictionary<string, (string, byte[])>
    {
        ["/"] = Load("index.html", "text/html; charset=utf-8"),
        ["/style.css"] = Load("style.css", "text/css; charset=utf-8"),
        ["/uplot.css"] = Load("uplot.css", "text/css; charset=utf-8"),
        ["/icon.svg"] = Load("icon.svg", "image/svg+xml"),
        ["/uplot.license.txt"] = Load("uplot.license.txt", "text/plain; charset=utf-8"),
        ["/uplot.js"] = Load("uplot.js", "text/javascript; charset=utf-8"),
    }.Concat(Scripts.Select(name => KeyValuePair.Create("/" + name, Load(name, "text/javascript; charset=utf-8"))))
        .ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The scripts of the page, in the order in which they are run.</summary>
    public static IReadOnlyList<string> Scripts =>
        ["base.js", "model.js", "charts.js", "panels.js", "actions.js", "run.js", "runs.js", "main.js"];

    /// <summary>The file of an address, if there is one.</summary>
    public static bool TryGet(string path, out (string Type, byte[] Content) file) => Files.TryGetValue(path, out file);

    /// <summary>A file as text.</summary>
    public static string Text(string name) => System.Text.Encoding.UTF8.GetString(Load(name, "").Content);

    private static (string Type, byte[] Content) Load(string name, string type)
    {
        using Stream stream = typeof(Assets).Assembly.GetManifestResourceStream(name)!;
        byte[] content = new byte[stream.Length];
        stream.ReadExactly(content);
        return (type, content);
    }
}
