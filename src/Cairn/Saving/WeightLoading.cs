namespace Cairn.Saving;

/// <summary>The options of loading weights, and its outcome.</summary>
internal sealed class WeightLoading
{
    /// <summary>Whether weights that do not match are skipped with a warning instead of being an error.</summary>
    public bool SkipMismatch { get; init; }

    /// <summary>Whether layers are matched by name instead of by order; for legacy files.</summary>
    public bool ByName { get; init; }

    /// <summary>Whether the model was created from the file, so that its optimizer's state must match like its weights.</summary>
    public bool WholeModel { get; init; }

    /// <summary>Whether Keras 2 wrote the file; its optimizers store their state differently.</summary>
    public bool OfKeras2 { get; init; }

    /// <summary>Further notes, although all weights were loaded.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>What was skipped, in sentences.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>Records a mismatch, if mismatches are allowed.</summary>
    /// <exception cref="ModelFormatException">Mismatches are not allowed.</exception>
    public void Mismatch(string what, string problem, string path, string place)
    {
        if (!SkipMismatch)
        {
            throw new ModelFormatException(WholeModel ? problem : $"{problem} (Pass skipMismatch: true to skip it.)", path, place);
        }

        Warnings.Add($"{what} was not loaded: {problem}");
    }
}
