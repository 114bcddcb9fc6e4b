using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Callbacks;
using Cairn.Dashboard.Folders;
using Cairn.Dashboard.Runs;
using Cairn.EventFiles;
using Cairn.EventFiles.Messages;
using Cairn.Saving.Runs;

namespace Cairn.Dashboard.Tests;

/// <summary>The runs of a folder, whoever wrote them.</summary>
public sealed class FolderTests
{
    [Fact]
    public void Histories_logs_event_files_and_backups_are_runs_with_their_values_and_settings()
    {
        using var folder = new TemporaryFolder();
        History history;
        using (Sequential model = SmallTraining.Model())
        {
            history = model.Train([new TensorBoard(folder["board"]), new CSVLogger(folder["log.csv"]),
                new ReduceLROnPlateau(patience: 1, minDelta: 10)]);
            history.Save(folder["a.json"]);
            history.Save(folder["b.csv"]);
        }

        // Keras' CSVLogger(separator=";"), and with a model without validation.
        File.WriteAllText(folder["keras.csv"], "epoch;accuracy;loss\r\n0;0.5;1.25\r\n1;0.75;nan\r\n");
        File.WriteAllText(folder["data.csv"], "sepal,petal\n1,2\n");
        File.WriteAllText(folder["package.json"], "{\"name\": \"x\"}");
        File.WriteAllText(folder["c.json"], "{\"metrics\": {\"loss\": [1, 2]}, \"epochs\": [0]}");
        Dictionary<string, RunSummary> runs = Read(folder.Folder).ToDictionary(run => run.Summary.Name, run => run.Summary);

        Assert.Equal(["a.json", "b.csv", "board", "c.json", "keras.csv", "log.csv"], runs.Keys.Order(StringComparer.Ordinal));
        foreach (string name in (string[])["a.json", "b.csv", "board", "log.csv"])
        {
            // Event files have 32-bit floats.
            double tolerance = name == "board" ? 1e-6 : 0;
            Assert.Equal(3, runs[name].EpochCount);
            Assert.Equal(history["val_loss"].Min(), runs[name].Values["val_loss"].Best!.Value, tolerance);
            Assert.Equal(history["loss"][^1], runs[name].Values["loss"].Last, tolerance);
        }

        Assert.Equal(history.Events.Count, runs["b.csv"].EventCount);
        Assert.Equal(("SGD", "8"), (runs["a.json"].Settings["optimizer"], runs["a.json"].Settings["batch_size"]));
        Assert.Equal("SGD", runs["board"].Settings["optimizer"]);
        Assert.True(runs["board"].Seconds > 0);
        Assert.Equal((1.25, 1, 0.75), (runs["keras.csv"].Values["loss"].Best!.Value, runs["keras.csv"].Values["accuracy"].BestEpoch,
            runs["keras.csv"].Values["accuracy"].Best!.Value));
        Assert.Contains("2 values for 1 epochs", runs["c.json"].Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_backup_is_a_run_with_the_history_so_far()
    {
        using var folder = new TemporaryFolder();
        using var cancel = new CancellationTokenSource();
        using Sequential model = SmallTraining.Model();
        History history = model.Train([new BackupAndRestore(folder["backup"]), new At(2, 3, cancel.Cancel)], epochs: 9, cancel.Token);

        FolderRun run = Assert.Single(Read(folder.Folder));
        Assert.Equal(("backup", 2), (run.Summary.Name, run.Summary.EpochCount));
        Assert.Equal(history["val_loss"], run.Open().Epochs.Select(row => row.Values.Single(value => value.Key == "val_loss").Value));
        Assert.Equal("SGD", run.Summary.Settings["optimizer"]);
    }

    [Theory]
    [InlineData("[0, 1]", true)]
    [InlineData("[0, 2]", false)]
    [InlineData("[1, 0]", false)]
    [InlineData("[0]", false)]
    [InlineData("[-1, 0]", false)]
    [InlineData("[0, \"1\"]", false)]
    public void A_backup_whose_rows_are_not_those_of_its_values_is_reported_as_damaged(string rows, bool isWhole)
    {
        using var folder = new TemporaryFolder();
        var state = new SavedState();
        state.Values["names"] = new JsonArray("loss");
        state.Values["epochs"] = new JsonArray(0, 1);
        state.Values["rows"] = new JsonObject { ["loss"] = JsonNode.Parse(rows) };
        state.Values["events"] = new JsonArray();
        state.Arrays["loss"] = new double[] { 0.5, double.NaN };
        var other = new SavedState();
        other.Arrays["best_weights"] = new float[1000];
        using (FileStream file = File.Create(folder["run-1.backup"]))
        {
            RunFile.Write(file, new RunSnapshot
            {
                Identity = "{\"epochs\": 2}",
                Parts = new(StringComparer.Ordinal) { ["callbacks/0"] = other, ["none"] = null, ["history"] = state },
            });
        }

        FolderRun run = Assert.Single(Read(folder.Folder));
        Assert.Equal(isWhole, run.Summary.Problem is null);
        Assert.Equal(isWhole ? 2 : 0, run.Summary.EpochCount);
        if (isWhole)
        {
            Assert.Equal((double.NaN, 0.5), (run.Summary.Values["loss"].Last, run.Summary.Values["loss"].Best!.Value));
            Assert.Equal("2", run.Summary.Settings["epochs"]);
        }
    }

    [Fact]
    public void Event_files_of_PyTorch_are_runs_by_step_with_their_hyperparameters()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["runs"]);

        // SummaryWriter.add_scalar writes simple_value; add_hparams writes the plugin's data without a tensor.
        var hparams = new Summary.Types.Value
        {
            Tag = HyperParameters.StartTag,
            Metadata = new SummaryMetadata
            {
                PluginData = new()
                {
                    PluginName = "hparams",
                    Content = Google.Protobuf.MessageExtensions.ToByteString(new HParamsPluginData
                    {
                        SessionStartInfo = new SessionStartInfo
                        { Hparams = { ["lr"] = Google.Protobuf.WellKnownTypes.Value.ForNumber(0.1) } },
                    }),
                },
            },
        };
        using (var file = EventFile.Create(Path.Combine(folder["runs"], "events.out.tfevents.1.host.7.0"), TimeProvider.System))
        {
            file.Write(0, hparams);
            file.Write(10, new Summary.Types.Value { Tag = "Loss/train", SimpleValue = 0.5f });
            file.Write(20, new Summary.Types.Value { Tag = "Loss/train", SimpleValue = 0.25f });
            file.Write(20, new Summary.Types.Value { Tag = "Loss/test", SimpleValue = 0.75f });
        }

        FolderRun run = Assert.Single(Read(folder.Folder));
        Assert.Equal("0.1", run.Summary.Settings["lr"]);
        EpochRow[] rows = run.Open().Epochs;
        Assert.Equal([10, 20], rows.Select(row => row.Epoch));
        Assert.Equal([new("Loss/train", 0.25), new("Loss/test", 0.75)], rows[1].Values);
    }

    [Fact]
    public void Of_a_step_that_was_trained_again_the_last_value_counts_and_tags_may_have_different_steps()
    {
        using var folder = new TemporaryFolder();
        using (var file = EventFile.Create(folder["events.out.tfevents.1.host"], TimeProvider.System))
        {
            foreach ((int step, float value) in (ReadOnlySpan<(int, float)>)[(0, 1), (1, 2), (2, 3), (1, 4), (2, 5)])
            {
                file.Write(step, SummaryValue.Scalar("epoch_loss", value));
            }

            file.Write(1, SummaryValue.Scalar("epoch_f1", 0.5));
            file.Write(7, SummaryValue.Scalar("epoch_f1", 0.75));
        }

        EpochRow[] rows = Assert.Single(Read(folder.Folder)).Open().Epochs;
        Assert.Equal([0, 1, 2, 7], rows.Select(row => row.Epoch));
        Assert.Equal([new("loss", 1)], rows[0].Values);
        Assert.Equal([new("loss", 4), new("f1", 0.5)], rows[1].Values);
        Assert.Equal([new("loss", 5)], rows[2].Values);
        Assert.Equal([new("f1", 0.75)], rows[3].Values);
    }

    [Fact]
    public void A_record_that_is_not_complete_yet_is_left_and_a_damaged_one_is_named()
    {
        using var folder = new TemporaryFolder();
        string path = folder["events.out.tfevents.1.host"];
        using (var file = EventFile.Create(path, TimeProvider.System))
        {
            file.Write(0, SummaryValue.Scalar("epoch_loss", 1));
            file.Write(1, SummaryValue.Scalar("epoch_loss", 2));
        }

        byte[] whole = File.ReadAllBytes(path);
        File.WriteAllBytes(path, whole[..^5]);
        Assert.Equal(1, Assert.Single(Read(folder.Folder)).Summary.EpochCount);
        whole[^20] ^= 1;
        File.WriteAllBytes(path, whole);
        Assert.Contains("checksum", Assert.Single(Read(folder.Folder)).Summary.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Hyperparameters_that_are_no_message_are_reported_as_damage_of_the_file()
    {
        using var folder = new TemporaryFolder();
        using (var file = EventFile.Create(folder["events.out.tfevents.1.host"], TimeProvider.System))
        {
            file.Write(0, new Summary.Types.Value
            {
                Tag = HyperParameters.StartTag,
                Metadata = new SummaryMetadata
                {
                    PluginData = new() { PluginName = "hparams", Content = Google.Protobuf.ByteString.CopyFrom(0x12, 0xff) },
                },
            });
        }

        Assert.Contains("hyperparameters", Assert.Single(Read(folder.Folder)).Summary.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_outside_the_folder_is_read_or_downloaded_whatever_its_files_say()
    {
        using var outside = new TemporaryFolder();
        using var folder = new TemporaryFolder();
        File.WriteAllText(outside["secret.keras"], "secret");
        File.WriteAllText(outside["other.csv"], "epoch,loss\n0,1\n");
        File.WriteAllText(folder["inside.keras"], "model");
        File.WriteAllText(folder["run.csv"], "epoch,loss\n0,1\n");
        File.CreateSymbolicLink(folder["link.csv"], outside["other.csv"]);
        Directory.CreateSymbolicLink(folder["linked"], outside.Folder);
        string[] paths =
        [
            outside["secret.keras"], Path.Combine("..", Path.GetFileName(outside.Folder), "secret.keras"), "linked/secret.keras",
            "inside.keras", "/somewhere/else/inside.keras", "run.csv",
        ];
        File.WriteAllText(folder["run.events.json"], JsonSerializer.Serialize(paths.Select(path => new
        {
            epoch = 0,
            callback = "ModelCheckpoint",
            kind = EventKind.ModelSaved,
            message = "saved",
            path,
        })));
        FolderRun run = Assert.Single(Read(folder.Folder));

        Assert.Equal(6, run.Summary.EventCount);
        Assert.Equal([null, null, null, folder["inside.keras"], folder["inside.keras"], null],
            Enumerable.Range(0, 6).Select(run.FileOf));
        using var client = new Client();
        client.Server.Runs.Add(run);
        Assert.Equal(HttpStatusCode.NotFound, client.Get($"/api/runs/{run.Id}/files/0"));
        Assert.Equal(HttpStatusCode.NotFound, client.Get($"/api/runs/{run.Id}/files/2"));
        Assert.Equal(HttpStatusCode.OK, client.Get($"/api/runs/{run.Id}/files/3"));
        Assert.Equal(HttpStatusCode.NotFound, client.Get($"/api/runs/{run.Id}/files/6"));
        Assert.Equal(HttpStatusCode.Conflict, client.Act(run.Id, "{\"action\":\"stop\"}").StatusCode);
    }

    [Fact]
    public async Task A_run_that_goes_on_is_pushed_and_a_new_one_appears()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["run.csv"], "epoch,loss\n0,1\n");
        var catalog = new RunCatalog();
        using var runs = RunFolder.Open(folder.Folder, catalog);
        IDashboardRun run = Assert.Single(catalog.All);
        RunLog log = run.Open();
        long version = log.Version;

        File.AppendAllText(folder["run.csv"], "1,0.5\n2,0.25\n");
        await log.Changed(version).WaitAsync(TimeSpan.FromSeconds(20));
        await Until(() => log.Epochs.Length == 3 && run.Summary.EpochCount == 3);
        File.WriteAllText(folder["new.csv"], "epoch,loss\n0,1\n");
        await Until(() => catalog.All.Length == 2);
        File.Delete(folder["new.csv"]);
        await Until(() => catalog.All.Length == 1);

        // Begun again: the page starts from the beginning.
        File.WriteAllText(folder["run.csv"], "epoch,loss\n0,7\n");
        await Until(() => log.Epochs is [{ Values: [{ Value: 7 }] }]);
    }

    [Fact]
    public void Five_hundred_runs_of_a_thousand_epochs_are_read_and_their_rows_are_right()
    {
        using var folder = new TemporaryFolder();
        var text = new StringBuilder("epoch,accuracy,learning_rate,loss,val_accuracy,val_loss\r\n");
        for (int epoch = 0; epoch < 1000; epoch++)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"{epoch},0.{epoch:D3}1,0.001,{1.0 / (epoch + 1)},0.5,{Math.Abs(epoch - 700) + 0.5}\r\n");
        }

        for (int run = 0; run < 500; run++)
        {
            File.WriteAllText(folder[$"run{run}.csv"], text.ToString());
        }

        var watch = System.Diagnostics.Stopwatch.StartNew();
        var catalog = new RunCatalog();
        using var runs = RunFolder.Open(folder.Folder, catalog);
        TestContext.Current.TestOutputHelper?.WriteLine($"500 runs in {watch.Elapsed.TotalSeconds:F2} s");

        Assert.Equal(500, catalog.All.Length);
        Assert.All(catalog.All, run => Assert.Equal((1000, 700, 0.5),
            (run.Summary.EpochCount, run.Summary.Values["val_loss"].BestEpoch, run.Summary.Values["val_loss"].Best!.Value)));

        // Two seconds on a quiet machine (benchmarks measure that); here other tests run beside it.
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"{watch.Elapsed}");
    }

    [Fact]
    public void A_file_that_grows_or_goes_leaves_nothing_in_memory()
    {
        using var folder = new TemporaryFolder();
        var search = new RunSearch(folder.Folder);
        File.WriteAllText(folder["run.csv"], "epoch,loss\n");
        File.WriteAllText(folder["data.csv"], "width,height\n");
        for (int epoch = 0; epoch < 20; epoch++)
        {
            File.AppendAllText(folder["run.csv"], $"{epoch},1\n");
            Assert.Single(search.Find());
            Assert.Equal(2, search.KnownFiles);
        }

        File.Delete(folder["run.csv"]);
        Assert.Empty(search.Find());
        Assert.Equal(1, search.KnownFiles);
    }

    private static FolderRun[] Read(string folder) =>
        [.. new RunSearch(folder).Find().Select(found => FolderRun.Load(folder, found))
        .OrderBy(run => run.Summary.Name, StringComparer.Ordinal)];

    private static async Task Until(Func<bool> holds)
    {
        DateTime end = DateTime.UtcNow.AddSeconds(20);
        while (!holds())
        {
            Assert.True(DateTime.UtcNow < end, "It did not happen.");
            await Task.Delay(50);
        }
    }
}
