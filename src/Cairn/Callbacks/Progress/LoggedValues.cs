using System.Collections;
using System.Globalization;
using System.Text;

namespace Cairn.Callbacks;

/// <summary>
/// A log entry in the form that structured loggers expect: named values, the last one being the message template. The names of the logged
/// values are not known in advance, so the template can't be a constant.
/// </summary>
internal sealed class LoggedValues : IReadOnlyList<KeyValuePair<string, object?>>
{
    private const string ValuesField = "{Values}";
    private readonly List<KeyValuePair<string, object?>> values;
    private readonly string format;
    private readonly int named;

    public LoggedValues(string format, IReadOnlyList<KeyValuePair<string, object?>> values, Logs? logs)
    {
        this.format = format;
        named = values.Count;
        this.values = [.. values, .. (logs ?? Logs.Empty).Select(pair => KeyValuePair.Create(pair.Key, (object?)pair.Value)),
            new("{OriginalFormat}", format)];
    }

    public int Count => values.Count;

    public KeyValuePair<string, object?> this[int index] => values[index];

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString()
    {
        var text = new StringBuilder(format);

        // From the end, so that braces within a value are not mistaken for a field.
        foreach ((string? name, object? value) in values.Take(named)
            .OrderByDescending(pair => format.IndexOf($"{{{pair.Key}}}", StringComparison.Ordinal)))
        {
            int at = format.IndexOf($"{{{name}}}", StringComparison.Ordinal);
            if (at >= 0)
            {
                text.Remove(at, name.Length + 2).Insert(at, Shown(value));
            }
        }

        string last = string.Join(" - ", values.Skip(named).SkipLast(1).Select(pair => $"{pair.Key}: {Shown(pair.Value)}"));
        return format.EndsWith(ValuesField, StringComparison.Ordinal) ? text.ToString(0, text.Length - ValuesField.Length) + last
            : text.ToString();
    }

    private static string Shown(object? value) => value switch
    {
        null => "?",
        double number => number.ToString("G5", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
