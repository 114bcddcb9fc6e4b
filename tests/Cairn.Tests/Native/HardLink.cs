using System.Runtime.InteropServices;

namespace Cairn.Tests.Native;

/// <summary>Creates a hard link on Linux and macOS; .NET has no such method.</summary>
internal static partial class HardLink
{
    public static void Create(string file, string newName) =>
        Assert.Equal(0, Link(file, newName));

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string file, string newName);
}
