using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Cairn.Callbacks;

namespace Cairn.Dashboard.Tests;

/// <summary>What an MLflow server gets, and training without one.</summary>
public sealed class MLflowLoggerTests
{
    [Fact]
    public void A_run_has_its_settings_every_value_and_the_saved_model()
    {
        using var server = new MLflowStandIn();
        using var folder = new TemporaryFolder();
        using Sequential model = SmallTraining.Model();
        var logger = new MLflowLogger(server.Root, "digits", "first", new Dictionary<string, string> { ["team"] = "a" },
            headers: new Dictionary<string, string> { ["Authorization"] = "Bearer x" });
        History history = model.Train([new ModelCheckpoint(folder["best model.keras"]), logger]);

        Assert.Empty(server.Problems);
        Assert.Equal("abc", logger.RunId);
        Assert.Equal(("first", "a", "Bearer x"), (server.Tags["mlflow.runName"], server.Tags["team"], server.Authorization));
        Assert.Equal(("SGD", "8", "0.05"),
            (server.Parameters["optimizer"], server.Parameters["batch_size"], server.Parameters["learning_rate"]));
        foreach (string name in history.Keys)
        {
            Assert.Equal(history[name].Select((value, epoch) => (name, value, (long)epoch)), server.Metrics.Where(one => one.Key == name));
        }

        Assert.Equal(File.ReadAllBytes(folder["best model.keras"]), server.Files["0/abc/artifacts/best%20model.keras"]);
        Assert.Equal("FINISHED", server.Status);
        Assert.DoesNotContain(history.Events, one => one.Kind == EventKind.Warning);
    }

    [Fact]
    public void An_experiment_is_created_and_names_and_numbers_are_made_to_fit()
    {
        using var server = new MLflowStandIn(experiment: null);
        using Sequential model = SmallTraining.Model();
        var odd = new LambdaCallback(onEpochEnd: (epoch, logs) =>
        {
            logs["top-5 (größte)"] = double.NaN;
            logs[new string('x', 300)] = double.PositiveInfinity;
            for (int i = 0; i < 2500; i++)
            {
                logs[$"n{i}"] = i;
            }
        });
        model.Train([odd, new MLflowLogger(server.Root)], epochs: 2);

        Assert.Empty(server.Problems);
        Assert.Equal("of Default", server.Experiment);
        Assert.Equal(2, server.Metrics.Count(one => one.Key == "top-5 _gr__te_" && double.IsNaN(one.Value)));
        Assert.Equal(2, server.Metrics.Count(one => one.Key == new string('x', 250)));
        Assert.Equal(2 * 2500, server.Metrics.Count(one => one.Key[0] == 'n' && one.Key != "nesterov"));
    }

    [Fact]
    public void A_server_that_fails_for_a_while_gets_everything_afterwards()
    {
        using var server = new MLflowStandIn { Refusals = 2 };
        using Sequential model = SmallTraining.Model();
        History history = model.Train([new MLflowLogger(server.Root)]);
        Assert.Empty(server.Problems);
        Assert.Equal(history["val_loss"], server.Metrics.Where(one => one.Key == "val_loss").Select(one => one.Value));
        Assert.Equal("FINISHED", server.Status);
    }

    [Fact]
    public void A_model_is_uploaded_once_even_if_the_run_ends_at_the_third_try()
    {
        using var server = new MLflowStandIn { RefusedUpdates = 2 };
        using var folder = new TemporaryFolder();
        using Sequential model = SmallTraining.Model();
        History history = model.Train([new ModelCheckpoint(folder["best.keras"]), new MLflowLogger(server.Root)]);
        Assert.Single(server.Requests, request => request.StartsWith("PUT ", StringComparison.Ordinal));
        Assert.Equal("FINISHED", server.Status);
        Assert.DoesNotContain(history.Events, one => one.Kind == EventKind.Warning);
    }

    [Fact]
    public void Settings_that_the_server_refuses_are_left_out_and_the_values_arrive()
    {
        using var server = new MLflowStandIn { MostOfAParameter = 500 };
        using var model = new Sequential([new Layers.Dense(1)], name: new string('x', 600));
        model.Compile("sgd", "mse");
        History history = model.Train([new MLflowLogger(server.Root)]);
        Assert.Equal("the parameter model", Assert.Single(server.Problems));
        Assert.Equal(history["val_loss"], server.Metrics.Where(one => one.Key == "val_loss").Select(one => one.Value));
        Assert.Equal("FINISHED", server.Status);
        Assert.Contains("params are missing", Assert.Single(history.Events, one => one.Kind == EventKind.Warning).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_is_down_is_one_warning_and_the_training_goes_on()
    {
        using Sequential model = SmallTraining.Model();
        using var error = new StringWriter();
        Console.SetError(error);
        History history = model.Train([new MLflowLogger($"http://localhost:{MLflowStandIn.FreePort()}")], epochs: 4);
        Console.SetError(new StreamWriter(Console.OpenStandardError()) { AutoFlush = true });
        Assert.Equal(4, history.Epochs.Count);
        Assert.InRange(history.Events.Count(one => one.Kind == EventKind.Warning), 1, 2);
    }

    [Fact]
    public void A_server_that_never_answers_holds_the_end_up_only_as_long_as_allowed()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using Sequential model = SmallTraining.Model();
        long start = Stopwatch.GetTimestamp();
        History history = model.Train(
            [new MLflowLogger($"http://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}", patience: TimeSpan.FromSeconds(1))],
            epochs: 4);
        Assert.Equal(4, history.Epochs.Count);
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(8));
        Assert.Contains(history.Events, one => one.Kind == EventKind.Warning);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(300)]
    public void A_resumed_run_is_the_same_run_of_the_server(int milliseconds)
    {
        using var server = new MLflowStandIn { Delay = TimeSpan.FromMilliseconds(milliseconds) };
        using var folder = new TemporaryFolder();
        using var cancel = new CancellationTokenSource();
        using (Sequential first = SmallTraining.Model())
        {
            first.Train([new BackupAndRestore(folder["backup"]), new MLflowLogger(server.Root), new At(1, 2, cancel.Cancel)], epochs: 3,
                cancel.Token);
        }

        Assert.Equal("KILLED", server.Status);
        using Sequential second = SmallTraining.Model();
        second.Train([new BackupAndRestore(folder["backup"]), new MLflowLogger(server.Root), new At(1, 2, () => { })], epochs: 3);
        Assert.Empty(server.Problems);
        Assert.Single(server.Requests, request => request.EndsWith("runs/create", StringComparison.Ordinal));
        Assert.Equal([0, 1, 2], server.Metrics.Where(one => one.Key == "val_loss").Select(one => one.Step));
        Assert.Equal("FINISHED", server.Status);
    }

    [Fact]
    public void Models_stay_where_they_are_if_the_server_does_not_serve_artifacts()
    {
        using var server = new MLflowStandIn { ArtifactUri = "s3://bucket/0/abc" };
        using var folder = new TemporaryFolder();
        using Sequential model = SmallTraining.Model();
        History history = model.Train([new ModelCheckpoint(folder["best.keras"]), new MLflowLogger(server.Root)], epochs: 1);
        Assert.Empty(server.Files);
        Assert.Equal("FINISHED", server.Status);
        Assert.Contains("does not serve artifacts", Assert.Single(history.Events, one => one.Kind == EventKind.Warning).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ftp://x", "trackingUri")]
    [InlineData("localhost", "trackingUri")]
    public void What_is_no_address_is_refused_at_once(string address, string argument) =>
        Assert.Equal(argument, Assert.Throws<ArgumentException>(() => new MLflowLogger(address)).ParamName);
}
