namespace Cairn.Cli.Data;

/// <summary>The values to predict, as text.</summary>
/// <param name="Name">The name of the column.</param>
/// <param name="Texts">One for each row.</param>
/// <param name="Place">The position of the value of a row, for messages.</param>
internal sealed record TargetColumn(string Name, string[] Texts, Func<int, string> Place);
