namespace Cairn.Data;

/// <summary>Which columns of a table form the inputs, targets and weights, in model order.</summary>
/// <param name="Inputs">The columns of each input.</param>
/// <param name="Targets">The columns of each target; none for prediction.</param>
/// <param name="Weights">The column of the sample weights, for all outputs or for each; null for 1.</param>
internal sealed record CsvLayout(int[][] Inputs, int[][] Targets, int[]?[] Weights)
{
    /// <summary>Finds the columns.</summary>
    /// <exception cref="ArgumentException">A column does not exist, or an input or output of the model has none.</exception>
    public static CsvLayout Find(CsvNumbers file, Columns? target, Columns? features, Columns? sampleWeight, BatchLayout layout)
    {
        if (features is null)
        {
            HashSet<string> taken = [.. target?.AsEnumerable() ?? [], .. sampleWeight?.AsEnumerable() ?? []];
            string[] rest = [.. file.Columns.Where(c => !taken.Contains(c))];
            features = rest.Length > 0 ? Columns.Create(rest)
                : throw new ArgumentException("The file has no columns for the inputs, only those of the targets and weights.",
                nameof(features));
        }

        if (sampleWeight?.Groups.FirstOrDefault(group => group.Count != 1) is { } several)
        {
            throw new ArgumentException($"sampleWeight must be one column per output; "
                + $"got {string.Join(", ", several.Select(c => $"'{c}'"))}.", nameof(sampleWeight));
        }

        return new CsvLayout(
            Indices(ModelOrder.All(features.Groups, features.Names, layout.InputNames, nameof(features), "input"), nameof(features)),
            target is null ? []
                : Indices(ModelOrder.All(target.Groups, target.Names, layout.OutputNames, nameof(target), "output"), nameof(target)),
            sampleWeight is null
                ? []
                : [.. ModelOrder.Weights(sampleWeight.Groups, sampleWeight.Names, layout.OutputNames, nameof(sampleWeight))
                .Select(g => g is null ? null : Of(g, nameof(sampleWeight)))]);

        int[][] Indices(IReadOnlyList<IReadOnlyList<string>> groups, string argument) => [.. groups.Select(group => Of(group, argument))];

        int[] Of(IReadOnlyList<string> group, string argument) => [.. group.Select(name => file.ColumnOf(name, argument))];
    }

    /// <summary>All columns that are used.</summary>
    public int[] Used => [.. Inputs.Concat(Targets).Concat(Weights.OfType<int[]>()).SelectMany(columns => columns).Distinct()];

    /// <summary>The shapes of the inputs: rows of their columns.</summary>
    public IReadOnlyList<Shape> InputShapes => [.. Inputs.Select(columns => Shape.Create([Shape.None, columns.Length]))];

    /// <summary>The shapes of the targets: a number per sample, or a row if there are several columns.</summary>
    public IReadOnlyList<Shape> TargetShapes => [.. Targets.Select(ShapeOf)];

    /// <summary>The shapes of the weights.</summary>
    public IReadOnlyList<Shape?> WeightShapes => [.. Weights.Select(columns => columns is null ? null : ShapeOf(columns))];

    private static Shape ShapeOf(int[] columns) => columns.Length == 1 ? [Shape.None] : [Shape.None, columns.Length];
}
