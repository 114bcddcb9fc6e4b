using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Cairn.Callbacks;

/// <summary>
/// A file name with named fields, such as <c>"{epoch:02d}-{val_loss:.2f}.keras"</c>, formatted like Python's <c>str.format</c>.
/// <c>epoch</c> and <c>batch</c> are integers; all other values are floating point. <c>{{</c> and <c>}}</c> are literal braces.
/// </summary>
internal sealed class FilePathTemplate
{
    private const int DeepestNesting = 2;
    private readonly List<Part> parts = [];

    /// <exception cref="FormatException">The template can't be formatted with any values.</exception>
    public FilePathTemplate(string text)
        : this(text, DeepestNesting)
    {
        // The type of a value follows from its name, so formatting sample values finds every mistake except unknown names.
        Format(name => IsCounter(name) ? new FieldValue(1, null) : new FieldValue(null, 1));
    }

    private FilePathTemplate(string text, int depth)
    {
        Text = text;
        Parse(depth);
    }

    /// <summary>Creates a template from an argument.</summary>
    /// <exception cref="ArgumentException">The template can't be formatted with any values.</exception>
    public static FilePathTemplate Of(string filepath, string argument)
    {
        try
        {
            return new FilePathTemplate(filepath);
        }
        catch (FormatException e)
        {
            throw new ArgumentException($"{argument} \"{filepath}\": {e.Message}{DotNetFormat.Hint(filepath)}", argument, e);
        }
    }

    /// <summary>The template as given.</summary>
    public string Text { get; }

    /// <summary>Whether the template has fields.</summary>
    public bool HasFields => parts.Any(part => part.Name is not null);

    /// <summary>The names of the fields other than <c>epoch</c> and <c>batch</c>.</summary>
    public IEnumerable<string> Fields => parts.Select(part => part.Name).OfType<string>().Where(name => !IsCounter(name));

    /// <summary>Formats the template.</summary>
    /// <param name="epoch">The value of <c>{epoch}</c> (in Keras, the epoch's index plus one).</param>
    /// <param name="batch">The value of <c>{batch}</c>; null when files are written at the end of an epoch.</param>
    /// <param name="logs">All other values.</param>
    /// <exception cref="KeyNotFoundException">A field names a value that does not exist.</exception>
    /// <exception cref="FormatException">A value cannot be formatted as the field specifies.</exception>
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

        throw Unknown(name, batch is not null, [.. logs.Keys]);
    });

    /// <summary>The exception for an unknown field.</summary>
    /// <param name="name">The field's name.</param>
    /// <param name="hasBatch">Whether <c>batch</c> is available.</param>
    /// <param name="logged">The names in the logs.</param>
    public KeyNotFoundException Unknown(string name, bool hasBatch, IReadOnlyList<string> logged)
    {
        string[] known = ["epoch", .. !hasBatch || logged.Contains("batch") ? [] : new[] { "batch" }, .. logged];
        string why = name == "batch" ? "it is available only when saveFreq is a number of batches" : "there is no such value";
        return new KeyNotFoundException(
            $"Failed to format this callback filepath: \"{Text}\". Reason: '{name}': {why}. {NearestName.Hint(name, known)}");
    }

    /// <summary>A regular expression that matches the file names the template can produce.</summary>
    /// <param name="field">Returns the expression for the field with the given name.</param>
    /// <param name="start">The text before the first field.</param>
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
                throw Bad($"the '}}' at position {at - 1} has no matching '{{' (write '}}}}' for a literal brace)");
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

        throw Bad($"the '{{' at position {start - 1} is never closed (write '{{{{' for a literal brace)");
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
            throw Bad($"the field '{{{field}}}' has no name; use the name of a value, such as '{{epoch}}' or '{{val_loss}}'");
        }

        if (name.AsSpan().IndexOfAny("{}.[") >= 0)
        {
            throw Bad($"'{name}' is not a valid name: it must not contain '.', '[' or braces");
        }

        string rest = field[nameEnd..];
        char conversion = '\0';
        if (rest.StartsWith('!'))
        {
            if (rest.Length < 2 || !"rsa".Contains(rest[1]) || (rest.Length > 2 && rest[2] != ':'))
            {
                throw Bad($"'{{{field}}}' has an unknown conversion; allowed are '!r', '!s' and '!a', followed by '}}' or ':'");
            }

            conversion = rest[1];
            rest = rest[2..];
        }

        string spec = rest.Length > 0 ? rest[1..] : "";
        return new Part(literal, name, conversion, spec, spec.Contains('{') ? new FilePathTemplate(spec, depth - 1) : null);
    }

    private FormatException Bad(string why) => new($"The template \"{Text}\" is invalid: {why}.");

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
