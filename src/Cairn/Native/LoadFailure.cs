using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Cairn.Native;

/// <summary>Turns what the system's loader says about libtorch into what is missing and how to get it.</summary>
internal static partial class LoadFailure
{
    private static readonly string[] Platforms = ["linux-x64", "win-x64", "osx-arm64"];

    /// <summary>This process' platform in NuGet's words, such as <c>linux-x64</c>.</summary>
    public static string ThisPlatform
    {
        get
        {
            // Alpine's C library is another one; libtorch is not built for it.
            bool musl = RuntimeInformation.RuntimeIdentifier is var id
                && (id.Contains("musl", StringComparison.Ordinal) || id.StartsWith("alpine", StringComparison.Ordinal));
            string system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : musl ? "linux-musl" : "linux";
            string processor = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
            return $"{system}-{processor}";
        }
    }

    /// <summary>The version of libtorch that the TorchSharp in use belongs to.</summary>
    public static string LibTorchVersion { get; } = typeof(LoadFailure).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .First(entry => entry.Key == "LibTorchVersion").Value!;

    /// <summary>One message for the user.</summary>
    /// <param name="loaderMessage">What the loader said: one line for each place it looked at.</param>
    /// <param name="platform">Platform in NuGet's words.</param>
    public static string Explain(string loaderMessage, string platform)
    {
        if (!Platforms.Contains(platform))
        {
            return $"libtorch could not be loaded: there is none for {platform}. Its packages exist for {string.Join(", ", Platforms)}.";
        }

        if (MissingVersion().Match(loaderMessage) is { Success: true } version)
        {
            return ExplainVersion(version.Groups["version"].Value, version.Groups["library"].Value, version.Groups["file"].Value);
        }

        if (Damaged().Match(loaderMessage) is { Success: true } damaged)
        {
            return $"libtorch could not be loaded: {damaged.Groups["file"].Value} is damaged or of another kind "
                + $"({damaged.Groups["reason"].Value}). Delete the folder it lies in and build again; if that does not help, "
                + "clear the package cache (dotnet nuget locals global-packages --clear) and restore.";
        }

        string dependency = MissingDependency().Match(loaderMessage).Groups["name"].Value;
        string lacking = dependency.Length > 0 && !FromLibTorch().IsMatch(dependency)
            ? $"{dependency} is not installed on this system."
            : $"no libtorch found. Add the package that brings it (dotnet add package libtorch-cpu-{platform} --version {LibTorchVersion}) "
                + "and build again.";
        string windows = platform.StartsWith("win", StringComparison.Ordinal)
            ? " If it is there, the Microsoft Visual C++ Redistributable may be missing (https://aka.ms/vs/17/release/vc_redist.x64.exe)."
            : "";
        return $"libtorch could not be loaded: {lacking}{windows} The loader says: {Shortened(loaderMessage)}";
    }

    private static string ExplainVersion(string version, string library, string file) => version switch
    {
        "GLIBCXX_3.4.32" => $"libtorch could not be loaded: {file} asks for {version}, which {library} does not have. That is libstdc++ 13 "
            + "or newer: Debian 13, Ubuntu 24.04, Fedora 38, or anything later brings it (apt install libstdc++6). On an older system, "
            + "build with the step that comes with the Cairn package (CairnMarkGlibcxxWeak, on by default on Linux), which lets the "
            + "library load there; if it gave warning CAIRN001, that says why it could not.",
        _ when version.StartsWith("GLIBC_", StringComparison.Ordinal) =>
            $"libtorch could not be loaded: {file} asks for {version}, which this system's C library ({library}) does not have. "
            + "A newer system is needed: Debian 12, Ubuntu 22.04, or anything later.",
        _ => $"libtorch could not be loaded: {file} asks for {version}, which {library} does not have. "
            + "A newer libstdc++ is needed (apt install libstdc++6), or a newer system.",
    };

    private static string Shortened(string loaderMessage)
    {
        // Each place that does not exist has a line, after a general one; only the others, if any, tell something.
        string[] lines = loaderMessage.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string[] telling = lines.Skip(1)
            .Where(line => !line.StartsWith('/') || !line.Contains("No such file", StringComparison.Ordinal)).ToArray();
        return telling.Length > 0 ? string.Join(' ', telling) : lines.FirstOrDefault("nothing");
    }

    [GeneratedRegex(@"(?<library>\S+): version [`'](?<version>[^`']+)' not found \(required by (?<file>[^)]+)\)")]
    private static partial Regex MissingVersion();

    [GeneratedRegex(@"^(?<file>/.*?): (?<reason>(file too short|invalid ELF header|.*cannot read file data.*|wrong ELF class.*|.*not a "
        + @"mach-o file.*|.*ELF load command.*))$",
        RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex Damaged();

    [GeneratedRegex(@"^lib(torch|c10|gomp-)")]
    private static partial Regex FromLibTorch();

    [GeneratedRegex(@"^(?<name>[^/\s:]+\.so[.\d]*): cannot open shared object file", RegexOptions.Multiline)]
    private static partial Regex MissingDependency();
}
