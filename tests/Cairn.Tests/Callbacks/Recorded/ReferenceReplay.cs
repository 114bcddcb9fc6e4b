using System.Text.Json;
using Cairn.Callbacks;
using Cairn.Tests.Training;

namespace Cairn.Tests.Callbacks;

/// <summary>Replays one case of the reference data: the same hooks in the same order as in the recording.</summary>
internal sealed class ReferenceReplay : IDisposable
{
    private readonly JsonElement given;
    private readonly StringWriter output = new();
    private readonly Model model;
    private readonly bool honourStop;
    private CallbackList? list;
    private int eventsTaken;

    public ReferenceReplay(JsonElement given)
    {
        this.given = given;
        honourStop = given.GetProperty("honour_stop").GetBoolean();
        model = TinyModel.Create(given.GetProperty("model"));
        Root = Directory.CreateTempSubdirectory("replay").FullName;
    }

    public string Root { get; }

    public List<Callback> Callbacks { get; } = [];

    /// <summary>The position of the replay, in the form of the reference data.</summary>
    public string Phase { get; private set; } = "constructor";

    /// <summary>Called after each epoch with its index, the batch at which it was stopped, and the keys the callbacks added.</summary>
    public Action<int, int?, Dictionary<string, double>> EpochEnded { get; set; } = (_, _, _) => { };

    /// <summary>The learning rate after the last epoch began.</summary>
    public double LearningRateAtBegin { get; private set; }

    public double LearningRate => model.Optimizer!.LearningRate;

    public bool StopTraining => model.StopTraining;

    public double WeightsValue => TinyModel.Value(model);

    public void Dispose() => Directory.Delete(Root, recursive: true);

    public void Run()
    {
        foreach (JsonElement entry in given.GetProperty("callbacks").EnumerateArray())
        {
            Callbacks.Add(Create(entry));
        }

        var logs = given.GetProperty("logs").EnumerateArray().Select(ToLogs).ToList();
        int first = given.TryGetProperty("initial_epoch", out JsonElement initial) ? initial.GetInt32() : 0;
        var spy = new Spy();
        var parameters = new CallbackParams { Epochs = first + logs.Count, Output = output, Error = TextWriter.Null };
        list = new CallbackList([.. Callbacks, spy], model, parameters, addHistory: true);
        model.StopTraining = false;
        Phase = "on_train_begin";
        list.OnTrainBegin();
        for (int i = 0; i < logs.Count && !(model.StopTraining && honourStop); i++)
        {
            int epoch = first + i;
            Phase = $"on_epoch_begin({epoch})";
            list.OnEpochBegin(epoch);
            LearningRateAtBegin = LearningRate;
            int? stopped = PlayBatches(i, epoch);
            TinyModel.Fill(model, epoch);
            Phase = $"on_epoch_end({epoch})";
            list.OnEpochEnd(epoch, logs[i]);
            EpochEnded(epoch, stopped, spy.Seen.Where(pair => !logs[i].ContainsKey(pair.Key)).ToDictionary());
        }

        Phase = "on_train_end";
        list.OnTrainEnd();
    }

    /// <summary>Output and events since the last call; paths are relative to <see cref="Root"/>.</summary>
    public (string Output, List<string> Warnings, List<string> NaNWarnings, List<string> Saved) Take()
    {
        string text = output.ToString().Replace(Root + "/", "", StringComparison.Ordinal);
        output.GetStringBuilder().Clear();
        List<TrainingEvent> events = list?.History?.Events.Skip(eventsTaken).ToList() ?? [];
        eventsTaken += events.Count;
        var warnings = events.Where(happened => happened.Kind == EventKind.Warning).Select(happened => happened.Message).ToList();
        var saved = events.Where(happened => happened.Kind == EventKind.ModelSaved).Select(Describe).ToList();
        return (text, [.. warnings.Where(text => !IsAboutNaN(text))], [.. warnings.Where(IsAboutNaN)], saved);
    }

    public List<string> FilesOnDisk() =>
        [.. Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Root, path))
        .Order(StringComparer.Ordinal)];

    private static bool IsAboutNaN(string warning) =>
        warning.Contains("the first finite value will replace it", StringComparison.Ordinal)
        || warning.Contains("which is not a finite number in float32", StringComparison.Ordinal);

    private static Logs ToLogs(JsonElement entry) =>
        new(entry.EnumerateObject().Select(pair => KeyValuePair.Create(pair.Name, ReferenceFile.Number(pair.Value))));

    private string Describe(TrainingEvent saved)
    {
        Assert.True(File.Exists(saved.Path), saved.Path);
        string path = Path.GetRelativePath(Root, saved.Path!);
        string method = path.EndsWith(".weights.h5", StringComparison.Ordinal) ? "save_weights" : "save";
        return $"{(saved.Batch is { } batch ? $"batch {batch}" : "epoch_end")} {method} {path}";
    }

    private int? PlayBatches(int index, int epoch)
    {
        if (!given.TryGetProperty("batch_logs", out JsonElement epochs))
        {
            return null;
        }

        int batch = 0;
        foreach (JsonElement entry in epochs[index].EnumerateArray())
        {
            TinyModel.Fill(model, epoch + ((batch + 1) / 1024.0));
            Phase = $"on_train_batch_end({batch}) of epoch {epoch}";
            list!.OnTrainBatchBegin(batch);
            list.OnTrainBatchEnd(batch, ToLogs(entry));
            if (model.StopTraining && honourStop)
            {
                return batch;
            }

            batch++;
        }

        return null;
    }

    private Callback Create(JsonElement entry)
    {
        if (entry.GetProperty("class").GetString() == nameof(LearningRateScheduler))
        {
            return CreateScheduler(entry.GetProperty("args"));
        }

        var config = entry.GetProperty("args").EnumerateObject().ToDictionary(pair => pair.Name, pair => (object)pair.Value);
        if (config.TryGetValue("filepath", out object? path))
        {
            config["filepath"] = Root + "/" + path;
        }

        return CallbackSerialization.Deserialize(
            JsonSerializer.SerializeToElement(new { class_name = entry.GetProperty("class").GetString(), config }));
    }

    private static LearningRateScheduler CreateScheduler(JsonElement args)
    {
        JsonElement schedule = args.GetProperty("schedule");
        int verbose = args.TryGetProperty("verbose", out JsonElement given) ? given.GetInt32() : 0;
        double Of(string name) => ReferenceFile.Number(schedule.GetProperty(name));
        return schedule.GetProperty("fn").GetString() switch
        {
            "table" => new((epoch, _) =>
                ReferenceFile.Number(schedule.GetProperty("values")[Math.Min(epoch, schedule.GetProperty("values").GetArrayLength() - 1)]),
                verbose),
            "step" => new((epoch, _) => Of("lr0") * Math.Pow(Of("drop"), epoch / (int)Of("every")), verbose),
            "times" => new((epoch, rate) => epoch < Of("start") ? rate : rate * Of("factor"), verbose),
            "exp" => new((epoch, rate) => epoch < Of("start") ? rate : rate * Math.Exp(Of("k")), verbose),
            "epoch_only" => new(epoch => Of("lr0") / (1 + (Of("decay") * epoch)), verbose),
            "identity" => new((_, rate) => rate, verbose),
            var other => throw new InvalidDataException($"No schedule '{other}' in these tests."),
        };
    }

    private sealed class Spy : Callback
    {
        public Dictionary<string, double> Seen { get; private set; } = [];

        public override void OnEpochEnd(int epoch, Logs logs) => Seen = logs.ToDictionary();
    }
}
