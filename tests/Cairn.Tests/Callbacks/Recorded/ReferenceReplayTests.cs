using System.Text.Json;
using Cairn.Callbacks;
using Cairn.Tests.Training;

namespace Cairn.Tests.Callbacks;

/// <summary>Cairn's callbacks do the same as Keras' in every recorded case.</summary>
public sealed class ReferenceReplayTests
{
    private static readonly Dictionary<string, JsonElement> Cases = ReferenceFile.Names("callbacks")
        .SelectMany(file => ReferenceFile.Read($"callbacks/{file}.json").GetProperty("cases").EnumerateArray()
            .Select(given => (Key: $"{file}/{given.GetProperty("name").GetString()}", Case: given)))
        .ToDictionary(pair => pair.Key, pair => pair.Case);

    /// <summary>Arguments that Keras accepts by mistake, or rejects only after an epoch, and the message with which Cairn rejects
    /// them.</summary>
    private static readonly Dictionary<string, string> RefusedInTheConstructor = new()
    {
        // Keras only warns of an unknown mode.
        ["early_stopping/bad_mode"] = "Unknown mode 'maximize'. Known: 'auto', 'min', 'max'.",
        ["early_stopping/bad_mode_on_acc"] = "Unknown mode 'best'. Known: 'auto', 'min', 'max'.",
        ["reduce_lr_on_plateau/bad_mode"] = "Unknown mode 'foo'. Known: 'auto', 'min', 'max'.",
        ["reduce_lr_on_plateau/bad_mode_and_factor"] = "Unknown mode 'foo'. Known: 'auto', 'min', 'max'.",
        ["model_checkpoint/bad_mode"] = "Unknown mode 'foo'. Known: 'auto', 'min', 'max'.",

        // Keras accepts the name of a weights file for a whole model.
        ["model_checkpoint/extension 'm.weights.h5' wo0"] = "saveWeightsOnly: true",

        // Keras takes True for 1, and saves on every batch for 0 and negative numbers.
        ["model_checkpoint/save_freq0"] = ">= 1",
        ["model_checkpoint/save_freq_neg"] = ">= 1",
        ["model_checkpoint/bad_save_freq True"] = "\"epoch\" or a whole number of batches (1 or more); it is true",

        // With a factor of 0 or less, training would stop making progress.
        ["reduce_lr_on_plateau/factor0.0"] = "factor must be above 0",
        ["reduce_lr_on_plateau/factor-0.5"] = "factor must be above 0",

        // Templates that no value can fill fail in Keras after the first epoch, whose training is lost.
        ["model_checkpoint/bad template {val_loss:d}.h5"] = "format type 'd', which is not allowed for a floating-point number",
        ["model_checkpoint/bad template {epoch:q}.h5"] = "format type 'q', which is not allowed for an integer",
        ["model_checkpoint/bad template {epoch.h5"] = "never closed",
        ["model_checkpoint/bad template {}.h5"] = "has no name",
        ["model_checkpoint/bad template {0}.h5"] = "has no name",
        ["model_checkpoint/bad template x}.h5"] = "has no matching",
    };

    /// <summary>Keras raises TypeError when an integer saveFreq meets saveBestOnly before the first epoch end; Cairn saves. The expected
    /// saves follow from the losses of the cases.</summary>
    private static readonly Dictionary<string, string[]> WorksHere = new()
    {
        ["model_checkpoint/save_freq2_best_min_loss_within_first_epoch"] = BestOfEvery("save_freq2_best_min_loss_within_first_epoch", 2,
            double.PositiveInfinity),
        ["model_checkpoint/save_freq4_best_threshold_first_epoch"] = BestOfEvery("save_freq4_best_threshold_first_epoch", 4, 0.5),
    };

    /// <summary>
    /// In Keras, a first value of NaN remains the best forever; here the first finite value replaces it. See MonitorCallbackTests.
    /// </summary>
    private static readonly string[] NaNGivesWay =
    [
        .. Cases.Keys.Where(key => key.StartsWith("early_stopping/nan_first_", StringComparison.Ordinal)),
        "model_checkpoint/nan_first_best1",
        "reduce_lr_on_plateau/nan_first_min", "reduce_lr_on_plateau/nan_first_max",
    ];

    /// <summary>Cases that cannot be written in C#.</summary>
    private static readonly Dictionary<string, string> LeftOut = new()
    {
        ["learning_rate_scheduler/int_v0_12"] = "The schedule returns an int, which Keras refuses; a Func<int, double, double> can only "
            + "return a double.",
        ["learning_rate_scheduler/int_v1_13"] = "The schedule returns an int, which Keras refuses; a Func<int, double, double> can only "
            + "return a double.",
    };

    public static TheoryData<string> Replayed =>
        [.. Cases.Keys.Except(RefusedInTheConstructor.Keys).Except(WorksHere.Keys).Except(LeftOut.Keys).Except(NaNGivesWay)];

    public static TheoryData<string> Refused => [.. RefusedInTheConstructor.Keys];

    public static TheoryData<string> Working => [.. WorksHere.Keys];

    [Fact]
    public void Every_case_is_replayed_or_listed_with_its_reason()
    {
        Assert.Equal(Cases.Count - 17 - 2 - 2 - 10, Replayed.Count);
        if (ReferenceFile.IsOwn("callbacks"))
        {
            Assert.Equal(749, Cases.Count);
        }

        string[] listed = [.. RefusedInTheConstructor.Keys, .. WorksHere.Keys, .. LeftOut.Keys, .. NaNGivesWay];
        Assert.Equal(17 + 2 + 2 + 10, listed.Distinct().Count());
        Assert.All(listed, key => Assert.Contains(key, Cases.Keys));
    }

    [Theory]
    [MemberData(nameof(Replayed))]
    public void Does_the_same_as_Keras(string key)
    {
        JsonElement given = Cases[key];
        JsonElement expect = given.GetProperty("expect");
        using var replay = new ReferenceReplay(given);
        var records = expect.GetProperty("epochs").EnumerateArray().ToList();
        int played = 0;
        JsonElement? before = null;
        replay.EpochEnded = (epoch, stopped, added) =>
        {
            JsonElement record = records[played++];
            CheckEpoch(record, before, replay, epoch, stopped, added);
            before = record;
        };
        Exception? error = Record.Exception(replay.Run);
        if (error is Xunit.Sdk.IAssertionException)
        {
            throw new InvalidOperationException($"{key}, epoch record {played - 1}: {error.Message}", error);
        }

        Assert.Equal(records.Count, played);
        if (expect.TryGetProperty("error", out JsonElement expected))
        {
            Assert.NotNull(error);
            CheckError(expected, replay, error);
        }
        else
        {
            Assert.Null(error);
            CheckEnd(expect.GetProperty("train_end"), replay, played);
        }

        if (expect.TryGetProperty("files_on_disk", out JsonElement files))
        {
            Assert.Equal(files.EnumerateArray().Select(file => file.GetString()!).Order(StringComparer.Ordinal), replay.FilesOnDisk());
        }
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_mistake_that_Keras_accepts_is_refused_immediately(string key)
    {
        using var replay = new ReferenceReplay(Cases[key]);
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(replay.Run);
        Assert.Equal("constructor", replay.Phase);
        Assert.Contains(RefusedInTheConstructor[key], error.Message);
        Assert.Empty(replay.FilesOnDisk());
    }

    [Theory]
    [MemberData(nameof(Working))]
    public void Saving_the_best_every_few_batches_works_from_the_first_epoch_on(string key)
    {
        using var replay = new ReferenceReplay(Cases[key]);
        replay.Run();
        Assert.Equal(WorksHere[key], replay.Take().Saved);
        Assert.NotEmpty(WorksHere[key]);
    }

    private static void CheckEpoch(
        JsonElement record, JsonElement? before, ReferenceReplay replay, int epoch, int? stopped, Dictionary<string, double> added)
    {
        Assert.Equal(record.GetProperty("epoch").GetInt32(), epoch);
        Assert.Equal(ReferenceFile.Number(record.GetProperty("lr")), replay.LearningRate);
        bool hasLostRate = record.TryGetProperty("lr_begin", out JsonElement begin) && !double.IsFinite(ReferenceFile.Number(begin));
        if (begin.ValueKind != JsonValueKind.Undefined)
        {
            Assert.Equal(ReferenceFile.Number(begin), replay.LearningRateAtBegin);
        }

        Assert.Equal(record.GetProperty("stop_training").GetBoolean(), replay.StopTraining);
        if (record.TryGetProperty("stopped_at_batch", out JsonElement batch))
        {
            Assert.Equal(batch.ValueKind == JsonValueKind.Null ? null : batch.GetInt32(), stopped);
        }

        Dictionary<string, double> expectedKeys = record.TryGetProperty("logs_added", out JsonElement keys)
            ? keys.EnumerateObject().ToDictionary(pair => pair.Name, pair => ReferenceFile.Number(pair.Value))
            : [];
        Assert.Equal(expectedKeys, added);
        CheckStates(record, replay.Callbacks);
        (string? output, List<string>? warnings, List<string>? nan, List<string>? saved) = replay.Take();
        CheckOutput(record, output, warnings, saved);
        Assert.Equal(NewlyNaN(record, before) + (hasLostRate ? 1 : 0), nan.Count);
    }

    private static void CheckEnd(JsonElement end, ReferenceReplay replay, int played)
    {
        Assert.Equal(end.GetProperty("epochs_run").GetInt32(), played);
        Assert.Equal(ReferenceFile.Number(end.GetProperty("lr")), replay.LearningRate);
        Assert.Equal(end.GetProperty("weights_value").GetDouble(), replay.WeightsValue);
        CheckStates(end, replay.Callbacks);
        (string? output, List<string>? warnings, List<string> _, List<string>? saved) = replay.Take();
        CheckOutput(end, output, warnings, saved);
    }

    private static void CheckError(JsonElement expected, ReferenceReplay replay, Exception error)
    {
        string message = expected.GetProperty("message").GetString()!;
        (Type? type, string[]? parts) = expected.GetProperty("type").GetString() switch
        {
            "KeyError" =>
                (typeof(KeyNotFoundException),
                new[] { "Failed to format this callback filepath", "Reason: '" + message.Split("Reason: ")[1].Trim('\\', '\'') + "'" }),
            "TypeError" when message.Contains("LearningRateSchedule") => (typeof(InvalidOperationException), ["schedule"]),
            "RuntimeError" => (typeof(NotFiniteNumberException), [message]),
            "ValueError" when message.Contains("monitor=") =>
                (typeof(ArgumentException), [$"monitors '{message.Split("monitor=")[1].Split(',')[0]}'", "mode: \"min\""]),
            "ValueError" when message.Contains("factor") =>
                (typeof(ArgumentException), ["ReduceLROnPlateau does not support a factor >= 1.0"]),
            "ValueError" when message.Contains("save_freq") => (typeof(ArgumentException), ["epoch", "1 or more"]),
            "ValueError" when message.Contains("must end in `.weights.h5`") => (typeof(ArgumentException), ["must end in \".weights.h5\""]),
            "ValueError" when message.Contains("must end in `.keras`") => (typeof(ArgumentException), ["must end in \".keras\""]),
            var other => throw new InvalidDataException($"No counterpart for {other}: {message}"),
        };
        Assert.IsAssignableFrom(type, error);
        Assert.All(parts, part => Assert.Contains(part, error.Message));
        Assert.Equal(expected.GetProperty("phase").GetString(), replay.Phase);
        (string? output, List<string>? warnings, List<string> _, List<string>? saved) = replay.Take();
        CheckOutput(expected, output, warnings, saved);
    }

    private static void CheckOutput(JsonElement record, string output, List<string> warnings, List<string> saved)
    {
        Assert.Equal(record.TryGetProperty("stdout", out JsonElement text) ? text.GetString() : "", output);
        Assert.Equal(record.TryGetProperty("warnings", out JsonElement texts) ? texts.EnumerateArray().Select(entry => entry.GetString()!)
            : [], warnings);
        IEnumerable<string> files = record.TryGetProperty("saved", out JsonElement entries)
            ? entries.EnumerateArray()
            .Select(entry =>
            $"{entry.GetProperty("at").GetString()} {entry.GetProperty("method").GetString()} {entry.GetProperty("path").GetString()}")
            : [];
        Assert.Equal(files, saved);
    }

    private static void CheckStates(JsonElement record, List<Callback> callbacks)
    {
        JsonElement states = record.GetProperty("callbacks");
        Assert.Equal(states.GetArrayLength(), callbacks.Count);
        for (int i = 0; i < callbacks.Count; i++)
        {
            foreach (JsonProperty expected in states[i].EnumerateObject())
            {
                CheckState(expected, callbacks[i]);
            }
        }
    }

    private static void CheckState(JsonProperty expected, Callback callback)
    {
        object? actual = (expected.Name, callback) switch
        {
            ("best", MonitorCallback monitor) => monitor.Best,
            ("wait", ReduceLROnPlateau reduce) => reduce.Wait,
            ("cooldown_counter", ReduceLROnPlateau reduce) => reduce.CooldownCounter,
            ("wait", EarlyStopping stopping) => stopping.Wait,
            ("stopped_epoch", EarlyStopping stopping) => stopping.StoppedEpoch,
            ("best_epoch", EarlyStopping stopping) => stopping.BestEpoch,
            ("has_best_weights", EarlyStopping stopping) => stopping.BestWeights is not null,
            ("batches_seen_since_last_saving", ModelCheckpoint checkpoint) => checkpoint.BatchesSeenSinceLastSaving,
            _ => throw new InvalidDataException($"{callback.Name} has no '{expected.Name}'."),
        };
        object? wanted = expected.Value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ when expected.Name == "best" => ReferenceFile.Number(expected.Value),
            _ => expected.Value.GetInt32(),
        };
        Assert.True(Equals(wanted, actual), $"{callback.Name}.{expected.Name}: expected {wanted ?? "null"}, got {actual ?? "null"}");
    }

    /// <summary>The number of callbacks whose best value became NaN in this epoch; Cairn warns of each.</summary>
    private static int NewlyNaN(JsonElement record, JsonElement? before)
    {
        static bool[] AreNaN(JsonElement from) => [.. from.GetProperty("callbacks").EnumerateArray()
            .Select(state => state.TryGetProperty("best", out JsonElement best) && best.ValueKind == JsonValueKind.String
            && best.GetString() == "NaN")];

        bool[] now = AreNaN(record);
        bool[] then = before is { } last ? AreNaN(last) : new bool[now.Length];
        return now.Zip(then).Count(pair => pair is { First: true, Second: false });
    }

    private static string[] BestOfEvery(string name, int every, double best)
    {
        var saved = new List<string>();
        int seen = 0;
        int epoch = 0;
        foreach (JsonElement batches in Cases["model_checkpoint/" + name].GetProperty("batch_logs").EnumerateArray())
        {
            epoch++;
            for (int batch = 0; batch < batches.GetArrayLength(); batch++)
            {
                double loss = batches[batch].GetProperty("loss").GetDouble();
                if (++seen % every == 0 && loss < best)
                {
                    best = loss;
                    saved.Add($"batch {batch} save {epoch:00}-{batch + 1:000}.keras");
                }
            }
        }

        return [.. saved];
    }
}
