using System.CommandLine;
using System.CommandLine.Parsing;
using Cairn.Cli.Training;
using Cairn.Dashboard.Server;

namespace Cairn.Cli.Commands;

/// <summary>Options and arguments shared by several commands.</summary>
internal static class CommonOptions
{
    public static Option<string?> Data() => new("--data")
    {
        Description = "A CSV file with a header (separated by commas, semicolons, tabs or bars), or a NumPy .npy file with one row "
            + "per sample. "
            + "Default: the built-in handwritten digits.",
        HelpName = "FILE",
    };

    public static Option<string?> Target() => new("--target")
    {
        Description = "The CSV column to predict (default: the last one). With --data FILE.npy: a second .npy file with one entry per row.",
        HelpName = "NAME",
    };

    public static Option<int> BatchSize() => Checked(
        new Option<int>("--batch-size")
        {
            Description = "Samples per step.",
            HelpName = "N",
            DefaultValueFactory = _ => TrainSettings.DefaultBatchSize,
        },
        value => value >= 1,
        "an integer greater than or equal to 1");

    /// <summary>A port of the page; null without the option, or without a value.</summary>
    public static Option<int?> Port(string name, string description, ArgumentArity arity) => Checked(
        new Option<int?>(name)
        {
            Description = $"{description} Default: {Callbacks.LivePage.DefaultPort}; 0 for any free port.",
            HelpName = "PORT",
            Arity = arity,
        },
        value => value is null or (>= 0 and <= ServerSettings.MostPort),
        $"an integer from 0 to {ServerSettings.MostPort}");

    public static Argument<string> Model() => new("MODEL") { Description = "A Keras .h5 or .keras file with a whole model." };

    /// <summary>An option whose value is validated.</summary>
    public static Option<T> Checked<T>(Option<T> option, Predicate<T> isAllowed, string allowed)
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 0 || !TryRead(result, out T? value))
            {
                return;
            }

            if (!isAllowed(value!))
            {
                result.AddError($"{option.Name} is '{result.Tokens[0].Value}'; it must be {allowed}.");
            }
        });
        return option;
    }

    // The parser itself reports values that can't be parsed.
    private static bool TryRead<T>(OptionResult result, out T? value)
    {
        value = default;
        try
        {
            value = result.GetValueOrDefault<T>();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
