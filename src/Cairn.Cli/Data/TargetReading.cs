using System.Globalization;

namespace Cairn.Cli.Data;

/// <summary>Decides whether a column contains classes or numbers, and converts it to targets.</summary>
internal static class TargetReading
{
    /// <summary>Integers with more distinct values than this are numbers, not classes.</summary>
    public const int MostWholeNumberClasses = 20;

    private const int RowsAClass = 2;

    /// <summary>Reads a column.</summary>
    /// <param name="column">The values.</param>
    /// <param name="forced">The kind of target; null to decide by the values.</param>
    /// <param name="classes">The classes of an existing model; null to find them here.</param>
    /// <exception cref="CommandException">A value does not match the kind of target.</exception>
    public static Targets Read(TargetColumn column, TaskKind? forced, IReadOnlyList<string>? classes = null)
    {
        if (classes is not null && forced != TaskKind.Regression)
        {
            return Classes(column, classes, "the model's own classes");
        }

        double[]? numbers = ParseAll(column.Texts);
        (TaskKind task, string reason) = forced is { } given ? (given, "as requested") : Decide(column.Texts, numbers);
        if (task == TaskKind.Classification)
        {
            return Classes(column, ClassNames(column, numbers), reason);
        }

        return new Targets(task, Array.ConvertAll(numbers ?? NotNumbers(column), value => (float)value), 1, [], reason);
    }

    private static (TaskKind Task, string Reason) Decide(string[] texts, double[]? numbers)
    {
        if (numbers is null)
        {
            return (TaskKind.Classification, "its values are text");
        }

        if (!numbers.All(double.IsInteger))
        {
            return (TaskKind.Regression, "its values are not all integers");
        }

        int different = numbers.Distinct().Count();
        return different <= MostWholeNumberClasses && texts.Length >= RowsAClass * different
            ? (TaskKind.Classification, $"its values are {different} distinct integers")
            : (TaskKind.Regression, $"its values are {different} distinct integers in {texts.Length} rows");
    }

    private static string[] ClassNames(TargetColumn column, double[]? numbers)
    {
        // One name per value: 1 and 1.0 are the same class.
        string[] names = numbers is null
            ? [.. column.Texts.Distinct().Order(StringComparer.Ordinal)]
            : [.. numbers.Distinct().Order().Select(Name)];
        return names.Length > 1
            ? names
            : throw new CommandException($"the column '{column.Name}' contains only '{names[0]}'; at least two classes are needed");
    }

    private static Targets Classes(TargetColumn column, IReadOnlyList<string> classes, string reason)
    {
        var numberOf = classes.Select((name, index) => (name, index)).ToDictionary(pair => pair.name, pair => pair.index);
        float[] values = new float[column.Texts.Length];
        for (int row = 0; row < values.Length; row++)
        {
            string text = column.Texts[row];
            if (!numberOf.TryGetValue(text, out int number) && !(Parse(text) is { } value && numberOf.TryGetValue(Name(value), out number)))
            {
                throw new CommandException($"{column.Place(row)}: there is no class '{text}'. {NearestName.Hint(text, classes)}");
            }

            values[row] = number;
        }

        return new Targets(TaskKind.Classification, values, 1, classes, reason);
    }

    private static double[]? ParseAll(string[] texts)
    {
        double[] numbers = new double[texts.Length];
        for (int row = 0; row < texts.Length; row++)
        {
            if (Parse(texts[row]) is not { } value)
            {
                return null;
            }

            numbers[row] = value;
        }

        return numbers;
    }

    private static double[] NotNumbers(TargetColumn column)
    {
        int row = Array.FindIndex(column.Texts, text => Parse(text) is null);
        throw new CommandException($"{column.Place(row)}: '{column.Texts[row]}' is not a finite number, which regression needs");
    }

    private static double? Parse(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) ? value : null;

    private static string Name(double value) => value.ToString(CultureInfo.InvariantCulture);
}
