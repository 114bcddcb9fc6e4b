using System.Text.RegularExpressions;
using static TorchSharp.torch;

namespace Cairn.Saving;

/// <summary>The names of user functions in logs and files: the function's own name, as in Keras.</summary>
internal static partial class FunctionNames
{
    /// <summary>The name of the method in an expression such as <c>Losses.Contrastive</c>; the alternative for a lambda.</summary>
    public static string Of(string? expression, string otherwise) =>
        expression is not null && Path().Match(expression) is { Success: true } match
            ? SaveableNames.ToSnakeCase(match.Groups[1].Value)
            : otherwise;

    /// <summary>The name of a function; the alternative for a lambda.</summary>
    public static string Of(Func<Tensor, Tensor, Tensor> function, string otherwise) =>
        function.Method.Name.Contains('<', StringComparison.Ordinal) ? otherwise : SaveableNames.ToSnakeCase(function.Method.Name);

    [GeneratedRegex(@"^(?:\w+\.)*([A-Za-z_]\w*)$")]
    private static partial Regex Path();
}
