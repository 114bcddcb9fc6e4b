using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Cairn.Callbacks;

/// <summary>
/// A file name with named fields, <c>"{epoch:02d}-{val_loss:.2f}.keras"</c>, filled as Python's <c>str.format</c> fills it.
/// <c>epoch</c> and <c>batch</c> are whole numbers, everything else is floating point. <c>{{</c> and <c>}}</c> are braces.
/// </summary>
internal sealed class FilePathTemplate
{
    private const int DeepestNesting = 2;
    private readonly List<Part> parts = [];

    /// <exception cref="FormatException">No values can ever fill this template.</exception>
    public FilePathTemplate(string text)
        : this(text, DeepestNesting)
    {
        // Only the names are still unknown here: the kind of every value follows from its name, so a trial run finds every other mistake.
        Format(name => IsCounter(name) ? new FieldValue(1, null) : new FieldValue(null, 1));
    }

    private FilePathTemplate(string text, int depth)
    {
        Text = text;
        Parse(depth);
    }

    /// <summary>Takes an argument for a template.</summary>
    /// <exception cref="ArgumentException">No values can ever fill it.</exception>
    public static FilePathTemplate Of(string filepath, string argument)
    {
        try
        {
            return new FilePathTemplate(filepath);
        }
        catch (FormatException e)
        {
            throw new ArgumentException($"{argument} \"{filepath}\": {e.Message}", argument, e);
        }
    }

    /// <summary>The template as given.</summary>
    public string Text { get; }

    /// <summary>Whether the name depends on any value.</summary>
    public bool HasFields => parts.Any(part => part.Name is not null);

    /// <summary>Fills the template.</summary>
    /// <param name="epoch">What <c>{epoch}</c> shows (Keras: one more than the epoch's index).</param>
    /// <param name="batch">What <c>{batch}</c> shows; null when files are written at the end of an epoch.</param>
    /// <param name="logs">Everything else.</param>
    /// <exception cref="KeyNotFoundException">A field names nothing that exists.</exception>
    /// <exception cref="FormatException">A value cannot be written as the field asks.</exception>
    public string Format(int epoch, int? batch, IReadOnlyDictionary<string, double> logs) => Format(name =>
    {
        if (name == "epoch")
        {
            return new FieldValue(epoch, null);
        }

        if (logs.TryGetValue(name, out double value))
        {
            return new FieldValue(null, value);
        }

        if (name == "batch" && batch is { } number)
        {
            return new FieldValue(number, null);
        }

        string[] known = ["epoch", .. batch is null || logs.ContainsKey("batch") ? [] : new[] { "batch" }, .. logs.Keys];
        string why = name == "batch" ? "it exists only when saveFreq is a number of batches" : "there is no such value";
        throw new KeyNotFoundException(
            $"Failed to format this callback filepath: \"{Text}\". Reason: '{name}': {why}. {NearestName.Hint(name, known)}");
    });

    /// <summary>The regular expression of what it can give.</summary>
    /// <param name="field">The expression for a field of that name.</param>
    /// <param name="start">What stands before the first field.</param>
    public string ToPattern(Func<string, string> field, out string start)
    {
        start = parts[0].Literal;
        return string.Concat(parts.Select(part => Regex.Escape(part.Literal) + (part.Name is { } name ? field(name) : "")));
    }

    private static bool IsCounter(string name) => name is "epoch" or "batch";

    private string Format(Func<string, FieldValue> values)
    {
        var text = new StringBuilder();
        foreach (Part part in parts)
        {
            text.Append(part.Literal);
            if (part.Name is { } name)
            {
                text.Append(values(name).Format(part.Conversion, part.Spec is { } nested ? nested.Format(values) : part.SpecText));
            }
        }

        return text.ToString();
    }

    private void Parse(int depth)
    {
        var literal = new StringBuilder();
        int at = 0;
        while (at < Text.Length)
        {
            char c = Text[at++];
            if (c is not ('{' or '}'))
            {
                literal.Append(c);
            }
            else if (at < Text.Length && Text[at] == c)
            {
                literal.Append(c);
                at++;
            }
            else if (c == '}')
            {
                throw Bad($"there is a '}}' at position {at - 1} that closes nothing (write '}}}}' for a brace)");
            }
            else
            {
                int end = FieldEnd(at);
                parts.Add(Field(literal.ToString(), Text[at..end], depth));
                literal.Clear();
                at = end + 1;
            }
        }

        parts.Add(new Part(literal.ToString(), null, '\0', "", null));
    }

    private int FieldEnd(int start)
    {
        int open = 1;
        for (int at = start; at < Text.Length; at++)
        {
            open += Text[at] switch { '{' => 1, '}' => -1, _ => 0 };
            if (open == 0)
            {
                return at;
            }
        }

        throw Bad($"the '{{' at position {start - 1} is never closed (write '{{{{' for a brace)");
    }

    private Part Field(string literal, string field, int depth)
    {
        if (depth == 0)
        {
            throw Bad($"'{{{field}}}' is nested too deeply");
        }

        int nameEnd = field.AsSpan().IndexOfAny('!', ':') is var found && found < 0 ? field.Length : found;
        string name = field[..nameEnd];
        if (name.Length == 0 || name.All(char.IsAsciiDigit))
        {
            throw Bad($"the field '{{{field}}}' has no name; name a value, such as '{{epoch}}' or '{{val_loss}}'");
        }

        if (name.AsSpan().IndexOfAny("{}.[") >= 0)
        {
            throw Bad($"'{name}' is not the name of a value: '.', '[' and braces are not allowed in it");
        }

        string rest = field[nameEnd..];
        char conversion = '\0';
        if (rest.StartsWith('!'))
        {
            if (rest.Length < 2 || !"rsa".Contains(rest[1]) || (rest.Length > 2 && rest[2] != ':'))
            {
                throw Bad($"'{{{field}}}' has an unknown conversion; '!r', '!s' and '!a' are allowed, then '}}' or ':'");
            }

            conversion = rest[1];
            rest = rest[2..];
        }

        string spec = rest.Length > 0 ? rest[1..] : "";
        return new Part(literal, name, conversion, spec, spec.Contains('{') ? new FilePathTemplate(spec, depth - 1) : null);
    }

    private FormatException Bad(string why) => new($"The template \"{Text}\" cannot be used: {why}.");

    private sealed record Part(string Literal, string? Name, char Conversion, string SpecText, FilePathTemplate? Spec);

    private readonly record struct FieldValue(long? Whole, double? Real)
    {
        public string Format(char conversion, string spec)
        {
            string plain = Whole?.ToString(CultureInfo.InvariantCulture) ?? PythonNumber.Repr(Real!.Value);
            if (conversion != '\0')
            {
                return new PythonFormatSpec(spec, numeric: false).Format(plain);
            }

            if (spec.Length == 0)
            {
                return plain;
            }

            var parsed = new PythonFormatSpec(spec, numeric: true);
            return Whole is { } whole ? parsed.Format(whole) : parsed.Format(Real!.Value);
        }
    }
}
