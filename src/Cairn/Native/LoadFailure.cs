using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Cairn.Native;

/// <summary>Translates the loader's error messages about libtorch into what is missing and how to install it.</summary>
internal static partial class LoadFailure
{
    private const string Marker = "GLIBCXX_3.4.32";
    private static readonly string[] Platforms = ["linux-x64", "win-x64", "osx-arm64"];

    /// <summary>The runtime identifier of this process, such as <c>linux-x64</c>.</summary>
    public static string ThisPlatform
    {
        get
        {
            // Alpine uses musl as its C library; libtorch is not built for it.
            bool musl = RuntimeInformation.RuntimeIdentifier is var id
                && (id.Contains("musl", StringComparison.Ordinal) || id.StartsWith("alpine", StringComparison.Ordinal));
            string system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : musl ? "linux-musl" : "linux";
            string processor = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
            return $"{system}-{processor}";
        }
    }

    /// <summary>The version of libtorch that matches the referenced TorchSharp.</summary>
    public static string LibTorchVersion { get; } = typeof(LoadFailure).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .First(entry => entry.Key == "LibTorchVersion").Value!;

    /// <summary>Whether a library can't be loaded only because of a version of libstdc++ that it names and does not use.</summary>
    public static bool IsMarker(string loaderMessage) =>
        MissingVersion().Match(loaderMessage) is { Success: true } version && version.Groups["version"].Value == Marker;

    /// <summary>Creates the message for the user.</summary>
    /// <param name="loaderMessage">The loader's message: one line for each path it tried.</param>
    /// <param name="platform">The runtime identifier.</param>
    public static string Explain(string loaderMessage, string platform)
    {
        if (!Platforms.Contains(platform))
        {
            return $"libtorch could not be loaded: it is not available for {platform}. Packages exist for {string.Join(", ", Platforms)}.";
        }

        if (MissingVersion().Match(loaderMessage) is { Success: true } version)
        {
            return ExplainVersion(version.Groups["version"].Value, version.Groups["library"].Value, version.Groups["file"].Value);
        }

        if (Damaged().Match(loaderMessage) is { Success: true } damaged)
        {
            return $"libtorch could not be loaded: {damaged.Groups["file"].Value} is damaged or built for another platform "
                + $"({damaged.Groups["reason"].Value}). Delete its folder and rebuild; if that does not help, "
                + "clear the package cache (dotnet nuget locals global-packages --clear) and restore.";
        }

        string dependency = MissingDependency().Match(loaderMessage).Groups["name"].Value;
        string lacking = dependency.Length > 0 && !FromLibTorch().IsMatch(dependency)
            ? $"{dependency} is not installed on this system."
            : $"libtorch was not found. Add its package (dotnet add package libtorch-cpu-{platform} --version {LibTorchVersion}) "
                + "and rebuild.";
        string windows = platform.StartsWith("win", StringComparison.Ordinal)
            ? " If it is present, the Microsoft Visual C++ Redistributable may be missing (https://aka.ms/vs/17/release/vc_redist.x64.exe)."
            : "";
        return $"libtorch could not be loaded: {lacking}{windows} Loader message: {Shortened(loaderMessage)}";
    }

    private static string ExplainVersion(string version, string library, string file) => version switch
    {
        Marker => $"libtorch could not be loaded: {file} requires {version}, which {library} lacks. "
            + "Install libstdc++ 13 or newer, which is part of Debian 13, Ubuntu 24.04, Fedora 38 and later (apt install libstdc++6). "
            + "On an older system, build with the step in the Cairn package (CairnMarkGlibcxxWeak, on by default on Linux), "
            + "which makes the "
            + "library load anyway; if it reported warning CAIRN001, the warning explains why it failed.",
        _ when version.StartsWith("GLIBC_", StringComparison.Ordinal) =>
            $"libtorch could not be loaded: {file} requires {version}, which this system's C library ({library}) lacks. "
            + "Use a newer system: Debian 12, Ubuntu 22.04, or later.",
        _ => $"libtorch could not be loaded: {file} requires {version}, which {library} lacks. "
            + "Install a newer libstdc++ (apt install libstdc++6), or use a newer system.",
    };

    private static string Shortened(string loaderMessage)
    {
        // After a general first line, there is one line per nonexistent path; only other lines are informative.
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
