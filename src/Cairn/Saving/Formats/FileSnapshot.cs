namespace Cairn.Saving;

/// <summary>A snapshot that writes one file through <see cref="AtomicFile"/>.</summary>
/// <param name="write">Writes the content to a stream that can be written, read and sought.</param>
/// <param name="owned">A resource that is disposed with the snapshot, if any.</param>
internal sealed class FileSnapshot(Action<Stream> write, IDisposable? owned = null) : IModelSnapshot
{
    public void Write(string path) => AtomicFile.Write(path, write);

    public void Dispose() => owned?.Dispose();
}
