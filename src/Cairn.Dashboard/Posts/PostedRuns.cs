using System.Globalization;
using Cairn.Dashboard.Runs;

namespace Cairn.Dashboard.Posts;

/// <summary>The runs that other programs post to a page.</summary>
internal sealed class PostedRuns(RunCatalog catalog)
{
    private const int MostRuns = 200;
    private readonly Lock gate = new();
    private readonly OrderedDictionary<string, PostedRun> current = new(StringComparer.Ordinal);
    private readonly Queue<string> all = new();
    private readonly Dictionary<string, int> counts = new(StringComparer.Ordinal);
    private int made;

    /// <summary>Adds an epoch to the run of that name, or to a new run if its index repeats.</summary>
    public void Add(string name, EpochRow row)
    {
        lock (gate)
        {
            if (!current.TryGetValue(name, out PostedRun? run) || !run.Add(row))
            {
                if (run is not null)
                {
                    run.Log.Status = RunStatus.Recorded;
                }

                run = Begin(name);
                run.Add(row);
            }
        }

        catalog.Touch();
    }

    private PostedRun Begin(string name)
    {
        int count = counts[name] = counts.GetValueOrDefault(name) + 1;
        string id = string.Create(CultureInfo.InvariantCulture, $"posted-{++made}");
        var run = new PostedRun(id, count == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name} {count}"));
        current[name] = run;
        all.Enqueue(id);
        catalog.Add(run);
        if (all.Count > MostRuns)
        {
            Forget(all.Dequeue());
        }

        return run;
    }

    private void Forget(string id)
    {
        catalog.Remove(id);
        string? name = current.FirstOrDefault(pair => pair.Value.Id == id).Key;
        if (name is not null)
        {
            current.Remove(name);
            counts.Remove(name);
        }
    }
}
