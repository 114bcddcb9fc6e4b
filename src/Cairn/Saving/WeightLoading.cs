namespace Cairn.Saving;

/// <summary>How weights are to be loaded, and what came of it.</summary>
internal sealed class WeightLoading
{
    /// <summary>Whether weights that do not fit are left out with a warning instead of being an error.</summary>
    public bool SkipMismatch { get; init; }

    /// <summary>Whether layers are found by their names instead of their order; for legacy files.</summary>
    public bool ByName { get; init; }

    /// <summary>Whether the model is the file's own, so that its optimizer's state has to fit as its weights have.</summary>
    public bool WholeModel { get; init; }

    /// <summary>Whether Keras 2 wrote the file, whose optimizers keep their state in other ways.</summary>
    public bool OfKeras2 { get; init; }

    /// <summary>What else is to be told, although all weights were loaded.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>What was left out, in sentences.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>Notes that something does not fit, where that is allowed.</summary>
    /// <exception cref="ModelFormatException">It is not allowed.</exception>
    public void Mismatch(string what, string problem, string path, string place)
    {
        if (!SkipMismatch)
        {
            throw new ModelFormatException(WholeModel ? problem : $"{problem} (With skipMismatch: true it would be left out.)",
                path, place);
        }

        Warnings.Add($"{what} was left as it is: {problem}");
    }
}
