using System.Runtime.InteropServices;

namespace Cairn.Tests.Native;

/// <summary>A second name for a file on Linux and macOS; .NET itself has no such call.</summary>
internal static partial class HardLink
{
    public static void Create(string file, string newName) =>
        Assert.Equal(0, Link(file, newName));

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string file, string newName);
}
