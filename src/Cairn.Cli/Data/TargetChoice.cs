namespace Cairn.Cli.Data;

/// <summary>The column of a table to predict.</summary>
/// <param name="Name">Its name; null for the last column.</param>
/// <param name="Any">Whether there is a column to predict.</param>
internal sealed record TargetChoice(string? Name, bool Any = true)
{
    public static TargetChoice LastColumn { get; } = new((string?)null);

    public static TargetChoice None { get; } = new(null, Any: false);

    /// <summary>The column's index, or -1 for none.</summary>
    /// <exception cref="CommandException">There is no column with that name.</exception>
    public int IndexIn(string[] header, string path)
    {
        if (!Any)
        {
            return -1;
        }

        if (Name is null)
        {
            return header.Length - 1;
        }

        int index = Array.IndexOf(header, Name);
        return index >= 0
            ? index
            : throw new CommandException($"'{path}' has no column '{Name}' (--target). {NearestName.Hint(Name, header)}");
    }
}
