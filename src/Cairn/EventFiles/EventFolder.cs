using System.Text.Json.Nodes;

namespace Cairn.EventFiles;

/// <summary>
/// The event files of one training as TensorBoard wants them: <c>train</c> and <c>validation</c> are two runs, so that their curves share
/// a diagram, and what is about the whole training lies above them. A file is made when something is written to it.
/// </summary>
internal sealed class EventFolder(string folder, TimeProvider clock) : IDisposable
{
    private readonly Dictionary<string, EventFile> files = new(StringComparer.Ordinal);

    /// <summary>What is measured while training.</summary>
    public EventFile Train => Run("train");

    /// <summary>What is measured on other data.</summary>
    public EventFile Validation => Run("validation");

    /// <summary>What is about the whole training.</summary>
    public EventFile Whole => Run("");

    /// <summary>Lets TensorBoard see everything.</summary>
    public void Flush()
    {
        foreach (EventFile file in files.Values) file.Flush();
    }

    /// <summary>Name and length of each file, once everything up to there is on the disk.</summary>
    public JsonObject State()
    {
        var state = new JsonObject();
        foreach ((string run, EventFile file) in files)
        {
            file.FlushToDisk();
            state[run] = new JsonObject { ["name"] = Path.GetFileName(file.Path), ["length"] = file.Length };
        }

        return state;
    }

    /// <summary>Goes on with the files of a state; what they hold beyond it is dropped, since it will be written again.</summary>
    /// <returns>The names of those that are not there any more, or not as long as they were.</returns>
    public List<string> Continue(JsonObject state)
    {
        List<string> missing = [];
        foreach ((string run, JsonNode? node) in state)
        {
            // A state says which file of the folder, never one elsewhere.
            string name = Path.GetFileName(node?["name"]?.GetValue<string>() ?? "");
            long length = node?["length"]?.GetValue<long>() ?? 0;
            if (run is not ("train" or "validation" or "") || files.ContainsKey(run)) continue;
            if (EventFile.Continue(Path.Combine(folder, run, name), length, clock) is { } file) files[run] = file;
            else missing.Add(Path.Combine(run, name));
        }

        return missing;
    }

    public void Dispose()
    {
        foreach (EventFile file in files.Values) file.Dispose();
        files.Clear();
    }

    private EventFile Run(string run) =>
        files.TryGetValue(run, out EventFile? file) ? file : files[run] = EventFile.Create(Path.Combine(folder, run), clock);
}
