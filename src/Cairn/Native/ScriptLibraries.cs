using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Cairn.Native;

/// <summary>
/// Loads libtorch in a script or a notebook on Linux, where assemblies are in the package cache: there is no build step that puts the
/// libraries into one folder and lets them load where libstdc++ is older than 13 (Debian 12, Ubuntu 22.04).
/// </summary>
internal static class ScriptLibraries
{
    private const string Library = "libLibTorchSharp.so";

    // In the order of their dependencies: the loader finds those of the next ones by their names.
    private static readonly string[] LibTorch = ["libc10.so", "libtorch_cpu.so", "libtorch.so"];

    /// <summary>Loads the libraries of the packages, if they are in the cache.</summary>
    /// <param name="folder">The folder of TorchSharp's assembly, <c>…/torchsharp/VERSION/lib/FRAMEWORK</c>.</param>
    /// <returns>The handle of libtorch_cpu; null if the packages are not in the cache.</returns>
    /// <exception cref="DllNotFoundException">A library is damaged, or needs something that this system does not have.</exception>
    public static nint? Load(string folder)
    {
        string native = Path.Combine("runtimes", LoadFailure.ThisPlatform, "native");
        string package = Path.GetFullPath(Path.Combine(folder, "..", ".."));
        string library = Path.Combine(package, native, Library);
        string libTorch = Path.GetFullPath(
            Path.Combine(package, "..", "..", $"libtorch-cpu-{LoadFailure.ThisPlatform}", LoadFailure.LibTorchVersion, native));
        if (!OperatingSystem.IsLinux() || !File.Exists(library) || !Directory.Exists(libTorch))
        {
            return null;
        }

        nint[] handles = [.. LibTorch.Select(name => NativeLibrary.Load(Path.Combine(libTorch, name)))];
        try
        {
            NativeLibrary.Load(library);
        }
        catch (DllNotFoundException exception) when (LoadFailure.IsMarker(exception.Message) && LoadMarked(library))
        {
            // TorchSharp finds the copy that is loaded by its name.
        }

        return handles[1];
    }

    // The copy that the build step would make. It has no name any more once it is loaded.
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "A script is not trimmed.")]
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "A script is not trimmed.")]
    [UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "A script is not a single file.")]
    private static bool LoadMarked(string library)
    {
        string task = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(ScriptLibraries).Assembly.Location)!, "..", "..", "tasks",
            "netstandard2.0", "Cairn.Build.dll"));
        if (!File.Exists(task) || Assembly.LoadFrom(task).GetType("Cairn.Build.MarkedCopy")?.GetMethod("Write") is not { } write)
        {
            return false;
        }

        DirectoryInfo folder = Directory.CreateTempSubdirectory("cairn-");
        try
        {
            string copy = Path.Combine(folder.FullName, Library);
            write.Invoke(null, [library, copy]);
            return NativeLibrary.TryLoad(copy, out _);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
