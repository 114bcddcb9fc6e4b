using System.Globalization;
using Cairn.EventFiles;

namespace Cairn.Callbacks;

/// <summary>The settings of a training as text, by which runs are compared.</summary>
internal static class RunSettings
{
    /// <summary>Settings of the optimizer, the loss, the model and the run; what can't be described is left out.</summary>
    public static IReadOnlyDictionary<string, string> Of(Model model, CallbackParams parameters)
    {
        var settings = new SortedDictionary<string, string>(StringComparer.Ordinal);
        try
        {
            foreach ((string name, object value) in HyperParameters.Of(model, parameters))
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

    /// <summary>A string, a boolean or a 64-bit float as text, booleans and numbers as in JSON; an empty text for null.</summary>
    public static string Text(object? value) => value switch
    {
        string text => text,
        bool flag => flag ? "true" : "false",
        double number => Text(number),
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
