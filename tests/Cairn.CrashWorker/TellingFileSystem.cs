using Cairn.Saving;

namespace Cairn.CrashWorker;

/// <summary>Tells the crash test of each call that a save makes, just before it.</summary>
internal sealed class TellingFileSystem : FileSystem
{
    protected override void Before(string operation, string path) => Announcement.Tell("saving");
}
