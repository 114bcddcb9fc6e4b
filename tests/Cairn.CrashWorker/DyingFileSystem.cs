using System.Diagnostics;
using Cairn.Saving;

namespace Cairn.CrashWorker;

/// <summary>Kills this process just before one of the file system calls of a save.</summary>
internal sealed class DyingFileSystem(int call) : FileSystem
{
    private int calls;

    protected override void Before(string operation, string path)
    {
        if (Interlocked.Increment(ref calls) == call)
        {
            Process.GetCurrentProcess().Kill();
        }
    }
}
