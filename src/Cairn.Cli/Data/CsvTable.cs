namespace Cairn.Cli.Data;

/// <summary>A table of numbers, and one column of any text that is to be predicted.</summary>
/// <param name="Path">The file, for messages.</param>
/// <param name="Names">Names of the columns of numbers.</param>
/// <param name="Values">The numbers, row after row.</param>
/// <param name="Target">The column to predict; null where none was asked for.</param>
internal sealed record CsvTable(string Path, string[] Names, float[] Values, TargetColumn? Target)
{
    public int Rows => Names.Length == 0 ? Target?.Texts.Length ?? 0 : Values.Length / Names.Length;
}
