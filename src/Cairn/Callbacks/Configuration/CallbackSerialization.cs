using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cairn.Callbacks;

/// <summary>
/// Callbacks from and to JSON, in the form in which Keras writes objects:
/// <c>{"class_name": "ReduceLROnPlateau", "config": {"monitor": "val_loss", "min_lr": 1e-05}}</c>.
/// Arguments have Keras' names; those left out have their defaults. <c>module</c> and <c>registered_name</c> may be there and are not used.
/// </summary>
public static partial class CallbackSerialization
{
    private static readonly string[] ObjectKeys = ["class_name", "config", "module", "registered_name"];
    private static readonly string[] Monitoring = ["monitor", "mode", "verbose"];

    private static readonly string[] OfFunctions = [nameof(LambdaCallback), nameof(LearningRateScheduler)];

    private static readonly Dictionary<string, (string[] Arguments, Func<CallbackConfig, Callback> Create)> Known = new(StringComparer.Ordinal)
    {
        [nameof(ReduceLROnPlateau)] = ([.. Monitoring, "factor", "patience", "min_delta", "cooldown", "min_lr", "restore_best_weights"], ReadReduce),
        [nameof(ModelCheckpoint)] = (
            [.. Monitoring, "filepath", "save_best_only", "save_weights_only", "save_freq", "initial_value_threshold", "asynchronous", "keep_last", "keep_best",
            "save_last", "on_error"], ReadCheckpoint),
        [nameof(BackupAndRestore)] = (["backup_dir", "save_freq", "keep", "delete_checkpoint", "on_error", "asynchronous"], ReadBackup),
        [nameof(EarlyStopping)] = (
            [.. Monitoring, "min_delta", "patience", "baseline", "restore_best_weights", "start_from_epoch", "monitors"], ReadEarlyStopping),
        [nameof(TerminateOnNaN)] = (["raise_error"], config => new TerminateOnNaN(config.Flag("raise_error"))),
        [nameof(CSVLogger)] = (
            ["filename", "separator", "append"], config => new CSVLogger(config.Text("filename"), config.Text("separator", ","), config.Flag("append"))),
        [nameof(RemoteMonitor)] = (["root", "path", "field", "headers", "send_as_json", "timeout"], ReadRemoteMonitor),
        [nameof(TensorBoard)] = (TensorBoardConfig.Arguments, TensorBoardConfig.Read),
        [nameof(GradientMonitor)] = (
            ["freq", "per_layer", "stop_on_non_finite", "verbose"],
            config => new GradientMonitor(config.Whole("freq", 1), config.Flag("per_layer"), config.Flag("stop_on_non_finite"), config.Whole("verbose", 0))),
        [nameof(DeviceStats)] = (["update_freq"], config => new DeviceStats(config.Update("update_freq"))),
        [nameof(SwapEMAWeights)] = (["swap_on_epoch"], config => new SwapEMAWeights(config.Flag("swap_on_epoch"))),
        [nameof(TrainingTimer)] = (["max_time", "filepath", "save_weights_only", "verbose"], ReadTimer),
        [nameof(LearningRateFinder)] = (["min_lr", "max_lr", "steps", "smoothing", "divergence", "set_learning_rate", "verbose"], ReadFinder),
        [nameof(GradientAccumulation)] = (["schedule", "verbose"], ReadAccumulation),
        [nameof(WeightAveraging)] = (["start_epoch", "decay", "every_batches", "verbose"], ReadAveraging),
        [nameof(UnfreezeLayers)] = (["epoch", "layers", "learning_rate", "verbose"], ReadUnfreezing),
        [nameof(History)] = ([], _ => new History()),
        [nameof(ProgbarLogger)] = ([], _ => new ProgbarLogger()),
    };

    /// <summary>Makes one callback.</summary>
    /// <param name="json">An object with <c>class_name</c> and, optionally, <c>config</c>.</param>
    /// <exception cref="ArgumentException">
    /// The class or an argument is unknown, or a value is not allowed; the message says which and names the nearest.
    /// </exception>
    public static Callback Deserialize(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw new ArgumentException(
                $"A callback must be a JSON object with \"class_name\" and \"config\"; it is {CallbackConfig.Describe(json)}.", nameof(json));
        }

        foreach (JsonProperty property in json.EnumerateObject())
        {
            if (!ObjectKeys.Contains(property.Name))
            {
                throw new ArgumentException(
                    $"A callback has no key '{property.Name}'. {NearestName.Hint(property.Name, ObjectKeys)}", nameof(json));
            }
        }

        if (!json.TryGetProperty("class_name", out JsonElement name) || name.ValueKind != JsonValueKind.String)
        {
            throw new ArgumentException($"A callback needs a \"class_name\". Known: {string.Join(", ", Known.Keys)}.", nameof(json));
        }

        string className = name.GetString()!;
        if (OfFunctions.Contains(className))
        {
            throw new ArgumentException($"{className} is made of functions, which JSON cannot hold; create it in code.", nameof(json));
        }

        if (!Known.TryGetValue(className, out (string[] Arguments, Func<CallbackConfig, Callback> Create) known))
        {
            throw new ArgumentException($"There is no callback '{className}'. {NearestName.Hint(className, Known.Keys)}", nameof(json));
        }

        return known.Create(new CallbackConfig(className, json.TryGetProperty("config", out JsonElement config) ? config : null, known.Arguments));
    }

    /// <summary>Makes several callbacks.</summary>
    /// <param name="json">A JSON list of objects, each with <c>class_name</c> and, optionally, <c>config</c>.</param>
    /// <exception cref="ArgumentException">
    /// The text is not such a list; or see <see cref="Deserialize"/>, whose message is given with the entry's index.
    /// </exception>
    public static IReadOnlyList<Callback> DeserializeList(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json);
        }
        catch (JsonException e)
        {
            throw new ArgumentException($"The list of callbacks is not JSON: {e.Message}", nameof(json), e);
        }

        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Array)
            {
                throw new ArgumentException(
                    $"The callbacks must be a JSON list; it is {CallbackConfig.Describe(document.RootElement)}.", nameof(json));
            }

            return [.. document.RootElement.EnumerateArray().Select(ReadEntry)];
        }
    }

    /// <summary>Writes one callback with all its arguments.</summary>
    /// <param name="callback">One of Cairn's own callbacks.</param>
    /// <exception cref="ArgumentException">It is of another type.</exception>
    public static JsonElement Serialize(Callback callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return JsonSerializer.SerializeToElement(ToNode(callback));
    }

    /// <summary>Writes several callbacks as a JSON list, which <see cref="DeserializeList"/> reads.</summary>
    /// <param name="callbacks">Cairn's own callbacks.</param>
    /// <exception cref="ArgumentException">One is of another type.</exception>
    public static string SerializeList(IEnumerable<Callback> callbacks)
    {
        ArgumentNullException.ThrowIfNull(callbacks);
        return new JsonArray([.. callbacks.Select(ToNode)]).ToJsonString();
    }

    private static Callback ReadEntry(JsonElement entry, int index)
    {
        try
        {
            return Deserialize(entry);
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"Callback {index} of the list: {e.Message}", "json", e);
        }
    }

    private static ReduceLROnPlateau ReadReduce(CallbackConfig config) => new(
        config.Text("monitor", "val_loss"),
        config.Number("factor", 0.1),
        config.Whole("patience", 10),
        config.Whole("verbose", 0),
        config.Mode(),
        config.Number("min_delta", 1e-4),
        config.Whole("cooldown", 0),
        config.Number("min_lr", 0),
        config.Flag("restore_best_weights"));

    private static ModelCheckpoint ReadCheckpoint(CallbackConfig config) => new(
        config.Text("filepath"),
        config.Text("monitor", "val_loss"),
        config.Whole("verbose", 0),
        config.Flag("save_best_only"),
        config.Flag("save_weights_only"),
        config.Mode(),
        config.Frequency("save_freq"),
        config.ThresholdOrNone("initial_value_threshold"),
        config.Flag("asynchronous"),
        config.WholeOrNone("keep_last"),
        config.WholeOrNone("keep_best"),
        config.Flag("save_last"),
        config.ErrorPolicy());

    private static BackupAndRestore ReadBackup(CallbackConfig config) => new(
        config.Text("backup_dir"),
        config.BackupFrequency("save_freq"),
        config.Whole("keep", 2),
        config.Flag("delete_checkpoint", otherwise: true),
        config.ErrorPolicy(),
        config.Flag("asynchronous"));

    private static EarlyStopping ReadEarlyStopping(CallbackConfig config) => new(
        config.Text("monitor", "val_loss"),
        config.Number("min_delta", 0),
        config.Whole("patience", 0),
        config.Whole("verbose", 0),
        config.Mode(),
        config.NumberOrNone("baseline"),
        config.Flag("restore_best_weights"),
        config.Whole("start_from_epoch", 0),
        config.MonitorsOrNone("monitors"));

    private static RemoteMonitor ReadRemoteMonitor(CallbackConfig config) => new(
        config.Text("root", "http://localhost:9000"),
        config.Text("path", "/publish/epoch/end/"),
        config.Text("field", "data"),
        config.TextsOrNone("headers"),
        config.Flag("send_as_json"),
        config.NumberOrNone("timeout") is { } seconds ? config.Seconds("timeout", seconds) : null);

    private static JsonNode ToNode(Callback callback)
    {
        JsonObject config = callback switch
        {
            ReduceLROnPlateau reduce => new JsonObject
            {
                ["monitor"] = reduce.Monitor,
                ["factor"] = Number(reduce.Factor),
                ["patience"] = reduce.Patience,
                ["verbose"] = reduce.Verbose,
                ["mode"] = reduce.Mode.ToString(),
                ["min_delta"] = Number(reduce.MinDelta),
                ["cooldown"] = reduce.Cooldown,
                ["min_lr"] = Number(reduce.MinLr),
                ["restore_best_weights"] = reduce.RestoreBestWeights,
            },
            ModelCheckpoint checkpoint => new JsonObject
            {
                ["filepath"] = checkpoint.FilePath,
                ["monitor"] = checkpoint.Monitor,
                ["verbose"] = checkpoint.Verbose,
                ["save_best_only"] = checkpoint.SaveBestOnly,
                ["save_weights_only"] = checkpoint.SaveWeightsOnly,
                ["mode"] = checkpoint.Mode.ToString(),
                ["save_freq"] = checkpoint.SaveFreq.Batches is { } batches ? batches : "epoch",
                ["initial_value_threshold"] = checkpoint.InitialValueThreshold is { IsAuto: true } ? "auto" : Number(checkpoint.InitialValueThreshold?.Value),
                ["asynchronous"] = checkpoint.Asynchronous,
                ["keep_last"] = checkpoint.KeepLast,
                ["keep_best"] = checkpoint.KeepBest,
                ["save_last"] = checkpoint.SaveLast,
                ["on_error"] = checkpoint.OnError.ToString(),
            },
            BackupAndRestore backup => new JsonObject
            {
                ["backup_dir"] = backup.BackupDir,
                ["save_freq"] = backup.SaveFreq switch
                {
                    { Batches: { } batches } => batches,
                    { Time: { } time } => new JsonObject { ["seconds"] = time.TotalSeconds },
                    _ => "epoch",
                },
                ["keep"] = backup.Keep,
                ["delete_checkpoint"] = backup.DeleteCheckpoint,
                ["on_error"] = backup.OnError.ToString(),
                ["asynchronous"] = backup.Asynchronous,
            },
            EarlyStopping stopping => new JsonObject
            {
                ["monitor"] = stopping.Monitor,
                ["min_delta"] = Number(stopping.MinDelta),
                ["patience"] = stopping.Patience,
                ["verbose"] = stopping.Verbose,
                ["mode"] = (stopping.Monitors.Count == 1 ? stopping.Mode : MonitorMode.Auto).ToString(),
                ["baseline"] = Number(stopping.Baseline),
                ["restore_best_weights"] = stopping.RestoreBestWeights,
                ["start_from_epoch"] = stopping.StartFromEpoch,
                ["monitors"] = stopping.Monitors.Count == 1 ? null : new JsonArray([.. stopping.Monitors.Select(ToNode)]),
            },
            TerminateOnNaN terminate => new JsonObject { ["raise_error"] = terminate.RaiseError },
            CSVLogger logger => new JsonObject { ["filename"] = logger.FileName, ["separator"] = logger.Separator, ["append"] = logger.Append },
            RemoteMonitor monitor => new JsonObject
            {
                ["root"] = monitor.Root,
                ["path"] = monitor.Path,
                ["field"] = monitor.Field,
                ["headers"] = monitor.Headers is { } headers ? new JsonObject(headers.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))) : null,
                ["send_as_json"] = monitor.SendAsJson,
                ["timeout"] = monitor.RequestTimeout.TotalSeconds,
            },
            GradientMonitor monitor => new JsonObject
            {
                ["freq"] = monitor.Freq,
                ["per_layer"] = monitor.PerLayer,
                ["stop_on_non_finite"] = monitor.StopOnNonFinite,
                ["verbose"] = monitor.Verbose,
            },
            DeviceStats stats => new JsonObject { ["update_freq"] = stats.UpdateFreq.Batches is { } every ? every : "epoch" },
            TensorBoard board => TensorBoardConfig.Write(board),
            SwapEMAWeights swap => new JsonObject { ["swap_on_epoch"] = swap.SwapOnEpoch },
            TrainingTimer timer => Describe(timer),
            LearningRateFinder finder => Describe(finder),
            GradientAccumulation accumulation => Describe(accumulation),
            WeightAveraging averaging => Describe(averaging),
            UnfreezeLayers unfreezing => Describe(unfreezing),
            History or ProgbarLogger => [],
            _ => throw new ArgumentException(
                $"{callback.Name} cannot be written as JSON; these can: {string.Join(", ", Known.Keys)}.", nameof(callback)),
        };
        return new JsonObject
        {
            ["module"] = "keras.callbacks",
            ["class_name"] = callback.GetType().Name,
            ["config"] = config,
            ["registered_name"] = null,
        };
    }

    private static JsonObject ToNode(MonitoredValue one) =>
        new() { ["name"] = one.Name, ["mode"] = one.Mode.ToString(), ["min_delta"] = Number(one.MinDelta) };

    private static JsonNode? Number(double? value) => value is not { } number
        ? null
        : double.IsFinite(number) ? JsonValue.Create(number) : JsonValue.Create(number.ToString(CultureInfo.InvariantCulture));
}
