using System.CommandLine;
using System.CommandLine.Parsing;
using Cairn.Cli.Training;

namespace Cairn.Cli.Commands;

/// <summary>Options and arguments that several commands have.</summary>
internal static class CommonOptions
{
    public static Option<string?> Data() => new("--data")
    {
        Description = "A CSV file with a header (separated by commas, semicolons, tabs or bars), or a NumPy .npy file with one "
            + "row a sample. "
            + "Without it: the built-in handwritten digits.",
        HelpName = "FILE",
    };

    public static Option<string?> Target() => new("--target")
    {
        Description = "The CSV column to predict (the last one by default); with --data FILE.npy a second .npy file with one entry a row.",
        HelpName = "NAME",
    };

    public static Option<int> BatchSize() => Checked(
        new Option<int>("--batch-size")
        {
            Description = "Samples in a step.",
            HelpName = "N",
            DefaultValueFactory = _ => TrainSettings.DefaultBatchSize,
        },
        value => value >= 1,
        "a whole number of 1 or more");

    public static Argument<string> Model() => new("MODEL") { Description = "A Keras .h5 or .keras file of a whole model." };

    /// <summary>An option whose value must be in a range.</summary>
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

    // What can't be read at all is reported by the parser itself.
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
