using System.Text;
using Cairn.Callbacks;
using Cairn.Saving;
using Cairn.Tests.Data;

namespace Cairn.Tests.Saving;

/// <summary>What has its name is nobody's: others open it while it is replaced, and several writers replace it at once.</summary>
public sealed class SharedFileTests
{
    private const int Opens = 5000;

    [Fact]
    public void Nobody_is_kept_out_of_a_file_that_has_just_got_its_name()
    {
        using var folder = new TemporaryFolder();
        var files = new Looking(folder["model.h5"]);
        FileSystem.Current = files;
        AtomicFile.Write(folder["model.h5"], Text("first"));
        AtomicFile.Write(folder["model.h5"], Text("second"));
        Assert.Equal(["first", "second"], files.Seen);
    }

    [Fact]
    public async Task Nobody_who_opens_a_file_while_it_is_saved_again_and_again_is_refused()
    {
        using var folder = new TemporaryFolder();
        FileSystem.Current = new FaultyFileSystem(0);
        string path = folder["model.h5"];
        AtomicFile.Write(path, Text("0"));
        using var stop = new CancellationTokenSource();
        Task<int> saving = Task.Run(() => SaveUntil(path, stop.Token), TestContext.Current.CancellationToken);
        for (int i = 0; i < Opens; i++)
        {
            // As h5py opens a file to write to it: with a lock of its own.
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

    private static int SaveUntil(string path, CancellationToken stop)
    {
        int saved = 0;
        while (!stop.IsCancellationRequested)
        {
            AtomicFile.Write(path, Text($"{++saved}"));
        }

        return saved;
    }

    private static Action<Stream> Text(string text) => stream => stream.Write(Encoding.UTF8.GetBytes(text));

    /// <summary>Opens the file, and lets nobody else in, in the instant between the rename and the end of the save.</summary>
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
