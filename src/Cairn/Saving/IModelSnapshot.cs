namespace Cairn.Saving;

/// <summary>The state of a model or its weights at one moment, prepared for one format and ready to be written.</summary>
internal interface IModelSnapshot : IDisposable
{
    /// <summary>Writes the file completely or not at all. May be called on another thread, and for several paths.</summary>
    /// <exception cref="IOException">The file can't be written; an existing file is kept.</exception>
    /// <exception cref="UnauthorizedAccessException">No permission to write the file; an existing file is kept.</exception>
    void Write(string path);
}
