using System.Globalization;
using Cairn.EventFiles;
using Value = Google.Protobuf.WellKnownTypes.Value;

namespace Cairn.Callbacks;

/// <summary>The settings of a training as text, by which runs are compared.</summary>
internal static class RunSettings
{
    private static readonly Dictionary<string, object> NoOthers = [];

    /// <summary>Settings of the optimizer, the loss, the model and the run; what can't be described is left out.</summary>
    public static IReadOnlyDictionary<string, string> Of(Model model, CallbackParams parameters)
    {
        var settings = new SortedDictionary<string, string>(StringComparer.Ordinal);
        try
        {
            foreach ((string name, Value value) in HyperParameters.Start(model, parameters, NoOthers, DateTimeOffset.UnixEpoch)
                .SessionStartInfo.Hparams)
            {
                settings[name] = Text(value);
            }

            settings["parameters"] = model.CountParams().ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception exception) when (exception is NotSupportedException or NotImplementedException or InvalidOperationException)
        {
            // An optimizer or loss of the user's own has no configuration.
        }

        settings["model"] = model.Name;
        Add(settings, "batch_size", parameters.BatchSize);
        Add(settings, "samples", parameters.Samples);
        return settings;
    }

    /// <summary>A value as text; numbers as JSON has them.</summary>
    public static string Text(Value value) => value.KindCase switch
    {
        Value.KindOneofCase.StringValue => value.StringValue,
        Value.KindOneofCase.BoolValue => value.BoolValue ? "true" : "false",
        Value.KindOneofCase.NumberValue => Text(value.NumberValue),
        _ => "",
    };

    // Learning rates are 32-bit floats: 0.001, not 0.0010000000474974513.
    private static string Text(double number) => number == (float)number
        ? ((float)number).ToString("R", CultureInfo.InvariantCulture)
        : number.ToString("R", CultureInfo.InvariantCulture);

    private static void Add(SortedDictionary<string, string> settings, string name, long? value)
    {
        if (value is { } known)
        {
            settings[name] = known.ToString(CultureInfo.InvariantCulture);
        }
    }
}
