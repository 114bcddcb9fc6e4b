using System.Text.Json.Nodes;

namespace Cairn.EventFiles;

/// <summary>
/// The event files of one training as TensorBoard wants them: <c>train</c> and <c>validation</c> are two runs, so that their curves share
/// a diagram, and what is about the whole training lies above them. A file is made with the first <see cref="Flush"/> after something is written to it.
/// </summary>
internal sealed class EventFolder(string folder, TimeProvider clock) : IDisposable
{
    private const string Training = "train";
    private const string Held = "validation";
    private const string Above = "";

    private readonly Dictionary<string, EventFile> files = new(StringComparer.Ordinal);

    // One for all runs, so that a training that goes on also finds the file of a run that began after its state was saved.
    private string name = EventFile.NewName(clock);

    /// <summary>What is measured while training.</summary>
    public EventFile Train => Run(Training);

    /// <summary>What is measured on other data.</summary>
    public EventFile Validation => Run(Held);

    /// <summary>What is about the whole training.</summary>
    public EventFile Whole => Run(Above);

    /// <summary>Whether nothing has been written.</summary>
    public bool IsEmpty => files.Count == 0;

    /// <summary>Lets TensorBoard see everything.</summary>
    public void Flush()
    {
        foreach (EventFile file in files.Values)
        {
            file.Flush();
        }
    }

    /// <summary>
    /// The name of the files and the length of each, once everything up to there is on the disk. Where no file is there yet, none is made: a state that
    /// is lost would leave it behind, as one that nobody goes on with.
    /// </summary>
    public JsonObject State()
    {
        var lengths = new JsonObject();
        foreach ((string run, EventFile file) in files.Values.Any(file => file.IsThere) ? files : [])
        {
            file.FlushToDisk();
            lengths[run] = file.Length;
        }

        return new JsonObject { ["name"] = name, ["lengths"] = lengths };
    }

    /// <summary>Goes on with the files of a state; what they hold beyond it is dropped, since it will be written again.</summary>
    /// <returns>The paths of those that are not there any more, or not as long as they were; they begin anew.</returns>
    public List<string> Continue(JsonObject state)
    {
        List<string> missing = [];

        // A state says which files of the folder, never some elsewhere.
        if (Path.GetFileName(state["name"]?.GetValue<string>()) is not { Length: > 0 } saved)
        {
            return missing;
        }

        name = saved;
        foreach ((string run, JsonNode? length) in state["lengths"]?.AsObject() ?? [])
        {
            if (run is not (Training or Held or Above))
            {
                continue;
            }

            string path = Path.Combine(folder, run, name);
            if (EventFile.Continue(path, length?.GetValue<long>() ?? 0, clock) is { } file)
            {
                files[run] = file;
            }
            else
            {
                missing.Add(path);
            }
        }

        return missing;
    }

    public void Dispose()
    {
        foreach (EventFile file in files.Values)
        {
            file.Dispose();
        }

        files.Clear();
    }

    private EventFile Run(string run) =>
        files.TryGetValue(run, out EventFile? file) ? file : files[run] = EventFile.Create(Path.Combine(folder, run, name), clock);
}
