namespace Cairn.Data;

/// <summary>The rows of a batch as they are in a file, in memory that is used again for the next batch.</summary>
internal sealed class RowsOfBatch
{
    private readonly List<(int End, long Line)> rows = [];
    private byte[] bytes = [];

    /// <summary>Number of rows.</summary>
    public int Count => rows.Count;

    private int End => rows.Count == 0 ? 0 : rows[^1].End;

    /// <summary>Forgets all rows.</summary>
    public void Clear() => rows.Clear();

    /// <summary>Adds a row.</summary>
    /// <param name="row">Its bytes, which are copied.</param>
    /// <param name="line">The line at which it begins.</param>
    public void Add(ReadOnlySpan<byte> row, long line)
    {
        int start = End;
        int end = checked(start + row.Length);
        if (end > bytes.Length)
        {
            Array.Resize(ref bytes, (int)Math.Min(Math.Max(2L * bytes.Length, end), Array.MaxLength));
        }

        row.CopyTo(bytes.AsSpan(start));
        rows.Add((end, line));
    }

    /// <summary>A row.</summary>
    /// <param name="index">Its index in the batch.</param>
    /// <param name="line">The line at which it begins.</param>
    public ReadOnlySpan<byte> Row(int index, out long line)
    {
        int start = index == 0 ? 0 : rows[index - 1].End;
        line = rows[index].Line;
        return bytes.AsSpan(start, rows[index].End - start);
    }
}
