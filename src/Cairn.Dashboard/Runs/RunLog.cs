using Cairn.Callbacks;

namespace Cairn.Dashboard.Runs;

/// <summary>The values and events of one run in memory. One thread trains and adds; any number of others read.</summary>
internal sealed partial class RunLog
{
    private const int MostBatches = 4096;
    private const int MostEvents = 20_000;
    private const int MostPanels = 64;
    private const int MostReplaced = 8;

    private readonly Lock gate = new();
    private readonly List<BatchRow> batches = [];
    private readonly List<EpochRow> epochs = [];
    private readonly List<TrainingEvent> events = [];
    private readonly OrderedDictionary<string, RunPanel> panels = new(StringComparer.Ordinal);
    private readonly Queue<RunPanel> replaced = new();
    private readonly RunValues values = new();
    private RunDescription description = RunDescription.Empty;
    private RunProgress progress = new();
    private RunStatus status;
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long life = DateTime.UtcNow.Ticks;
    private RunSummary? summary;
    private long version;
    private long summarized;
    private long number;
    private long panelVersion;
    private long aboutVersion;

    /// <summary>Creates an empty run.</summary>
    /// <param name="id">Its name in addresses: letters, digits and hyphens.</param>
    /// <param name="name">The display name.</param>
    /// <param name="source">Where it comes from, such as <c>live</c>.</param>
    public RunLog(string id, string name, string source) => (Id, Name, Source) = (id, name, source);

    /// <summary>The name in addresses.</summary>
    public string Id { get; }

    /// <summary>The display name.</summary>
    public string Name { get; }

    /// <summary>Where the run comes from.</summary>
    public string Source { get; }

    /// <summary>When it last changed.</summary>
    public DateTimeOffset Updated { get; private set; } = DateTimeOffset.UtcNow;

    /// <summary>What the run is doing.</summary>
    public RunStatus Status
    {
        get => Read(() => status);
        set => Change(() => status = value);
    }

    /// <summary>Where the run is.</summary>
    public RunProgress Progress
    {
        get => Read(() => progress);
        set => Change(() => progress = value);
    }

    /// <summary>Settings and model.</summary>
    public RunDescription Description
    {
        get => Read(() => description);
        set => Change(() => (description, aboutVersion) = (value, ReferenceEquals(value, description) ? aboutVersion : aboutVersion + 1));
    }

    /// <summary>The number of changes so far.</summary>
    public long Version => Read(() => version);

    /// <summary>The epochs so far.</summary>
    public EpochRow[] Epochs => Read(() => epochs.ToArray());

    /// <summary>The events so far.</summary>
    public TrainingEvent[] Events => Read(() => events.ToArray());

    /// <summary>A panel in one of its last versions, as a page may still be loading its images; null if there is none.</summary>
    public RunPanel? PanelOf(long panel) =>
        Read(() => panels.Values.Concat(replaced).FirstOrDefault(one => one.Version == panel));

    /// <summary>Completes at the next change.</summary>
    /// <param name="seen">The version that is known; completed at once if there is a newer one.</param>
    public Task Changed(long seen) => Read(() => version > seen ? Task.CompletedTask : changed.Task);

    /// <summary>Adds the values of a batch. Beyond a limit every second one of the older values is dropped.</summary>
    public void Add(int epoch, int batch, IReadOnlyList<KeyValuePair<string, double>> values, RunProgress now) => Change(() =>
    {
        batches.Add(new BatchRow(number++, epoch, batch, values));
        progress = now;
        if (batches.Count > MostBatches)
        {
            int kept = 0;
            for (int i = 0; i < batches.Count; i++)
            {
                if (i % 2 == 1 || i == batches.Count - 1)
                {
                    batches[kept++] = batches[i];
                }
            }

            batches.RemoveRange(kept, batches.Count - kept);
        }
    });

    /// <summary>Adds the new entries of a history. A history that was reset replaces everything.</summary>
    public void Follow(History history)
    {
        lock (gate)
        {
            bool begunAgain = history.Epochs.Count < epochs.Count || (events.Count < MostEvents && history.Events.Count < events.Count)
                || (epochs.Count > 0 && history.Epochs[epochs.Count - 1] != epochs[^1].Epoch);
            if (begunAgain)
            {
                Clear();
            }

            if (history.Epochs.Count == epochs.Count && (history.Events.Count == events.Count || events.Count >= MostEvents))
            {
                return;
            }

            AddEpochs(history);
            events.AddRange(history.Events.Skip(events.Count).Take(MostEvents - events.Count));
            Signal();
        }
    }

    /// <summary>Adds an epoch that another program sends.</summary>
    public void Add(EpochRow row) => Change(() => epochs.Add(row));

    /// <summary>Shows a panel, in place of one with the same title.</summary>
    public void Show(string title, string kind, System.Text.Json.Nodes.JsonNode content, IReadOnlyList<byte[]> images) => Change(() =>
    {
        if (panels.Count >= MostPanels && !panels.ContainsKey(title))
        {
            panels.RemoveAt(0);
        }

        if (images.Count > 0 && panels.TryGetValue(title, out RunPanel? before))
        {
            replaced.Enqueue(before);
            if (replaced.Count > MostReplaced)
            {
                replaced.Dequeue();
            }
        }

        panels[title] = new RunPanel(title, kind, ++panelVersion, content, images);
    });

    /// <summary>The row in the table of runs.</summary>
    public RunSummary Summarize() => Read(() => Summary);

    /// <summary>Clears everything: the run starts over.</summary>
    public void Restart() => Change(Clear);

    // One summary for each version of the run, however many pages ask for it.
    private RunSummary Summary
    {
        get
        {
            if (summary is null || summarized != version)
            {
                summarized = version;
                summary = new RunSummary
                {
                    Id = Id,
                    Name = Name,
                    Source = Source,
                    Status = status,
                    Updated = Updated,
                    EpochCount = epochs.Count,
                    EventCount = events.Count,
                    Epochs = progress.Epochs,
                    Seconds = progress.Seconds,
                    Values = values.Of(epochs, description),
                    Settings = description.Settings,
                    Tags = description.Tags,
                };
            }

            return summary;
        }
    }

    private void Clear()
    {
        batches.Clear();
        epochs.Clear();
        events.Clear();
        values.Clear();
        life++;
    }

    private void AddEpochs(History history)
    {
        int first = epochs.Count;
        if (history.Epochs.Count == first)
        {
            return;
        }

        (string Name, double?[] Column)[] columns = [.. history.Keys.Select(name => (name, history.ColumnWithGaps(name)))];
        for (int row = first; row < history.Epochs.Count; row++)
        {
            var values = new List<KeyValuePair<string, double>>(columns.Length);
            foreach ((string name, double?[] column) in columns)
            {
                if (column[row] is { } value)
                {
                    values.Add(new(name, value));
                }
            }

            epochs.Add(new EpochRow(history.Epochs[row], values));
        }
    }

    private T Read<T>(Func<T> read)
    {
        lock (gate)
        {
            return read();
        }
    }

    private void Change(Action change)
    {
        lock (gate)
        {
            change();
            Signal();
        }
    }

    private void Signal()
    {
        version++;
        Updated = DateTimeOffset.UtcNow;
        TaskCompletionSource waiting = changed;
        changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        waiting.SetResult();
    }
}
