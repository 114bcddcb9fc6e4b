namespace Cairn.Data;

/// <summary>How a comma-separated file is written, where it shows not by itself, and what its words and gaps stand for.</summary>
public sealed record CsvOptions
{
    /// <summary>
    /// Whether the first line names the columns. False calls them <c>"0"</c>, <c>"1"</c>, … By default (null) it does, but a first line that
    /// looks like a row of numbers is refused.
    /// </summary>
    public bool? HasHeader { get; init; }

    /// <summary>What stands between two values; by default (null) the one of comma, semicolon, tab and bar that is most frequent in the first line.</summary>
    public char? Separator { get; init; }

    /// <summary>Whether numbers have a decimal comma, <c>1,5</c>; false by default. The separator is then no comma.</summary>
    public bool DecimalComma { get; init; }

    /// <summary>The number for a value that is missing (nothing, <c>NA</c>, <c>NaN</c> or <c>null</c>); by default (null) a missing value is an error.</summary>
    public float? Missing { get; init; }

    /// <summary>
    /// Columns of words: each word becomes its place in the list, counted from 0, such as the class number of a label.
    /// <see cref="Dataset.CategoriesInCsv"/> finds the words of a column.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Categories { get; init; } = new Dictionary<string, IReadOnlyList<string>>();
}
