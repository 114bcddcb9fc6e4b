using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Cairn.Activations;
using Cairn.Constraints;
using Cairn.Initializers;
using Cairn.Layers;
using Cairn.Losses;
using Cairn.Metrics;
using Cairn.Regularizers;

namespace Cairn.Tests.Documents;

/// <summary>Compares Keras' public names with Cairn's by reflection, and writes the comparison as a document.</summary>
internal sealed class KerasNames
{
    private static readonly Assembly Cairn = typeof(Model).Assembly;

    private static readonly (string Module, string Title, Func<string, object>? FromWord)[] Sections =
    [
        ("layers", "Layers", null),
        ("losses", "Losses", word => (Loss)word),
        ("metrics", "Metrics", word => (Metric)word),
        ("optimizers", "Optimizers", null),
        ("optimizers.schedules", "Learning-rate schedules", null),
        ("initializers", "Initializers", word => (Initializer)word),
        ("activations", "Activations", word => (ActivationFunction)word),
        ("regularizers", "Regularizers", word => (Regularizer)word),
        ("constraints", "Constraints", word => (Constraint)word),
        ("callbacks", "Callbacks", null),
    ];

    private readonly JsonElement names;
    private readonly SortedSet<string> reasons = new(StringComparer.Ordinal);

    public KerasNames(JsonElement names) => this.names = names;

    /// <summary>Defaults that differ from Keras', as <c>Class.argument</c>.</summary>
    public List<string> DifferentDefaults { get; } = [];

    public string Write()
    {
        var text = new StringBuilder();
        foreach ((string module, string title, Func<string, object>? fromWord) in Sections)
        {
            JsonElement[] entries = [.. names.GetProperty(module).EnumerateArray()];
            text.Append(CultureInfo.InvariantCulture,
                $"\n## {title}\n\n| `keras.{module}` | Cairn | Where they differ |\n| --- | --- | --- |\n");
            foreach (JsonElement entry in entries)
            {
                text.Append(Row(module, entry, fromWord));
            }
        }

        string head =
            """
            # Keras' names and ours

            Written by a test out of the code and the public names of Keras 3.16 (`tests/Cairn.Tests/Documents/KerasNames.cs`), so that it holds what
            is there; run `CAIRN_WRITE_DOCUMENTS=1 dotnet run --project tests/Cairn.Tests -- -class '*KerasNamesTests'` after a change.

            Arguments are Keras' in camelCase, in every class: `kernel_initializer` is `kernelInitializer`. A word in quotes stands for the object of
            Keras' name wherever one is asked for. "Without" names arguments of Keras that are not here; why is told at the end.
            Every `name` is Keras', and no class has `dtype`: everything is computed in float32.

            """;
        text.Insert(0, head);
        text.Append("\n## Arguments that are not here\n\n| Argument | Why |\n| --- | --- |\n");
        foreach (string reason in reasons)
        {
            text.Append(reason);
        }

        return text.ToString().ReplaceLineEndings("\n");
    }

    private string Row(string module, JsonElement entry, Func<string, object>? fromWord)
    {
        string name = entry.GetProperty("name").GetString()!;
        string[] aliases = [.. entry.GetProperty("aliases").EnumerateArray().Select(a => a.GetString()!)];
        bool isClass = entry.GetProperty("kind").GetString() == "class" || name == "Input";
        List<string> remarks = [];
        string ours = isClass ? Class(module, name, entry, remarks) : Function(module, name, fromWord, remarks);
        if (ours.Length == 0 && remarks.Count == 0)
        {
            remarks.Add(KerasDifferences.WhyMissing(module, name));
        }
        else if (ours.Length > 0 && KerasDifferences.Differing.TryGetValue(name, out string? remark))
        {
            remarks.Add(remark);
        }

        string[] words = fromWord is not null ? [.. aliases.Where(a => Accepts(fromWord, a)).Select(a => $"`\"{a}\"`")] : [];
        if (words.Length > 0)
        {
            ours += (ours.Length > 0 ? ", " : "") + string.Join(", ", words);
        }

        string keras = string.Join(", ", aliases.Prepend(name).Select(n => $"`{n}`"));
        return $"| {keras} | {(ours.Length == 0 ? "–" : ours)} | {string.Join("; ", remarks)} |\n";
    }

    private string Class(string module, string name, JsonElement entry, List<string> remarks)
    {
        string space = string.Join('.', module.Split('.').Select(part => char.ToUpperInvariant(part[0]) + part[1..]));
        string className = (module, name) switch
        {
            (_, "InputLayer") => "Input",
            ("initializers", "Identity") => "IdentityInitializer",
            _ => name,
        };
        Type? type = Cairn.GetType($"Cairn.{space}.{className}");
        if (type is not { IsPublic: true })
        {
            return "";
        }

        if (module == "layers" && !type.IsAbstract && name is not ("Input" or "Lambda") && !LayerRegistry.ClassNames.Contains(name))
        {
            remarks.Add("not read from files");
        }

        ParameterInfo[] parameters = [.. type.GetConstructors().SelectMany(c => c.GetParameters())];
        if (!type.IsAbstract && name != "InputLayer")
        {
            Compare(name, entry, parameters, remarks);
        }

        return $"`{type.Name}`";
    }

    private void Compare(string name, JsonElement entry, ParameterInfo[] parameters, List<string> remarks)
    {
        List<string> without = [];
        foreach (JsonElement argument in entry.GetProperty("arguments").EnumerateArray())
        {
            string keras = argument.GetProperty("name").GetString()!;
            ParameterInfo? ours = Array.Find(parameters, p => Plain(p.Name!) == Plain(keras));
            if (ours is null)
            {
                if (keras is "dtype" or "name")
                {
                    continue;
                }

                without.Add($"`{Camel(keras)}`");
                string why = KerasDifferences.Why(name, keras);
                if (why != "not yet")
                {
                    reasons.Add($"| `{(KerasDifferences.Arguments.ContainsKey($"{name}.{keras}") ? $"{name}.{keras}" : keras)}` "
                        + $"| {why} |\n");
                }
                else
                {
                    reasons.Add($"| `{name}.{keras}` | not yet |\n");
                }
            }
            else if (argument.TryGetProperty("default", out JsonElement theirs) && ours.HasDefaultValue
                && Different(theirs, ours.DefaultValue))
            {
                DifferentDefaults.Add($"{name}.{keras}");
                remarks.Add($"`{ours.Name}` is {Text(ours.DefaultValue)} by default, in Keras {theirs.GetRawText()}");
            }
        }

        if (without.Count > 0)
        {
            remarks.Add($"without {string.Join(", ", without)}");
        }
    }

    // Null stands for a default given in the documentation, such as the name of an initializer.
    private static bool Different(JsonElement theirs, object? ours) => (theirs.ValueKind, ours) switch
    {
        (_, null) or (JsonValueKind.Null, _) => false,
        (JsonValueKind.True or JsonValueKind.False, bool flag) => theirs.GetBoolean() != flag,
        (JsonValueKind.Number, int or long or double or float) =>
            theirs.GetDouble() != Convert.ToDouble(ours, CultureInfo.InvariantCulture),
        (JsonValueKind.String, string word) => theirs.GetString() != word,
        (JsonValueKind.String, Enum value) =>
            !string.Equals(theirs.GetString()!.Replace("_", "", StringComparison.Ordinal), value.ToString(),
            StringComparison.OrdinalIgnoreCase),
        _ => false,
    };

    private static string Function(string module, string name, Func<string, object>? fromWord, List<string> remarks)
    {
        if (fromWord is not null && Accepts(fromWord, name))
        {
            return $"`\"{name}\"`";
        }

        if (module == "metrics")
        {
            remarks.Add("a function only: as a word for `Compile` Keras does not know it either");
        }

        if (fromWord is not null)
        {
            return "";
        }

        string type = char.ToUpperInvariant(name[0]) + name[1..];
        if (module == "layers" && Cairn.GetType($"Cairn.Layers.{type}") is not null)
        {
            remarks.Add($"`new {type}().Apply(a, b)`");
        }

        return "";
    }

    private static bool Accepts(Func<string, object> fromWord, string word)
    {
        try
        {
            return fromWord(word) is not null;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static string Text(object? value) =>
        value is bool flag ? (flag ? "true" : "false") : Convert.ToString(value, CultureInfo.InvariantCulture)!;

    private static string Plain(string argument) => argument.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();

    private static string Camel(string argument)
    {
        string[] parts = argument.Split('_', StringSplitOptions.RemoveEmptyEntries);
        return parts[0] + string.Concat(parts.Skip(1).Select(p => char.ToUpperInvariant(p[0]) + p[1..]));
    }
}
