namespace Cairn.Saving;

/// <summary>
/// Thrown when a model, weights or data file is invalid: damaged, truncated, malicious, or of another kind than its name says.
/// </summary>
/// <remarks>
/// Every file reader in Cairn reports malformed content with this one type. A missing file is still a
/// <see cref="System.IO.FileNotFoundException"/>, and a disk failure is still an <see cref="System.IO.IOException"/>.
/// </remarks>
public sealed class ModelFormatException : Exception
{
    private const int MostOfLocation = 1000;

    /// <summary>Creates the exception.</summary>
    /// <param name="problem">What was found and what was expected instead.</param>
    /// <param name="fileName">The file that was read, or null if the content did not come from a named file.</param>
    /// <param name="location">The place in the file, such as <c>model_weights/dense</c>, or null for the file as a whole.</param>
    /// <param name="innerException">The exception of the reading code, if any.</param>
    public ModelFormatException(string problem, string? fileName = null, string? location = null, Exception? innerException = null)
        : base(Describe(Shortened.Message(problem), fileName, Short(location)), innerException)
    {
        Problem = Shortened.Message(problem);
        FileName = fileName;
        Location = Short(location);
    }

    /// <summary>What was found and what was expected, without the file name and the place.</summary>
    public string Problem { get; }

    /// <summary>The file that was read, or null if the content did not come from a named file.</summary>
    public string? FileName { get; }

    /// <summary>The place in the file, such as <c>model_weights/dense</c>, or null for the file as a whole.</summary>
    public string? Location { get; }

    // A name in a file may be as long as the file.
    private static string? Short(string? location) => location is null ? null : Shortened.Of(location, MostOfLocation);

    private static string Describe(string problem, string? fileName, string? location) => (fileName, location) switch
    {
        (null, null) => problem,
        (null, _) => $"At '{location}': {problem}",
        (_, null) => $"'{fileName}': {problem}",
        _ => $"'{fileName}', at '{location}': {problem}",
    };
}
