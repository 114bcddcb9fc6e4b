using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Callbacks;
using Cairn.EventFiles.Messages;
using Value = Google.Protobuf.WellKnownTypes.Value;

namespace Cairn.EventFiles;

/// <summary>The hyperparameters of a training: settings of the optimizer, the loss, the run, and any that the user adds.</summary>
internal static class HyperParameters
{
    /// <summary>The tag under which the hparams dashboard looks for them.</summary>
    public const string StartTag = "_hparams_/session_start_info";

    /// <summary>The tag under which it looks for the end of the training.</summary>
    public const string EndTag = "_hparams_/session_end_info";

    /// <summary>The record at the start of a training.</summary>
    public static HParamsPluginData Start(Model model, CallbackParams parameters, IReadOnlyDictionary<string, object> given,
        DateTimeOffset now)
    {
        var start = new SessionStartInfo { StartTimeSecs = Seconds(now) };
        if (model.Optimizer is { } optimizer)
        {
            start.Hparams["optimizer"] = Value.ForString(optimizer.ClassName);
            foreach ((string name, JsonNode? value) in optimizer.GetConfig())
            {
                if (name != "name" && FromConfig(value) is { } known)
                {
                    start.Hparams[name] = known;
                }
            }
        }

        if (model.Loss is { } loss)
        {
            start.Hparams["loss"] = Value.ForString(loss.ClassName);
        }

        if (model.Seed is { } seed)
        {
            start.Hparams["seed"] = Value.ForNumber(seed);
        }

        if (parameters.Steps is { } steps)
        {
            start.Hparams["steps"] = Value.ForNumber(steps);
        }

        start.Hparams["epochs"] = Value.ForNumber(parameters.Epochs);
        foreach ((string name, object value) in given)
        {
            start.Hparams[name] = Convert(value)!;
        }

        return new HParamsPluginData { SessionStartInfo = start };
    }

    /// <summary>The record at the end of a training.</summary>
    public static HParamsPluginData End(bool failed, DateTimeOffset now) => new()
    {
        SessionEndInfo = new SessionEndInfo { Status = failed ? Status.Failure : Status.Success, EndTimeSecs = Seconds(now) },
    };

    /// <summary>A string, a boolean or a number for the dashboard; null for anything else.</summary>
    public static Value? Convert(object? value) => value switch
    {
        string text => Value.ForString(text),
        bool flag => Value.ForBool(flag),
        byte or sbyte or short or ushort or int or uint or long or ulong or float or double or decimal =>
            Value.ForNumber(System.Convert.ToDouble(value, CultureInfo.InvariantCulture)),
        _ => null,
    };

    private static Value? FromConfig(JsonNode? value) => value switch
    {
        JsonObject schedule => schedule["class_name"] is { } name ? Value.ForString(name.GetValue<string>()) : null,
        JsonValue scalar => scalar.GetValueKind() switch
        {
            JsonValueKind.String => Value.ForString(scalar.GetValue<string>()),
            JsonValueKind.True => Value.ForBool(true),
            JsonValueKind.False => Value.ForBool(false),
            JsonValueKind.Number => Value.ForNumber(double.Parse(scalar.ToJsonString(), CultureInfo.InvariantCulture)),
            _ => null,
        },
        _ => null,
    };

    private static double Seconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).TotalSeconds;
}
