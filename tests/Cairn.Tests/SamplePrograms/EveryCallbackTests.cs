using System.Globalization;
using System.Text.Json;
using Cairn.Callbacks;
using Cairn.Tests.Callbacks;
using Cairn.Tests.EventFiles;

namespace Cairn.Tests.SamplePrograms;

/// <summary>The sample that trains on the digits with all callbacks at once: its files agree with its history.</summary>
public sealed class EveryCallbackTests : IDisposable
{
    private readonly Saving.TemporaryFolder folder = new();
    private readonly LocalServer server = new();
    private readonly History history;

    public EveryCallbackTests() => history = DigitsRun.Train(folder.Folder, verbose: 0, server.Root, TextWriter.Null);

    public void Dispose()
    {
        server.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void All_files_plots_and_logs_are_there_and_agree_with_the_history()
    {
        Assert.Equal(Enumerable.Range(0, DigitsRun.Epochs), history.Epochs);
        Assert.True(history["val_accuracy"].Max() > 0.85);

        // Logs of epochs: the CSV file, the function, the server, the logger, TensorBoard.
        var log = History.Load(folder["log.csv"]);
        Assert.All(log.Keys, key => Assert.Equal(history[key], log[key]));
        Assert.Contains("gradient_norm", log.Keys);
        Assert.Contains("samples_per_second", log.Keys);
        Assert.Equal(
            history["loss"].Select((loss, epoch) => FormattableString.Invariant($"{epoch} {loss:R}")),
            File.ReadAllLines(folder["lambda.txt"]));
        Assert.Equal(history["loss"], server.Requests.Select(request => LossOf(request.Body)));
        string[] lines = File.ReadAllLines(folder["training.log"]);
        Assert.All(history.Events.Where(happened => happened.Kind == EventKind.ModelSaved),
            happened => Assert.Contains(lines, line => line.Contains(happened.Message, StringComparison.Ordinal)));
        Assert.Equal(history["loss"].Select(loss => (float)loss), Scalars("train", "epoch_loss"));
        Assert.Equal(history["val_accuracy"].Select(accuracy => (float)accuracy), Scalars("validation", "epoch_accuracy"));

        // The history in both formats, and the plots.
        Assert.All(new[] { "history.json", "history.csv" }, file =>
        {
            var read = History.Load(folder[file]);
            Assert.Equal(history.Events, read.Events);
            Assert.All(history.Keys, key => Assert.Equal(history.Column(key), read.Column(key)));
        });
        Assert.All(new[] { "history.png", "learning_rates.png" }, file =>
        {
            using var picture = SkiaSharp.SKBitmap.Decode(folder[file]);
            Assert.True(picture.Pixels.Distinct().Count() > 50, file);
        });

        // The models: every file named in an event, the best one, the last one, and the backups.
        string[] saved = [.. history.Events.Where(happened => happened.Kind == EventKind.ModelSaved).Select(happened => happened.Path!)];
        Assert.All(saved, file => Assert.True(File.Exists(file), file));
        Assert.Equal(DigitsRun.Epochs, Directory.GetFiles(folder["weights"]).Length);
        Assert.NotEmpty(Directory.GetFiles(folder["backup"]));
        Assert.False(File.Exists(folder["in_time.keras"]));
        (float[,]? x, int[]? y) = DigitsRun.Digits();
        using var best = Model.Load(folder["best.keras"]);
        using var final = Model.Load(folder["final.keras"]);
        Assert.True(best.Evaluate(x, y, verbose: 0)["accuracy"] > 0.85);
        Assert.True(final.Evaluate(x, y, verbose: 0)["accuracy"] > 0.85);
    }

    [Fact]
    public void Every_acting_callback_has_an_event()
    {
        string[] acted =
        [
            .. new[]
            {
                "UnfreezeLayers layers_unfrozen", "GradientAccumulation gradient_accumulation_set",
                "LearningRateScheduler learning_rate_set",
                "ReduceLROnPlateau learning_rate_reduced", "ReduceLROnPlateau weights_restored", "SwapEMAWeights weights_swapped",
                "ModelCheckpoint model_saved", "CSVLogger log_started", "TensorBoard log_started", "EarlyStopping weights_restored",
                "WeightAveraging weights_averaged",
            }.Except(history.Events.Select(happened => $"{happened.Callback} {happened.Kind}")),
        ];
        Assert.Empty(acted);
        Assert.Equal([(6, "base")], history.Events.Where(happened => happened.Kind == EventKind.LayersUnfrozen)
            .Select(happened => (happened.Epoch, happened.Message[..4])));
        Assert.All(history.Events, happened => Assert.InRange(happened.Epoch, 0, DigitsRun.Epochs - 1));

        // Its display in a notebook is also complete.
        string html = HistoryHtml.Of(history);
        Assert.Equal(history.Keys.Count, html.Split("<polyline").Length - 1);
    }

    private static double LossOf(string form)
    {
        const string Field = "data=";
        string json = Uri.UnescapeDataString(form[Field.Length..].Replace('+', ' '));
        return JsonDocument.Parse(json).RootElement.GetProperty("loss").GetDouble();
    }

    private IEnumerable<float> Scalars(string run, string tag) =>
        EventReader.ReadFolder(folder[$"tensorboard/{run}"]).OrderBy(happened => happened.Step).SelectMany(happened => happened.Values)
            .Where(value => value.Tag == tag).Select(value => value.Floats[0]);
}
