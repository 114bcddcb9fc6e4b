using System.Runtime.InteropServices;
using Cairn.Native;

namespace Cairn.Tests.Native;

public class WaitingThreadsTests
{
    [Fact]
    public void Waiting_libtorch_threads_sleep_unless_the_user_has_set_this()
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
