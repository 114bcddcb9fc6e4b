using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Cairn.Callbacks;
using Cairn.Optimizers;
using Cairn.Tests.EventFiles;
using Cairn.Tests.Saving;
using Cairn.Tests.Training;

namespace Cairn.Tests.Callbacks;

/// <summary>Output of callbacks in runs recorded with Keras 3.16 on PyTorch.</summary>
public sealed partial class RecordedCallbackTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> CsvFiles => [.. RecordedRun.Names("csv")];

    public static TheoryData<string> Requests => [.. RecordedRun.Names("remote")];

    public static TheoryData<string> Progress => [.. RecordedRun.Names("progbar")];

    public static TheoryData<string> Boards => [.. RecordedRun.Names("tensorboard")];

    public static TheoryData<string> Swaps => [.. RecordedRun.Names("swap")];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(CsvFiles))]
    public void CSVLogger_writes_the_bytes_of_Keras(string name)
    {
        JsonElement given = RecordedRun.Case("csv", name);
        string path = folder["log.csv"];
        if (given.GetProperty("before").GetString() is { } before)
        {
            File.WriteAllText(path, before);
        }

        using var model = TinyModel.Create();
        JsonElement args = given.GetProperty("args");
        foreach ((JsonElement run, JsonElement after) in given.GetProperty("runs").EnumerateArray()
            .Zip(given.GetProperty("after").EnumerateArray()))
        {
            var logger = new CSVLogger(
                path,
                args.TryGetProperty("separator", out JsonElement separator) ? separator.GetString()! : ",",
                args.TryGetProperty("append", out JsonElement append) && append.GetBoolean());
            Play([logger], model, [.. run.GetProperty("epochs").EnumerateArray().Select(epoch => epoch.GetInt32())],
                run.GetProperty("logs"));
            Assert.Equal(after.GetString(), File.ReadAllText(path));
        }
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public void RemoteMonitor_sends_what_Keras_sends(string name)
    {
        JsonElement given = RecordedRun.Case("remote", name);
        JsonElement args = given.GetProperty("args");
        using var server = new LocalServer();
        var monitor = new RemoteMonitor(
            server.Root,
            args.TryGetProperty("path", out JsonElement path) ? path.GetString()! : "/publish/epoch/end/",
            args.TryGetProperty("field", out JsonElement field) ? field.GetString()! : "data",
            args.TryGetProperty("headers", out JsonElement headers)
                ? headers.EnumerateObject().ToDictionary(one => one.Name, one => one.Value.GetString()!) : null,
            args.TryGetProperty("send_as_json", out JsonElement asJson) && asJson.GetBoolean());
        using var model = TinyModel.Create();
        Play([monitor], model, null, given.GetProperty("logs"));

        // Keras does not send values that JSON can't represent; here they are null.
        string[] requests = name == "json_not_finite"
            ? ["/publish/epoch/end/ application/json  {\"epoch\": 0, \"accuracy\": null, \"loss\": null}"]
            : given.GetProperty("requests").EnumerateArray().Select(request =>
                $"{request.GetProperty("path")} {request.GetProperty("content_type")} {request.GetProperty("authorization").GetString()} {request.GetProperty("body")}").ToArray();
        Assert.Equal(
            requests,
            server.Requests.Select(request =>
                $"{request.Line.Split(' ')[1]} {request.Headers["Content-Type"]} {request.Headers.GetValueOrDefault("Authorization")} {request.Body}"));
    }

    [Theory]
    [MemberData(nameof(Progress))]
    public void The_progress_output_equals_that_of_Keras(string name)
    {
        JsonElement given = RecordedRun.Case("progbar", name);
        JsonElement args = given.GetProperty("args");
        var clock = new ManualClock { Seconds = 1000 };
        var terminal = new TerminalStyle(Live: true, Color: true, Width: 200, Bar: TerminalStyle.HeavyLine);
        var output = new StringWriter();
        using Model model = RecordedRun.Create(given);
        model.Output = output;
        void Tick(int batch, Logs logs) => clock.Seconds += given.GetProperty("step_seconds").GetDouble();
        Callback[] callbacks =
        [
            new LambdaCallback(onTrainBatchBegin: Tick, onTestBatchBegin: Tick, onPredictBatchBegin: Tick),
            new ProgbarLogger(terminal, clock),
        ];
        RecordedRun.Do(model, given.GetProperty("kind").GetString()!, args, callbacks, args.GetProperty("verbose").GetInt32(),
            given.GetProperty("generator").GetBoolean());

        // Samples per second is Cairn's addition; of a line that is redrawn, only the visible text is compared.
        Assert.Equal(Lines(given.GetProperty("output").GetString()!), Lines(Speed().Replace(output.ToString(), "")));
    }

    [Theory]
    [MemberData(nameof(Boards))]
    public void TensorBoard_gets_the_values_of_Keras_under_its_tags_and_steps(string name)
    {
        JsonElement given = RecordedRun.Case("tensorboard", name);
        JsonElement args = given.GetProperty("args");
        int Whole(string key) => args.TryGetProperty(key, out JsonElement value) ? value.GetInt32() : 0;
        bool Flag(string key) => args.TryGetProperty(key, out JsonElement value) && value.GetBoolean();
        UpdateFrequency frequency = !args.TryGetProperty("update_freq", out JsonElement freq) ? "epoch"
            : freq.ValueKind == JsonValueKind.String ? freq.GetString()! : freq.GetInt32();
        bool images = name == "images";
        using Model model = images ? RecordedRun.CreateConvolution() : RecordedRun.Create(given);
        var board = new TensorBoard(
            folder["logs"], Whole("histogram_freq"), !args.TryGetProperty("write_graph", out JsonElement graph) || graph.GetBoolean(),
            Flag("write_images"),
            Flag("write_steps_per_second"), frequency);
        if (given.GetProperty("fit") is { ValueKind: JsonValueKind.Object } fit)
        {
            RecordedRun.Do(model, images ? "images" : "fit", fit, [board]);
        }

        if (given.GetProperty("evaluate").GetBoolean())
        {
            RecordedRun.Do(model, "evaluate", JsonSerializer.SerializeToElement(new { batch_size = 4 }), [board]);
        }

        // With a number of batches, Keras drops the values of epochs and evaluations too, unless they end at a multiple of it.
        bool batchesOnly = frequency.Batches > 1;
        bool IsCompared(string tag) => !batchesOnly || tag.StartsWith("batch_", StringComparison.Ordinal);
        foreach (string? run in new[] { "train", "validation" })
        {
            var expected = given.GetProperty("calls").EnumerateArray()
                .Where(call => call.GetProperty("what").GetString() is "scalar" or "histogram" or "image"
                && call.GetProperty("run").GetString() == run)
                .Select(call => (Tag: Numbered().Replace(call.GetProperty("tag").GetString()!, "sequential/"), Call: call))
                .Where(one => IsCompared(one.Tag)).ToList();
            var actual = EventReader.ReadFolder(folder[$"logs/{run}"])
                .SelectMany(entry => entry.Values.Select(value => (entry.Step, Value: value)))
                .Where(one => one.Value.Plugin is "scalars" or "histograms" or "images" && IsCompared(one.Value.Tag)).ToList();
            Assert.Equal(expected.Select(one => (one.Call.GetProperty("step").GetInt64(), one.Tag)),
                actual.Select(one => (one.Step, one.Value.Tag)));
            foreach (((string Tag, JsonElement Call) wanted, (long Step, ReadValue Value) found) in expected.Zip(actual))
            {
                CheckValue(wanted.Call, found.Value);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Swaps))]
    public void SwapEMAWeights_shows_every_hook_the_weights_that_Keras_shows_it(string name)
    {
        JsonElement given = RecordedRun.Case("swap", name);
        double momentum = given.GetProperty("momentum").GetDouble();
        Optimizer optimizer = given.GetProperty("optimizer").GetString() == "SGD"
            ? new SGD(0.0625, useEma: true, emaMomentum: momentum)
            : new Adam(0.03125, useEma: true, emaMomentum: momentum);
        using Model model = RecordedRun.Create(given, optimizer);
        List<(string Where, float[] Weights, Logs Logs)> seen = [];
        void See(string where, Logs logs) =>
            seen.Add((where, [.. model.GetWeights().SelectMany(weight => weight.ToArray())], new Logs(logs)));
        var look = new LambdaCallback(
            onTrainBegin: logs => See("OnTrainBegin", logs), onEpochBegin: (_, logs) => See("OnEpochBegin", logs),
            onTestBegin: logs => See("OnTestBegin", logs),
            onTestEnd: logs => See("OnTestEnd", logs), onEpochEnd: (_, logs) => See("OnEpochEnd", logs),
            onTrainEnd: logs => See("OnTrainEnd", logs));
        JsonElement fit = given.GetProperty("validation").GetBoolean()
            ? JsonSerializer.SerializeToElement(new { batch_size = 4, epochs = given.GetProperty("epochs").GetInt32(), validation = true })
            : JsonSerializer.SerializeToElement(new { batch_size = 4, epochs = given.GetProperty("epochs").GetInt32() });
        bool swapOnEpoch = given.GetProperty("args").TryGetProperty("swap_on_epoch", out JsonElement flag) && flag.GetBoolean();
        RecordedRun.Do(model, "fit", fit, [new SwapEMAWeights(swapOnEpoch), look]);

        var recorded = given.GetProperty("seen").EnumerateArray().ToList();
        Assert.Equal(recorded.Select(one => one.GetProperty("where").GetString()), seen.Select(one => one.Where));
        foreach ((JsonElement expected, (string? where, float[]? weights, Logs? logs)) in recorded.Zip(seen))
        {
            Tolerance.Near([.. expected.GetProperty("weights").EnumerateArray().Select(value => value.GetSingle())], weights,
                Tolerance.DenseWeights, $"weights in {where}");
            foreach (JsonProperty value in expected.GetProperty("logs").EnumerateObject())
            {
                Tolerance.Near(ReferenceFile.Number(value.Value), logs[value.Name], Tolerance.Dense, $"{where}: {value.Name}");
            }
        }
    }

    private static void CheckValue(JsonElement call, ReadValue found)
    {
        string tag = found.Tag;
        switch (call.GetProperty("what").GetString())
        {
            case "scalar" when tag.EndsWith("steps_per_second", StringComparison.Ordinal):
                Assert.True(found.Floats.Single() > 0, tag);
                break;
            case "scalar":
                Tolerance.Near(ReferenceFile.Number(call.GetProperty("value")), found.Floats.Single(), Tolerance.Dense, tag);
                break;
            case "histogram":
                Assert.Equal(call.GetProperty("count").GetInt32(),
                    Enumerable.Range(0, found.Doubles.Length / 3).Sum(bucket => found.Doubles[(bucket * 3) + 2]));
                break;
            default:
                // Width and height come first, then one image per batch entry.
                int[] shape = [.. call.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32())];
                Assert.Equal((shape[2], shape[1], shape[0]),
                    (int.Parse(found.Text(0), CultureInfo.InvariantCulture), int.Parse(found.Text(1), CultureInfo.InvariantCulture),
                        found.Strings.Length - 2));
                break;
        }
    }

    private static void Play(IEnumerable<Callback> callbacks, Model model, int[]? epochs, JsonElement logs)
    {
        var list = new CallbackList(callbacks, model, new CallbackParams { Output = TextWriter.Null, Error = TextWriter.Null });
        list.OnTrainBegin();
        foreach ((int place, JsonElement values) in logs.EnumerateArray().Index())
        {
            int epoch = epochs?[place] ?? place;
            list.OnEpochBegin(epoch);
            list.OnEpochEnd(epoch,
                new Logs(values.EnumerateObject().Select(pair => KeyValuePair.Create(pair.Name, ReferenceFile.Number(pair.Value)))));
        }

        list.OnTrainEnd();
    }

    private static IEnumerable<string> Lines(string output) =>
        Codes().Replace(output, "").Split('\r', '\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0);

    [GeneratedRegex(" [0-9.]+[kM]? samples/s")]
    private static partial Regex Speed();

    [GeneratedRegex("\x1b\\[[0-9]+m|\b")]
    private static partial Regex Codes();

    [GeneratedRegex("^sequential_[0-9]+/")]
    private static partial Regex Numbered();
}
