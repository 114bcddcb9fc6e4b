using System.Text.Json.Nodes;

namespace Cairn.EventFiles;

/// <summary>
/// The event files of one training as TensorBoard expects them: <c>train</c> and <c>validation</c> are two runs, so that their curves share
/// a chart; data about the whole training is in the parent folder. A file is created by the first <see cref="Flush"/> after data is written
/// to it.
/// </summary>
/// <param name="path">The folder; a relative path is resolved against the current directory now.</param>
/// <param name="clock">The source of the current time.</param>
internal sealed class EventFolder(string path, TimeProvider clock) : IDisposable
{
    private const string Training = "train";
    private const string Held = "validation";
    private const string Above = "";

    private readonly string folder = System.IO.Path.GetFullPath(path);
    private readonly Dictionary<string, EventFile> files = new(StringComparer.Ordinal);

    // One name for all runs, so that a resumed training also finds the file of a run that started after its state was saved.
    private string name = EventFile.NewName(clock);

    /// <summary>Training values.</summary>
    public EventFile Train => Run(Training);

    /// <summary>Validation values.</summary>
    public EventFile Validation => Run(Held);

    /// <summary>Data about the whole training.</summary>
    public EventFile Whole => Run(Above);

    /// <summary>Whether nothing has been written.</summary>
    public bool IsEmpty => files.Count == 0;

    /// <summary>Whether none of the files exists yet.</summary>
    public bool IsNew => !files.Values.Any(file => file.IsThere);

    /// <summary>The folder's full path.</summary>
    public string FullPath => folder;

    /// <summary>Flushes all files to the disk.</summary>
    public void FlushToDisk()
    {
        foreach (EventFile file in files.Values)
        {
            file.FlushToDisk();
        }
    }

    /// <summary>Drops the data that could not be written, if there is too much of it.</summary>
    /// <returns>The number of bytes lost.</returns>
    public long DropTooMuch() => files.Values.Sum(file => file.DropTooMuch());

    /// <summary>Drops the data that could not be written, so that closing the files does not try again.</summary>
    public void Abandon()
    {
        foreach (EventFile file in files.Values)
        {
            file.Abandon();
        }
    }

    /// <summary>Flushes all files, so that TensorBoard sees their data.</summary>
    public void Flush()
    {
        foreach (EventFile file in files.Values)
        {
            file.Flush();
        }
    }

    /// <summary>
    /// The name of the files and their lengths; the data up to these lengths must be on the disk. Files that do not exist yet are not
    /// created: if the state were lost, no run would continue them.
    /// </summary>
    /// <param name="isFailing">Whether the files can't be written now; if so, their current lengths are used.</param>
    public JsonObject State(bool isFailing = false)
    {
        var lengths = new JsonObject();
        foreach ((string run, EventFile file) in IsNew ? [] : files)
        {
            lengths[run] = isFailing ? file.WrittenLength : file.Length;
        }

        return new JsonObject { ["name"] = name, ["lengths"] = lengths };
    }

    /// <summary>
    /// Continues the files of a saved state; anything after the saved lengths is dropped, since it will be written again.
    /// </summary>
    /// <returns>The paths of files that are missing or shorter than saved; these are started over.</returns>
    public List<string> Continue(JsonObject state)
    {
        List<string> missing = [];

        // A state names files in this folder, never elsewhere.
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
