using Cairn.Saving;

namespace Cairn.CrashWorker;

/// <summary>Reports each file system call of a save to the crash test, just before it.</summary>
internal sealed class TellingFileSystem : FileSystem
{
    protected override void Before(string operation, string path) => Announcement.Tell("saving");
}
