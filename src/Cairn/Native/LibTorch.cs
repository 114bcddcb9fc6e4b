using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.InteropServices;
using TorchSharp;

namespace Cairn.Native;

/// <summary>Loads libtorch before the first tensor, so that a failure is told once and clearly.</summary>
/// <remarks>
/// TorchSharp, left alone, would answer a failed load by copying the package cache beside the program, print a long trace and
/// break its type initializer for the rest of the process. Hence nothing here touches <see cref="torch"/> before the load succeeded.
/// </remarks>
internal static class LibTorch
{
    private static readonly Lock Gate = new();
    private static volatile bool loaded;

    /// <summary>Loads libtorch if that has not happened yet. Cheap when it has; safe to call from any thread.</summary>
    /// <exception cref="LibTorchException">It cannot be loaded. A later call tries again.</exception>
    public static void EnsureLoaded()
    {
        if (!loaded)
        {
            Load();
        }
    }

    private static void Load()
    {
        lock (Gate)
        {
            if (loaded)
            {
                return;
            }

            try
            {
                nint library = LoadNative();
                torch.InitializeDeviceType(DeviceType.CPU);
                ConvolutionCheck.Run(library);
            }
            catch (Exception problem) when (problem is not LibTorchException)
            {
                throw new LibTorchException(LoadFailure.Explain(problem.GetBaseException().Message, LoadFailure.ThisPlatform), problem);
            }
            loaded = true;
        }
    }

    [UnconditionalSuppressMessage("SingleFile", "IL3000",
        Justification = "An empty location is what a program in one file has: it does not run from the package cache.")]
    private static nint LoadNative()
    {
        WaitingThreads.Sleep();

        // typeof does not run the type initializer. Loading torch_cpu first puts it in reach of LibTorchSharp wherever it lies.
        Assembly assembly = typeof(torch).Assembly;
        _ = NativeLibrary.TryLoad("torch_cpu", assembly, null, out nint library);
        try
        {
            NativeLibrary.Load("LibTorchSharp", assembly, null);
        }
        catch (DllNotFoundException) when (RunsFromPackageCache(assembly.Location))
        {
            // A script or notebook: here TorchSharp's own search through the package cache is what finds libtorch.
        }
        return library;
    }

    private static bool RunsFromPackageCache(string location) =>
        location.Length > 0 && Directory.Exists(Path.Combine(Path.GetDirectoryName(location)!, "..", "..", "runtimes"));
}
