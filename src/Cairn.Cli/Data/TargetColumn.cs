namespace Cairn.Cli.Data;

/// <summary>The values to predict, as they were written.</summary>
/// <param name="Name">What they are called.</param>
/// <param name="Texts">One for each row.</param>
/// <param name="Place">Where the value of a row stands, for messages.</param>
internal sealed record TargetColumn(string Name, string[] Texts, Func<int, string> Place);
