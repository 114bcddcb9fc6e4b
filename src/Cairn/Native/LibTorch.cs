using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.InteropServices;
using TorchSharp;

namespace Cairn.Native;

/// <summary>Loads libtorch before the first tensor is created, so that a failure is reported once and clearly.</summary>
/// <remarks>
/// On its own, TorchSharp would react to a failed load by copying the package cache next to the program and printing a long trace, and its
/// type initializer would stay broken for the rest of the process. So nothing here may use <see cref="torch"/> before loading has
/// succeeded.
/// </remarks>
internal static class LibTorch
{
    private static readonly Lock Gate = new();
    private static volatile bool loaded;

    /// <summary>Loads libtorch if it is not loaded yet. Cheap if it is; thread-safe.</summary>
    /// <exception cref="LibTorchException">libtorch cannot be loaded. A later call tries again.</exception>
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
                GnuOpenMP.Find(library);
                OneThread.NoteUsual();
                SharedCores.TurnOn();
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
        Justification = "A single-file application has an empty location, and does not run from the package cache.")]
    private static nint LoadNative()
    {
        WaitingThreads.Sleep();
        KeptMemory.TurnOn();

        // typeof does not run the type initializer. Loading torch_cpu first lets LibTorchSharp find it, wherever it is.
        Assembly assembly = typeof(torch).Assembly;
        _ = NativeLibrary.TryLoad("torch_cpu", assembly, null, out nint library);
        try
        {
            NativeLibrary.Load("LibTorchSharp", assembly, null);
        }
        catch (DllNotFoundException) when (RunsFromPackageCache(assembly.Location))
        {
            // A script or notebook. Without the packages in the cache, TorchSharp's own search says what it tried.
            library = ScriptLibraries.Load(Path.GetDirectoryName(assembly.Location)!) ?? library;
        }
        return library;
    }

    private static bool RunsFromPackageCache(string location) =>
        location.Length > 0 && Directory.Exists(Path.Combine(Path.GetDirectoryName(location)!, "..", "..", "runtimes"));
}
