using Cairn.Saving;

namespace Cairn.CrashWorker;

/// <summary>A disk that is slow while there is a file <c>slow</c> in a folder, and full while there is a file <c>full</c>.</summary>
internal sealed class UncertainFileSystem(string folder) : FileSystem
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(20);
    private readonly string slow = Path.Combine(folder, "slow");
    private readonly string full = Path.Combine(folder, "full");

    protected override void Before(string operation, string path)
    {
        if (File.Exists(slow))
        {
            Thread.Sleep(Delay);
        }

        if (operation is "flush" or "rename" or "create folder" && File.Exists(full))
        {
            throw new IOException($"No space left on device : '{path}'");
        }
    }
}
