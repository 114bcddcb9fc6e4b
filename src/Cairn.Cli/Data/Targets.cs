namespace Cairn.Cli.Data;

/// <summary>The targets for training.</summary>
/// <param name="Task">Classes or numbers.</param>
/// <param name="Values">Class indices, <c>[rows]</c>, or numbers, <c>[rows, outputs]</c>.</param>
/// <param name="Outputs">Numbers per row of <paramref name="Values"/>.</param>
/// <param name="Classes">Class names in the order of their indices; empty for regression.</param>
/// <param name="Reason">The reason for this kind of target.</param>
internal sealed record Targets(TaskKind Task, float[] Values, int Outputs, IReadOnlyList<string> Classes, string Reason)
{
    public int Rows => Values.Length / Outputs;

    /// <summary>A range of the rows.</summary>
    public NDArray Slice(int start, int end)
    {
        float[] part = Values[(start * Outputs)..(end * Outputs)];
        return Task == TaskKind.Classification
            ? NDArray.From(Array.ConvertAll(part, value => (long)value))
            : NDArray.From(part, [end - start, Outputs]);
    }

    /// <summary>The same classes one-hot encoded.</summary>
    public Targets OneHot()
    {
        float[] values = new float[Values.Length * Classes.Count];
        for (int row = 0; row < Values.Length; row++)
        {
            values[(row * Classes.Count) + (int)Values[row]] = 1;
        }

        return new Targets(TaskKind.Regression, values, Classes.Count, Classes, Reason);
    }
}
