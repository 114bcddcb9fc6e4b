namespace Cairn.Saving;

/// <summary>Reconstructs a formula from a compiled Python function, for messages, as a hint to what its author intended.</summary>
internal static class PythonFormula
{
    private const int MostInstructions = 400;
    private const int MostShown = 160;
    private const int MostNames = 12;

    /// <summary>A sentence about the function, or an empty string if nothing can be determined.</summary>
    /// <param name="base64">The marshalled function in base 64.</param>
    public static string Describe(string base64)
    {
        if (PythonCode.TryRead(base64) is not { } code)
        {
            return "";
        }

        if ((Formula(code, wide: false) ?? Formula(code, wide: true)) is { } formula)
        {
            return $" It seems to compute {Cut(formula)}.";
        }

        string[] numbers = [.. code.Constants.Where(c => c is double or long).Select(PythonCode.Shown).Distinct().Take(MostNames)];
        string names = string.Join(", ", code.Names.Distinct().Take(MostNames));
        return (names.Length, numbers.Length) switch
        {
            (0, 0) => "",
            (_, 0) => $" Its code uses the names {Cut(names)}.",
            (0, _) => $" Its code contains the numbers {Cut(string.Join(", ", numbers))}.",
            _ => $" Its code uses the names {Cut(names)} and contains the numbers {Cut(string.Join(", ", numbers))}.",
        };
    }

    /// <summary>
    /// The formula of bytecode without branches, of Python 3.6 to 3.10 (two bytes per instruction) or earlier (<paramref name="wide"/>: one
    /// or three bytes); null for any other.
    /// </summary>
    private static string? Formula(PythonCode code, bool wide)
    {
        var stack = new Stack<string>();
        var variables = new Dictionary<int, string>();
        byte[] bytes = code.Code;
        int steps = 0;
        for (int at = 0; at < bytes.Length && ++steps <= MostInstructions;)
        {
            int op = bytes[at];
            int argument = wide ? (op >= 90 && at + 2 < bytes.Length ? bytes[at + 1] | (bytes[at + 2] << 8) : 0)
                : at + 1 < bytes.Length ? bytes[at + 1] : 0;
            at += wide ? op >= 90 ? 3 : 1 : 2;
            string? operation = op switch
            {
                19 => "**",
                20 => "*",
                22 => "%",
                23 => "+",
                24 => "-",
                26 => "//",
                27 or 21 => "/",
                16 => "@",
                _ => null,
            };
            if (operation is not null)
            {
                if (stack.Count < 2)
                {
                    return null;
                }

                string right = stack.Pop();
                stack.Push($"({stack.Pop()} {operation} {right})");
                continue;
            }

            switch (op)
            {
                case 83 when stack.Count > 0:
                    string result = stack.Pop();
                    return result.StartsWith('(') && result.EndsWith(')') && Closes(result) ? result[1..^1] : result;
                case 100 when argument < code.Constants.Length:
                    stack.Push(PythonCode.Shown(code.Constants[argument]));
                    break;
                case 124 when argument < code.Locals.Length:
                    stack.Push(variables.GetValueOrDefault(argument) ?? code.Locals[argument]);
                    break;
                case 125 when stack.Count > 0:
                    variables[argument] = stack.Pop();
                    break;
                case 116 when argument < code.Names.Length:
                    stack.Push(code.Names[argument]);
                    break;
                case 106 or 160 when argument < code.Names.Length && stack.Count > 0:
                    stack.Push($"{stack.Pop()}.{code.Names[argument]}");
                    break;
                case 131 or 161 when argument < 256:
                    string? called = Call(stack, argument);
                    if (called is null)
                    {
                        return null;
                    }

                    stack.Push(called);
                    break;
                case 141 when stack.Count > argument + 1:
                    string keys = stack.Pop();
                    string? named = Call(stack, argument, keys);
                    if (named is null)
                    {
                        return null;
                    }

                    stack.Push(named);
                    break;
                case 131 when wide && Call(stack, (argument & 255) + (2 * (argument >> 8))) is { } old:
                    stack.Push(old);
                    break;
                case 11 when stack.Count > 0:
                    stack.Push($"(-{stack.Pop()})");
                    break;
                case 25 when stack.Count > 1:
                    string index = stack.Pop();
                    index = index.StartsWith('(') && Closes(index) ? index[1..^1] : index;
                    stack.Push($"{stack.Pop()}[{index}]");
                    break;
                case 102 or 103 when argument > 0 && stack.Count >= argument && argument < 32:
                    string[] items = [.. Enumerable.Range(0, argument).Select(_ => stack.Pop())];
                    Array.Reverse(items);
                    stack.Push(op == 102 ? $"({string.Join(", ", items)})" : $"[{string.Join(", ", items)}]");
                    break;
                case 133 when argument is 2 or 3 && stack.Count >= argument:
                    string[] ends = [.. Enumerable.Range(0, argument).Select(_ => stack.Pop()).Select(end => end == "None" ? "" : end)];
                    Array.Reverse(ends);
                    stack.Push(string.Join(':', ends));
                    break;
                case 92 when argument is > 0 and < 16 && stack.Count > 0:
                    string whole = stack.Pop();
                    for (int i = argument - 1; i >= 0; i--)
                    {
                        stack.Push($"{whole}[{i}]");
                    }

                    break;
                case 9 or 144:
                    break;
                default:
                    return null;
            }

            if (stack.TryPeek(out string? top) && top.Length > 4 * MostShown)
            {
                return null;
            }
        }

        return null;
    }

    private static string? Call(Stack<string> stack, int count, string keys = "()")
    {
        if (count > 16 || stack.Count < count + 1)
        {
            return null;
        }

        string[] given = [.. Enumerable.Range(0, count).Select(_ => stack.Pop())];
        Array.Reverse(given);
        given = Array.ConvertAll(given, text => text.StartsWith('(') && Closes(text) && !text.Contains(", ", StringComparison.Ordinal)
            ? text[1..^1] : text);
        string[] names = keys.Trim('(', ')').Split(", ", StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < names.Length && i < count; i++)
        {
            given[count - names.Length + i] = $"{names[i].Trim('\'')}={given[count - names.Length + i]}";
        }

        return $"{stack.Pop()}({string.Join(", ", given)})";
    }

    /// <summary>Whether the first bracket closes at the end.</summary>
    private static bool Closes(string text)
    {
        int open = 0;
        for (int i = 0; i < text.Length; i++)
        {
            open += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
            if (open == 0 && i < text.Length - 1)
            {
                return false;
            }
        }

        return open == 0;
    }

    private static string Cut(string text) => text.Length <= MostShown ? text : $"{text.AsSpan(0, MostShown - 1)}…";
}
