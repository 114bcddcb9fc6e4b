namespace Cairn.Saving;

/// <summary>Thrown when a model, weights or data file is not what its name says: damaged, cut short, hostile, or of another kind.</summary>
/// <remarks>
/// Every reader of files in Cairn reports malformed content with this one type. A file that is not there is still a
/// <see cref="System.IO.FileNotFoundException"/>, and a disk that fails is still an <see cref="System.IO.IOException"/>.
/// </remarks>
public sealed class ModelFormatException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="problem">What was found and what was expected instead.</param>
    /// <param name="fileName">The file that was read, or null when the content did not come from a named file.</param>
    /// <param name="location">The place in the file, such as <c>model_weights/dense</c>, or null when it is the file as a whole.</param>
    /// <param name="innerException">What the reading code met, if anything.</param>
    public ModelFormatException(string problem, string? fileName = null, string? location = null, Exception? innerException = null)
        : base(Describe(problem, fileName, location), innerException)
    {
        Problem = problem;
        FileName = fileName;
        Location = location;
    }

    /// <summary>What was found and what was expected, without the file name and the place.</summary>
    public string Problem { get; }

    /// <summary>The file that was read, or null when the content did not come from a named file.</summary>
    public string? FileName { get; }

    /// <summary>The place in the file, such as <c>model_weights/dense</c>, or null when it is the file as a whole.</summary>
    public string? Location { get; }

    private static string Describe(string problem, string? fileName, string? location) => (fileName, location) switch
    {
        (null, null) => problem,
        (null, _) => $"At '{location}': {problem}",
        (_, null) => $"'{fileName}': {problem}",
        _ => $"'{fileName}', at '{location}': {problem}",
    };
}
