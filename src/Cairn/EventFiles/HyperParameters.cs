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

    /// <summary>The hyperparameters by name: strings, booleans and 64-bit floats.</summary>
    public static Dictionary<string, object> Of(Model model, CallbackParams parameters)
    {
        var settings = new Dictionary<string, object>(StringComparer.Ordinal);
        if (model.Optimizer is { } optimizer)
        {
            settings["optimizer"] = optimizer.ClassName;
            foreach ((string name, JsonNode? value) in optimizer.GetConfig())
            {
                if (name != "name" && FromConfig(value) is { } known)
                {
                    settings[name] = known;
                }
            }
        }

        if (model.Loss is { } loss)
        {
            settings["loss"] = loss.ClassName;
        }

        if (model.Seed is { } seed)
        {
            settings["seed"] = (double)seed;
        }

        if (parameters.Steps is { } steps)
        {
            settings["steps"] = (double)steps;
        }

        settings["epochs"] = (double)parameters.Epochs;
        return settings;
    }

    /// <summary>The record at the start of a training.</summary>
    public static HParamsPluginData Start(Model model, CallbackParams parameters, IReadOnlyDictionary<string, object> given,
        DateTimeOffset now)
    {
        var start = new SessionStartInfo { StartTimeSecs = Seconds(now) };
        foreach ((string name, object value) in Of(model, parameters).Concat(given))
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

    /// <summary>The string, boolean or number of a record; null for anything else.</summary>
    public static object? Read(Value value) => value.KindCase switch
    {
        Value.KindOneofCase.StringValue => value.StringValue,
        Value.KindOneofCase.BoolValue => value.BoolValue,
        Value.KindOneofCase.NumberValue => value.NumberValue,
        _ => null,
    };

    private static object? FromConfig(JsonNode? value) => value switch
    {
        JsonObject schedule => schedule["class_name"]?.GetValue<string>(),
        JsonValue scalar => scalar.GetValueKind() switch
        {
            JsonValueKind.String => scalar.GetValue<string>(),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Number => double.Parse(scalar.ToJsonString(), CultureInfo.InvariantCulture),
            _ => null,
        },
        _ => null,
    };

    private static double Seconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).TotalSeconds;
}
