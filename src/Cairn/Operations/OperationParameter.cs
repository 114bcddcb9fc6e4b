using System.Text.Json.Nodes;

namespace Cairn.Operations;

/// <summary>A parameter of a Keras operation.</summary>
/// <param name="Name">The Keras name.</param>
/// <param name="HasDefault">Whether it may be omitted.</param>
/// <param name="Default">The default value.</param>
/// <param name="IsRest">Whether it takes all further positional arguments, like <c>*operands</c>.</param>
internal sealed record OperationParameter(string Name, bool HasDefault = false, JsonNode? Default = null, bool IsRest = false)
{
    /// <summary>Parses a list of parameters in Python syntax: <c>x, axis=None, keepdims=False</c>.</summary>
    public static OperationParameter[] Parse(string signature)
    {
        var parameters = new List<OperationParameter>();
        foreach (string part in Split(signature))
        {
            if (part.StartsWith('*'))
            {
                parameters.Add(new OperationParameter(part.TrimStart('*'), HasDefault: true, IsRest: true));
                continue;
            }

            int equals = part.IndexOf('=', StringComparison.Ordinal);
            parameters.Add(equals < 0 ? new OperationParameter(part)
                : new OperationParameter(part[..equals], HasDefault: true, Literal(part[(equals + 1)..])));
        }

        return [.. parameters];
    }

    private static IEnumerable<string> Split(string signature)
    {
        int depth = 0;
        int start = 0;
        for (int i = 0; i < signature.Length; i++)
        {
            depth += signature[i] switch
            {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            if (signature[i] == ',' && depth == 0)
            {
                yield return signature[start..i].Trim();
                start = i + 1;
            }
        }

        if (signature[start..].Trim() is { Length: > 0 } last)
        {
            yield return last;
        }
    }

    private static JsonNode? Literal(string text) =>
        JsonNode.Parse(text.Replace('(', '[').Replace(')', ']').Replace('\'', '"').Replace("None", "null").Replace("True", "true")
        .Replace("False", "false"));
}
