using System.Text;
using Cairn.Callbacks;
using Cairn.Saving;
using Cairn.Tests.Data;

namespace Cairn.Tests.Saving;

/// <summary>A finished file has no lock: other programs open it while it is replaced, and several writers replace it at the same
/// time.</summary>
public sealed class SharedFileTests
{
    private const int Opens = 5000;

    [Fact]
    public void A_file_can_be_opened_immediately_after_its_rename()
    {
        using var folder = new TemporaryFolder();
        var files = new Looking(folder["model.h5"]);
        FileSystem.Current = files;
        AtomicFile.Write(folder["model.h5"], Text("first"));
        AtomicFile.Write(folder["model.h5"], Text("second"));
        Assert.Equal(["first", "second"], files.Seen);
    }

    [Fact]
    public async Task A_file_can_be_opened_at_any_time_while_it_is_saved_repeatedly()
    {
        using var folder = new TemporaryFolder();
        FileSystem.Current = new FaultyFileSystem(0);
        string path = folder["model.h5"];
        AtomicFile.Write(path, Text("0"));
        using var stop = new CancellationTokenSource();
        using var saved = new CountdownEvent(1);
        Task<int> saving = Task.Run(() => SaveUntil(path, saved, stop.Token), TestContext.Current.CancellationToken);
        saved.Wait(TestContext.Current.CancellationToken);
        for (int i = 0; i < Opens; i++)
        {
            // As h5py opens a file for writing: with its own lock.
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            Assert.NotEqual(0, file.Length);
        }

        stop.Cancel();
        Assert.True(await saving > 0);
    }

    [Fact]
    public async Task Three_writers_of_one_path_lose_nothing_to_each_other()
    {
        using var folder = new TemporaryFolder();
        FileSystem.Current = new FaultyFileSystem(0);
        string path = folder["model.h5"];
        await Task.WhenAll(Enumerable.Range(0, 3).Select(writer => Task.Run(
            () =>
            {
                for (int i = 0; i < 1000; i++)
                {
                    AtomicFile.Write(path, Text($"{writer} {i}"));
                }
            },
            TestContext.Current.CancellationToken)));
        Assert.EndsWith(" 999", File.ReadAllText(path));
        Assert.Single(Directory.GetFileSystemEntries(folder.Folder));
    }

    [Fact]
    public void Rows_of_a_log_and_events_can_be_read_with_any_lock_while_a_training_writes_them()
    {
        using var folder = new TemporaryFolder();
        int opened = 0;
        var reader = new LambdaCallback(onEpochEnd: (_, _) =>
        {
            foreach (string file in Directory.EnumerateFiles(folder.Folder, "*", SearchOption.AllDirectories))
            {
                using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
                opened++;
            }
        });
        using Sequential model = SmallData.Model();
        model.Fit(
            SmallData.X, SmallData.Y, epochs: 3, verbose: 0, validationSplit: 0.2,
            callbacks: [new CSVLogger(folder["log.csv"]), new TensorBoard(folder["events"]), reader]);
        Assert.Equal(3 * 4, opened);
    }

    [Fact]
    public async Task H5py_opens_a_model_at_any_instant_of_a_save_loop()
    {
        OutsideTools.RequireH5py();
        using var folder = new TemporaryFolder();
        string path = folder["model.h5"];
        using Sequential model = SmallData.Model();
        model.Save(path);
        using var stop = new CancellationTokenSource();
        var saving = Task.Run(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    model.Save(path);
                }
            },
            TestContext.Current.CancellationToken);
        string refused = OutsideTools.RunPython(
            """
            import h5py, sys
            refused = 0
            for i in range(5000):
                try:
                    with h5py.File(sys.argv[1], "r") as f: f["model_weights"]
                except OSError: refused += 1
            print(refused)
            """,
            path);
        stop.Cancel();
        await saving;
        Assert.Equal("0", refused.Trim());
    }

    private static int SaveUntil(string path, CountdownEvent first, CancellationToken stop)
    {
        int saved = 0;
        while (!stop.IsCancellationRequested)
        {
            AtomicFile.Write(path, Text($"{++saved}"));
            if (saved == 1)
            {
                first.Signal();
            }
        }

        return saved;
    }

    private static Action<Stream> Text(string text) => stream => stream.Write(Encoding.UTF8.GetBytes(text));

    /// <summary>Opens the file exclusively between the rename and the end of the save.</summary>
    private sealed class Looking(string path) : FileSystem
    {
        public List<string> Seen { get; } = [];

        protected override void SyncFolder(string folder)
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            Seen.Add(new StreamReader(file).ReadToEnd());
        }
    }
}
