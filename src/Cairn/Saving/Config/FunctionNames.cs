using System.Text.RegularExpressions;
using static TorchSharp.torch;

namespace Cairn.Saving;

/// <summary>What functions of a user are called in logs and files: as in Keras, like themselves.</summary>
internal static partial class FunctionNames
{
    /// <summary>The name of the method in an expression such as <c>Losses.Contrastive</c>; another one for a lambda.</summary>
    public static string Of(string? expression, string otherwise) =>
        expression is not null && Path().Match(expression) is { Success: true } match
            ? SaveableNames.ToSnakeCase(match.Groups[1].Value)
            : otherwise;

    /// <summary>The name of a function; another one for a lambda.</summary>
    public static string Of(Func<Tensor, Tensor, Tensor> function, string otherwise) =>
        function.Method.Name.Contains('<', StringComparison.Ordinal) ? otherwise : SaveableNames.ToSnakeCase(function.Method.Name);

    [GeneratedRegex(@"^(?:\w+\.)*([A-Za-z_]\w*)$")]
    private static partial Regex Path();
}
