using Cairn.Dashboard.Runs;

namespace Cairn.Dashboard.Folders;

/// <summary>Keeps the runs of a folder in the table up to date while it is open.</summary>
internal sealed class RunFolder : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private readonly string root;
    private readonly RunCatalog catalog;
    private readonly Dictionary<string, FolderRun> runs = new(StringComparer.Ordinal);
    private readonly RunSearch search;
    private readonly CancellationTokenSource ending = new();
    private Task watching = Task.CompletedTask;

    private RunFolder(string root, RunCatalog catalog) => (this.root, this.catalog, search) = (root, catalog, new RunSearch(root));

    /// <summary>Reads all runs of a folder, and watches it for changes.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static RunFolder Open(string folder, RunCatalog catalog)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"There is no folder '{folder}'.");
        }

        var opened = new RunFolder(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)), catalog);
        opened.Look();
        opened.watching = Task.Run(opened.Watch);
        return opened;
    }

    public void Dispose()
    {
        ending.Cancel();
        watching.Wait();
        ending.Dispose();
    }

    private async Task Watch()
    {
        while (!ending.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Pause, ending.Token);
                Look();
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // A file or folder was deleted while it was read.
            }
        }
    }

    private void Look()
    {
        List<FoundRun> found = search.Find();
        var changed = new List<(string Id, FoundRun Found)>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (FoundRun run in found)
        {
            string id = FolderRun.IdOf(root, run);
            ids.Add(id);
            if (!runs.TryGetValue(id, out FolderRun? before) || before.HasChanged(run))
            {
                changed.Add((id, run));
            }
        }

        // In parallel, because reading is most of the time that the page takes to open.
        var read = new FolderRun[changed.Count];
        Parallel.For(0, read.Length, index => read[index] = Read(changed[index].Id, changed[index].Found));
        foreach (string gone in runs.Keys.Where(id => !ids.Contains(id)).ToArray())
        {
            runs.Remove(gone);
            catalog.Remove(gone);
        }

        foreach (FolderRun run in read)
        {
            runs[run.Id] = run;
            catalog.Add(run);
        }
    }

    private FolderRun Read(string id, FoundRun found)
    {
        if (!runs.TryGetValue(id, out FolderRun? before))
        {
            return FolderRun.Load(root, found);
        }

        before.Reload(found);
        return before;
    }
}
