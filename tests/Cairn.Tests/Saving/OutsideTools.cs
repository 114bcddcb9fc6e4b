using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Cairn.Tests.Saving;

/// <summary>h5py and h5dump, if installed (Debian: python3-h5py, hdf5-tools), to check the files that Cairn writes.</summary>
internal static class OutsideTools
{
    private const string Python = "/usr/bin/python3";

    // The contents as seen by h5py: groups, datasets with shape, type and sum, attributes as text; as in the reference inventories.
    private const string InventoryScript = """
        import h5py, io, json, sys, zipfile
        import numpy as np
        def text(v):
            if isinstance(v, str): return v
            if isinstance(v, bytes): return v.decode()
            return [q.decode() if isinstance(q, bytes) else q for q in np.asarray(v).ravel().tolist()]
        def inventory(f):
            items = [{"path": "/", "attrs": {k: text(v) for k, v in f.attrs.items()}}]
            def visit(name, o):
                item = {"path": name}
                if isinstance(o, h5py.Dataset):
                    item["shape"] = list(o.shape)
                    item["dtype"] = str(o.dtype)
                    item["sum"] = float(np.sum(o[()], dtype="float64"))
                if len(o.attrs): item["attrs"] = {k: text(v) for k, v in o.attrs.items()}
                items.append(item)
            f.visititems(visit)
            return items
        def content(path):
            return io.BytesIO(zipfile.ZipFile(path).read("model.weights.h5")) if path.endswith(".keras") else path
        print(json.dumps([inventory(h5py.File(content(path), "r")) for path in sys.argv[1:]]))
        """;

    private static readonly Lazy<bool> HasH5py = new(() => Run(Python, ["-c", "import h5py"]).Code == 0);

    private static readonly Lazy<bool> HasH5dump = new(() => Run("h5dump", ["--version"]).Code == 0);

    public static void RequireH5py() =>
        Assert.SkipUnless(HasH5py.Value, $"needs h5py for {Python} (Debian package python3-h5py)");

    public static void RequireH5dump() =>
        Assert.SkipUnless(HasH5dump.Value, "needs h5dump (Debian package hdf5-tools)");

    public static JsonArray Inventory(string path) => Inventories([path])[0];

    /// <summary>The same for several files; for an archive, of its weights.</summary>
    public static IReadOnlyList<JsonArray> Inventories(string[] paths) =>
        [.. JsonNode.Parse(RunPython(InventoryScript, paths))!.AsArray().Select(inventory => inventory!.AsArray())];

    public static string RunPython(string script, params string[] arguments) => Succeeded(Run(Python, ["-c", script, .. arguments]));

    public static string H5dump(params string[] arguments) => Succeeded(Run("h5dump", arguments));

    private static string Succeeded((int Code, string Output, string Error) result)
    {
        Assert.True(result.Code == 0, result.Error);
        return result.Output;
    }

    private static (int Code, string Output, string Error) Run(string program, string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            Task<string> error = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, error.Result);
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            return (-1, "", exception.Message);
        }
    }
}
