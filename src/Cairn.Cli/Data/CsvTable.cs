namespace Cairn.Cli.Data;

/// <summary>A table of numbers, and a text column to predict.</summary>
/// <param name="Path">The file, for messages.</param>
/// <param name="Names">The names of the numeric columns.</param>
/// <param name="Values">The numbers, row after row.</param>
/// <param name="Target">The column to predict; null for none.</param>
internal sealed record CsvTable(string Path, string[] Names, float[] Values, TargetColumn? Target)
{
    public int Rows => Names.Length == 0 ? Target?.Texts.Length ?? 0 : Values.Length / Names.Length;
}
