using System.Runtime.InteropServices;
using Cairn.Native;

namespace Cairn.Tests.Native;

public class WaitingThreadsTests
{
    [Fact]
    public void Libtorchs_threads_are_told_to_sleep_while_they_wait_unless_the_user_decided()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the variable is that of GNU's OpenMP, which libtorch uses on Linux");
        LibTorch.EnsureLoaded();
        string? byUser = WaitingThreads.Variables.Select(Environment.GetEnvironmentVariable).FirstOrDefault(value => value is not null);
        string? native = Marshal.PtrToStringUTF8(GetNativeVariable("GOMP_SPINCOUNT"));
        if (byUser is null)
        {
            Assert.Equal(WaitingThreads.Turns, native);
        }
        else
        {
            Assert.Equal(Environment.GetEnvironmentVariable("GOMP_SPINCOUNT"), native);
        }
    }

    [DllImport("libc", EntryPoint = "getenv", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern nint GetNativeVariable(string name);
}
