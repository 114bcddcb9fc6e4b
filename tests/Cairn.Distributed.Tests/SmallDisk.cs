namespace Cairn.Distributed.Tests;

/// <summary>A folder with room for some pages only: a file system in memory.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string folder;

    private SmallDisk(string folder) => this.folder = folder;

    /// <summary>Mounts it on a folder, or skips the test.</summary>
    public static SmallDisk Mount(string folder)
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && Succeeds("mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", folder),
            "File systems can't be mounted here (it needs root).");
        return new SmallDisk(folder);
    }

    public void Dispose() => Assert.True(Succeeds("umount", "-l", folder));

    private static bool Succeeds(string program, params string[] arguments) => SystemCommand.Output(program, arguments) is not null;
}
