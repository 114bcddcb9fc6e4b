using System.Net;
using System.Text.Json;
using Cairn.Callbacks;
using Cairn.Optimizers;
using Cairn.Optimizers.Schedules;

namespace Cairn.Dashboard.Tests;

/// <summary>The callback: what the page gets, and what its actions do to a training.</summary>
public sealed class LivePageTests
{
    [Fact]
    public void The_page_has_every_epoch_event_and_setting_of_the_history()
    {
        using var page = new LivePage(port: 0, tags: ["first"], verbose: 0);
        using Sequential model = SmallTraining.Model();
        History history = model.Train([page, new ReduceLROnPlateau(patience: 1, minDelta: 10)], epochs: 4);

        using var client = new Client(page.Server);
        JsonElement row = Assert.Single(client.Json("/api/runs").GetProperty("runs").EnumerateArray());
        Assert.Equal(("small", "finished", 4), (row.GetProperty("name").GetString(), row.GetProperty("status").GetString(),
            row.GetProperty("epochs").GetInt32()));
        Assert.Equal("SGD", row.GetProperty("settings").GetProperty("optimizer").GetString());
        Assert.Equal("8", row.GetProperty("settings").GetProperty("batch_size").GetString());
        Assert.Equal("first", row.GetProperty("tags")[0].GetString());
        JsonElement run = client.Json($"/api/runs/{row.GetProperty("id").GetString()}");
        JsonElement epochs = run.GetProperty("epochs");
        foreach (string name in history.Keys)
        {
            Assert.Equal(history[name], epochs.GetProperty("values").GetProperty(name).EnumerateArray().Select(value => value.GetDouble()));
        }

        Assert.Equal(history.Events.Select(one => one.Message),
            run.GetProperty("events").EnumerateArray().Select(one => one.GetProperty("message").GetString()!));
        Assert.Contains(history.Events, one => one.Kind == EventKind.LearningRateReduced);
        Assert.Contains("dense", run.GetProperty("about").GetProperty("summary").GetString()!, StringComparison.Ordinal);
        Assert.Equal(["dense", "dense_1"],
            run.GetProperty("about").GetProperty("layers").EnumerateArray().Select(layer => layer.GetProperty("name").GetString()!));
        Assert.NotEmpty(run.GetProperty("batches").GetProperty("values").GetProperty("loss").EnumerateArray());
    }

    [Fact]
    public void A_stop_ends_the_training_after_the_epoch_with_its_history_whole()
    {
        using var page = new LivePage(port: 0, verbose: 0);
        using Sequential model = SmallTraining.Model();
        History history = model.Train([page, new At(1, 3, () => Act(page, "{\"action\":\"stop\"}"))], epochs: 10);

        Assert.Equal([0, 1], history.Epochs);
        Assert.Equal(2, history["val_loss"].Count);
        Assert.Equal(
            [(EventKind.StopRequested, 1, 3), (EventKind.TrainingStopped, 1, null)],
            history.Events.Select(one => (one.Kind, one.Epoch, one.Batch)));
        Assert.All(history.Events, one => Assert.Equal(nameof(LivePage), one.Callback));
        using var client = new Client(page.Server);
        Assert.Equal("stopped", client.Json("/api/runs").GetProperty("runs")[0].GetProperty("status").GetString());
        Assert.Equal(HttpStatusCode.Conflict, client.Act(Id(client), "{\"action\":\"save\"}").StatusCode);
    }

    [Fact]
    public async Task Learning_rate_save_and_note_are_done_between_batches_and_are_events_of_the_history()
    {
        using var folder = new TemporaryFolder();
        using var page = new LivePage(port: 0, saveDir: folder["models"], verbose: 0);
        using Sequential model = SmallTraining.Model();
        var rates = new List<double>();
        var rate = new LambdaCallback(onTrainBatchEnd: (_, _) => rates.Add(model.Optimizer!.LearningRate));
        History history = model.Train(
            [page, new At(0, 2, () => Act(page, "{\"action\":\"rate\",\"value\":0.02}")),
                new At(0, 4, () => Act(page, "{\"action\":\"halve\"}")),
                new At(1, 0, () => Act(page, "{\"action\":\"note\",\"text\":\"  data cleaned \\u001b[2J \"}")),
                new At(1, 1, () => Act(page, "{\"action\":\"save\"}")), rate],
            epochs: 2);

        Assert.Equal(new double[] { 0.05f, 0.05f, 0.02f, 0.02f, 0.01f }, rates.Take(5));
        Assert.Equal(
            [(EventKind.LearningRateSet, 0, 2), (EventKind.LearningRateSet, 0, 4), (EventKind.Note, 1, 0),
            (EventKind.LastModelSaved, 1, 1)],
            history.Events.Select(one => (one.Kind, one.Epoch, one.Batch!.Value)));
        Assert.Equal(((double)0.05f, (double)0.02f), (history.Events[0].OldValue!.Value, history.Events[0].NewValue!.Value));
        Assert.Equal("data cleaned \\u001b[2J", history.Events[2].Message);
        Assert.Equal(folder[Path.Combine("models", "small-epoch-0002-batch-00002.keras")], history.Events[3].Path);
        using var saved = Cairn.Model.Load(history.Events[3].Path!);
        using var client = new Client(page.Server);
        using HttpResponseMessage file = client.Send(HttpMethod.Get, $"/api/runs/{Id(client)}/files/3", null);
        Assert.Equal(File.ReadAllBytes(history.Events[3].Path!), await file.Content.ReadAsByteArrayAsync());
        Assert.Equal(HttpStatusCode.NotFound, client.Get($"/api/runs/{Id(client)}/files/2"));
    }

    [Fact]
    public void A_save_that_fails_is_a_warning_and_the_training_goes_on()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["file"], "");
        using var page = new LivePage(port: 0, saveDir: folder["file"], verbose: 0);
        using Sequential model = SmallTraining.Model();
        History history = model.Train([page, new At(0, 1, () => Act(page, "{\"action\":\"save\"}"))], epochs: 2);

        Assert.Equal(2, history.Epochs.Count);
        Assert.Equal(EventKind.Warning, Assert.Single(history.Events).Kind);
    }

    [Fact]
    public void Of_many_trainings_of_a_program_the_last_hundred_and_the_running_one_are_kept()
    {
        using var page = new LivePage(port: 0, verbose: 0);
        using Sequential model = SmallTraining.Model();
        var ids = new List<string>();
        for (int training = 0; training < 103; training++)
        {
            model.Fit(SmallTraining.X, SmallTraining.Y, batchSize: 64, epochs: 1, verbose: 0, callbacks: [page]);
            ids.Add(page.Server!.Runs.All[^1].Id);
        }

        Assert.Equal(ids[2..], page.Server!.Runs.All.Select(run => run.Id));
    }

    [Fact]
    public void A_schedule_is_not_overwritten()
    {
        using var page = new LivePage(port: 0, verbose: 0);
        using Sequential model = SmallTraining.Model(optimizer: new SGD(new ExponentialDecay(0.1, 10, 0.5)));
        HttpStatusCode? answer = null;
        History history = model.Train(
            [page, new At(0, 1, () => answer = Act(page, "{\"action\":\"rate\",\"value\":0.02}"))], epochs: 1);
        Assert.Equal(HttpStatusCode.Conflict, answer);
        Assert.Empty(history.Events);
    }

    [Fact]
    public void A_resumed_run_keeps_what_was_asked_and_ends_bit_for_bit_as_if_never_interrupted()
    {
        float[][] Weights(string folder, bool interrupted, out History history)
        {
            const string Rate = "{\"action\":\"rate\",\"value\":0.02}";
            const string Stop = "{\"action\":\"stop\"}";
            using var cancel = new CancellationTokenSource();
            using (Sequential first = SmallTraining.Model())
            using (var page = new LivePage(port: 0, verbose: 0))
            {
                history = first.Train(
                    [page, new BackupAndRestore(folder, saveFreq: 1), new At(1, 1, () => Act(page, Rate)),
                        new At(2, 2, () => Act(page, Stop)), new At(2, 4, interrupted ? cancel.Cancel : () => { })],
                    epochs: 9, cancel.Token);
                if (!interrupted)
                {
                    return [.. first.GetWeights().Select(weight => weight.ToArray())];
                }
            }

            Assert.Equal(2, history.Epochs.Count);
            using Sequential second = SmallTraining.Model();
            using var again = new LivePage(port: 0, verbose: 0);
            static void Nothing()
            {
            }

            history = second.Train(
                [again, new BackupAndRestore(folder, saveFreq: 1), new At(1, 1, Nothing), new At(2, 2, Nothing), new At(2, 4, Nothing)],
                epochs: 9);
            using var client = new Client(again.Server);
            Assert.Equal(3, client.Json("/api/runs").GetProperty("runs")[0].GetProperty("epochs").GetInt32());
            return [.. second.GetWeights().Select(weight => weight.ToArray())];
        }

        using var folder = new TemporaryFolder();
        float[][] whole = Weights(folder["whole"], interrupted: false, out History expected);
        float[][] resumed = Weights(folder["resumed"], interrupted: true, out History history);

        Assert.Equal(whole, resumed);
        Assert.Equal(expected.Events, history.Events);
        Assert.Equal([0, 1, 2], history.Epochs);
        Assert.Equal(expected["val_loss"], history["val_loss"]);
    }

    [Fact]
    public void Training_with_the_page_ends_bit_for_bit_as_without_it()
    {
        using Sequential plain = SmallTraining.Model();
        plain.Train([]);
        using Sequential shown = SmallTraining.Model();
        using var page = new LivePage(port: 0, histogramFreq: 1, verbose: 0);
        shown.Train([page]);
        Assert.Equal(plain.GetWeights().Select(weight => weight.ToArray()), shown.GetWeights().Select(weight => weight.ToArray()));
    }

    [Fact]
    public void Two_pages_of_a_program_share_a_port_and_a_foreign_program_leaves_the_next_one()
    {
        using var page = new LivePage(port: 0, verbose: 0);
        using Sequential model = SmallTraining.Model();
        model.Train([page], epochs: 1);
        int taken = page.Server!.Port;
        using var output = new StringWriter();
        model.Output = output;
        using var other = new LivePage(port: taken);
        using var third = new LivePage(port: taken);
        model.Train([other], epochs: 1);
        model.Train([third], epochs: 1);
        Assert.True(other.Server!.Port > taken);
        Assert.Same(other.Server, third.Server);
        Assert.Equal(2, other.Server.Runs.All.Length);
        Assert.Contains($"Live page: {other.Address}", output.ToString(), StringComparison.Ordinal);
        Assert.StartsWith($"http://localhost:{other.Server.Port}/#token=", other.Address, StringComparison.Ordinal);
    }

    [Fact]
    public void A_training_that_throws_is_shown_as_failed()
    {
        using var page = new LivePage(port: 0, verbose: 0);
        using Sequential model = SmallTraining.Model();
        Assert.Throws<CallbackException>(() => model.Train([page, new At(1, 0, () => throw new InvalidDataException("x"))]));
        using var client = new Client(page.Server);
        Assert.Equal("failed", client.Json("/api/runs").GetProperty("runs")[0].GetProperty("status").GetString());
    }

    [Fact]
    public void Panels_of_callbacks_are_shown_and_their_images_are_files()
    {
        using var page = new LivePage(port: 0, histogramFreq: 1, verbose: 0);
        using Sequential model = SmallTraining.Model();
        model.Train(
            [page, new At(0, 1, () =>
            {
                page.ShowText("Remarks", "so far <so> good");
                page.ShowImages("Samples", NDArray.From(new float[2 * 3 * 5], [2, 3, 5]), ["a one", "a two"]);
                page.ShowConfusionMatrix("Errors", new double[,] { { 3, 1 }, { 0, 4 } }, ["cat", "dog"]);
            })],
            epochs: 1);
        using var client = new Client(page.Server);
        JsonElement[] panels = [.. client.Json($"/api/runs/{Id(client)}").GetProperty("panels").EnumerateArray()];
        Assert.Equal(["Gradients of the first batch", "Remarks", "Samples", "Errors", "Weights"],
            panels.Select(panel => panel.GetProperty("title").GetString()!));
        using HttpResponseMessage image = client.Send(
            HttpMethod.Get, $"/api/runs/{Id(client)}/images/{panels[2].GetProperty("version")}/1", null);
        Assert.Equal("image/png", image.Content.Headers.ContentType!.MediaType);
        Assert.Equal(4, panels[0].GetProperty("content").GetProperty("histograms").GetArrayLength());
    }

    [Theory]
    [InlineData(-1, "localhost", "port")]
    [InlineData(65536, "localhost", "port")]
    [InlineData(0, "example.com", "host")]
    [InlineData(0, "", "host")]
    public void What_is_no_address_is_refused_at_once(int port, string host, string argument) =>
        Assert.Equal(argument, Assert.ThrowsAny<ArgumentException>(() => new LivePage(port, host)).ParamName);

    private static HttpStatusCode Act(LivePage page, string json)
    {
        using var client = new Client(page.Server);
        return client.Act(Id(client), json).StatusCode;
    }

    private static string Id(Client client) => client.Json("/api/runs").GetProperty("runs")[0].GetProperty("id").GetString()!;
}
