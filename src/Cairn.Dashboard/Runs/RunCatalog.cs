namespace Cairn.Dashboard.Runs;

/// <summary>All runs of a page.</summary>
internal sealed class RunCatalog
{
    private readonly Lock gate = new();
    private readonly OrderedDictionary<string, IDashboardRun> runs = new(StringComparer.Ordinal);
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long version;

    /// <summary>The runs, in the order in which they came.</summary>
    public IDashboardRun[] All
    {
        get
        {
            lock (gate)
            {
                return [.. runs.Values];
            }
        }
    }

    /// <summary>The number of changes so far.</summary>
    public long Version
    {
        get
        {
            lock (gate)
            {
                return version;
            }
        }
    }

    /// <summary>Completes at the next change of a row.</summary>
    /// <param name="seen">The version that is known.</param>
    public Task Changed(long seen)
    {
        lock (gate)
        {
            return version > seen ? Task.CompletedTask : changed.Task;
        }
    }

    /// <summary>Finds a run; null if there is none.</summary>
    public IDashboardRun? Find(string id)
    {
        lock (gate)
        {
            return runs.GetValueOrDefault(id);
        }
    }

    /// <summary>Adds a run, or replaces one.</summary>
    public void Add(IDashboardRun run)
    {
        lock (gate)
        {
            runs[run.Id] = run;
            Signal();
        }
    }

    /// <summary>Removes a run.</summary>
    public void Remove(string id)
    {
        lock (gate)
        {
            if (runs.Remove(id))
            {
                Signal();
            }
        }
    }

    /// <summary>Removes the oldest of some runs.</summary>
    /// <param name="which">The runs, in any state.</param>
    /// <param name="most">How many of them are kept.</param>
    public void Forget(Predicate<IDashboardRun> which, int most)
    {
        lock (gate)
        {
            IDashboardRun[] some = [.. runs.Values.Where(run => which(run))];
            for (int i = 0; i < some.Length - most; i++)
            {
                runs.Remove(some[i].Id);
                Signal();
            }
        }
    }

    /// <summary>Notifies the viewers that a row changed.</summary>
    public void Touch()
    {
        lock (gate)
        {
            Signal();
        }
    }

    private void Signal()
    {
        version++;
        TaskCompletionSource waiting = changed;
        changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        waiting.SetResult();
    }
}
