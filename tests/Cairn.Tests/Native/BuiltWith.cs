using System.Reflection;

namespace Cairn.Tests.Native;

/// <summary>Paths and versions of the build of this test project, written by its project file.</summary>
internal static class BuiltWith
{
    public static string RepositoryRoot => Value("RepositoryRoot");

    public static string Configuration => Value("Configuration");

    public static string PackageCache => Value("PackageCache");

    /// <summary>The library as in the package.</summary>
    public static string TorchSharpLibrary =>
        Path.Combine(Value("TorchSharpPackage"), "runtimes", "linux-x64", "native", "libLibTorchSharp.so");

    private static string Value(string key) => typeof(BuiltWith).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(entry => entry.Key == key).Value!;
}
