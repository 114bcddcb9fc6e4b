using System.Reflection;

namespace Cairn.Tests.Native;

/// <summary>Where this test project was built and with what, written into it by its project file.</summary>
internal static class BuiltWith
{
    public static string RepositoryRoot => Value("RepositoryRoot");

    public static string Configuration => Value("Configuration");

    public static string PackageCache => Value("PackageCache");

    /// <summary>The library as the package brings it.</summary>
    public static string TorchSharpLibrary =>
        Path.Combine(Value("TorchSharpPackage"), "runtimes", "linux-x64", "native", "libLibTorchSharp.so");

    private static string Value(string key) => typeof(BuiltWith).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(entry => entry.Key == key).Value!;
}
