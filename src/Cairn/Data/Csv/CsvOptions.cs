namespace Cairn.Data;

/// <summary>How a CSV file is formatted, where this can't be detected, and how words and missing values are converted.</summary>
public sealed record CsvOptions
{
    /// <summary>
    /// Whether the first line is a header. If false, the columns are named <c>"0"</c>, <c>"1"</c>, … If null (default), the first line is a
    /// header, but one that looks like a row of numbers is rejected.
    /// </summary>
    public bool? HasHeader { get; init; }

    /// <summary>
    /// The separator; if null (default), the most frequent of comma, semicolon, tab and vertical bar in the first line.
    /// </summary>
    public char? Separator { get; init; }

    /// <summary>Whether numbers use a decimal comma, <c>1,5</c>; false by default. The separator can then not be a comma.</summary>
    public bool DecimalComma { get; init; }

    /// <summary>
    /// The number that replaces a missing value (empty, <c>NA</c>, <c>NaN</c> or <c>null</c>); if null (default), a missing value is an
    /// error.
    /// </summary>
    public float? Missing { get; init; }

    /// <summary>
    /// Categories of columns of words: each word is converted to its index in the list, from 0, such as the class index of a label.
    /// <see cref="Dataset.CategoriesInCsv"/> finds the words of a column.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Categories { get; init; } = new Dictionary<string, IReadOnlyList<string>>();
}
