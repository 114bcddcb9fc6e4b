namespace Cairn.Saving;

/// <summary>A model or its weights as they were at one moment, described for one format and ready to be written.</summary>
internal interface IModelSnapshot : IDisposable
{
    /// <summary>Writes the file whole or not at all. May be called on another thread, and for several paths.</summary>
    /// <exception cref="IOException">The file can't be written; what was there before stays.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written; what was there before stays.</exception>
    void Write(string path);
}
