using System.Globalization;
using System.Text.Json;
using Cairn.Callbacks;
using Cairn.Tests.Training;

namespace Cairn.Tests.Callbacks;

/// <summary>Hooks and their arguments, in runs recorded with Keras 3.16 on PyTorch.</summary>
public sealed class RecordedHooksTests
{
    public static TheoryData<string> Hooks => [.. RecordedRun.Names("hooks")];

    [Theory]
    [MemberData(nameof(Hooks))]
    public void Every_hook_is_called_when_Keras_calls_it_with_the_logs_that_Keras_hands_on(string name)
    {
        JsonElement given = RecordedRun.Case("hooks", name);
        using Model model = RecordedRun.Create(given);
        List<(string Callback, string Hook, int? Index, Dictionary<string, double> Logs)> calls = [];
        JsonElement act = given.GetProperty("act");
        Callback first = new Witness("first", calls, (hook, index, logs) => Act(act, model, hook, index, logs));
        Callback second = new Witness("second", calls, null);
        if (given.GetProperty("nested").GetBoolean())
        {
            second = new CallbackList([second], model);
        }

        History? history = RecordedRun.Do(model, given.GetProperty("kind").GetString()!, given.GetProperty("args"), [first, second]);

        var recorded = given.GetProperty("calls").EnumerateArray().ToList();
        int steps = given.GetProperty("params").GetProperty("steps").GetInt32();
        Assert.Equal(recorded.Select(call => Described(call, steps)),
            calls.Select(call => Described(call.Callback, call.Hook, call.Index, call.Logs.Keys)));
        foreach ((JsonElement expected, (string Callback, string Hook, int? Index, Dictionary<string, double> Logs) actual) in recorded.Zip(
            calls))
        {
            foreach ((string? key, double value) in actual.Logs)
            {
                Tolerance.Near(ReferenceFile.Number(expected.GetProperty("logs").GetProperty(key)), value, Tolerance.Dense,
                    $"{actual.Hook}: {key}");
            }
        }

        Assert.Equal(
            (given.GetProperty("params").GetProperty("epochs").GetInt32(), steps, 0),
            (first.Params.Epochs, first.Params.Steps, first.Params.Verbose));
        if (history is not null)
        {
            CheckHistory(given, history);
        }
    }

    private static void CheckHistory(JsonElement given, History history)
    {
        Assert.Equal(given.GetProperty("history_epoch").EnumerateArray().Select(epoch => epoch.GetInt32()), history.Epochs);
        foreach (JsonProperty column in given.GetProperty("history").EnumerateObject())
        {
            Assert.Equal(column.Value.GetArrayLength(), history[column.Name].Count);
        }
    }

    private static void Act(JsonElement act, Model model, string hook, int? index, Logs logs)
    {
        if (act.ValueKind == JsonValueKind.Null || act.GetProperty("hook").GetString() != hook
            || (act.GetProperty("index") is { ValueKind: JsonValueKind.Number } only && only.GetInt32() != index))
        {
            return;
        }

        switch (act.GetProperty("what").GetString())
        {
            case "stop_training":
                model.StopTraining = true;
                break;
            case "stop_evaluating":
                model.StopEvaluating = true;
                break;
            case "stop_predicting":
                model.StopPredicting = true;
                break;
            default:
                logs["added"] = 0.5;
                break;
        }
    }

    // With several steps per execution, Keras counts to the end of an incomplete group; here the index is that of the last batch.
    private static string Described(JsonElement call, int steps)
    {
        int? index = call.TryGetProperty("index", out JsonElement given) ? given.GetInt32() : null;
        string hook = call.GetProperty("hook").GetString()!;
        return Described(
            call.GetProperty("callback").GetString()!, hook,
            hook.EndsWith("batch_end", StringComparison.Ordinal) && index >= steps ? steps - 1 : index,
            call.TryGetProperty("logs", out JsonElement logs) ? logs.EnumerateObject().Select(pair => pair.Name) : []);
    }

    private static string Described(string callback, string hook, int? index, IEnumerable<string> logs) =>
        string.Create(CultureInfo.InvariantCulture, $"{callback} {hook} {index} [{string.Join(", ", logs)}]");

    /// <summary>Records every call of every hook under its Keras name.</summary>
    private sealed class Witness(string name, List<(string Callback, string Hook, int? Index, Dictionary<string, double> Logs)> calls,
        Action<string, int?, Logs>? act) : Callback
    {
        public override void OnTrainBegin(Logs logs) => Note("on_train_begin", null, logs);

        public override void OnTrainEnd(Logs logs) => Note("on_train_end", null, logs);

        public override void OnEpochBegin(int epoch, Logs logs) => Note("on_epoch_begin", epoch, logs);

        public override void OnEpochEnd(int epoch, Logs logs) => Note("on_epoch_end", epoch, logs);

        public override void OnTrainBatchBegin(int batch, Logs logs) => Note("on_train_batch_begin", batch, logs);

        public override void OnTrainBatchEnd(int batch, Logs logs) => Note("on_train_batch_end", batch, logs);

        public override void OnTestBegin(Logs logs) => Note("on_test_begin", null, logs);

        public override void OnTestEnd(Logs logs) => Note("on_test_end", null, logs);

        public override void OnTestBatchBegin(int batch, Logs logs) => Note("on_test_batch_begin", batch, logs);

        public override void OnTestBatchEnd(int batch, Logs logs) => Note("on_test_batch_end", batch, logs);

        public override void OnPredictBegin(Logs logs) => Note("on_predict_begin", null, logs);

        public override void OnPredictEnd(Logs logs) => Note("on_predict_end", null, logs);

        public override void OnPredictBatchBegin(int batch, Logs logs) => Note("on_predict_batch_begin", batch, logs);

        public override void OnPredictBatchEnd(int batch, Logs logs) => Note("on_predict_batch_end", batch, logs);

        private void Note(string hook, int? index, Logs logs)
        {
            calls.Add((name, hook, index, logs.ToDictionary()));
            act?.Invoke(hook, index, logs);
        }
    }
}
