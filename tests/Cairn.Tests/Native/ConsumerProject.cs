using System.Diagnostics;
using Cairn.Native;

namespace Cairn.Tests.Native;

/// <summary>
/// The library packed into a local feed, and a console project that uses nothing else of this repository:
/// the situation of a user of the package.
/// </summary>
public sealed class ConsumerProject : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("cairn-consumer-").FullName;

    public ConsumerProject()
    {
        try
        {
            Directory.CreateDirectory(Feed);
            Pack("Cairn");

            // These files stop the search for settings in parent folders; the sources are those of this machine and the feed.
            foreach (string? settings in new[] { "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props" })
            {
                File.WriteAllText(Path.Combine(root, settings), "<Project />");
            }

            File.WriteAllText(Path.Combine(root, "nuget.config"),
                "<configuration><packageSources><add key=\"cairn-under-test\" value=\"feed\" /></packageSources></configuration>");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string Feed => Path.Combine(root, "feed");

    /// <summary>A new version each time: the package cache would return an earlier package with the same version.</summary>
    public string Version { get; } = $"0.1.0-test.{DateTime.UtcNow.Ticks}";

    public string Package => Path.Combine(Feed, $"Cairn.{Version}.nupkg");

    /// <summary>Packs the library that was built with the tests.</summary>
    /// <returns>The package.</returns>
    public string Pack(string project)
    {
        Result packed = Dotnet(BuiltWith.RepositoryRoot, "pack", Path.Combine("src", project), "--no-build", "-c",
            BuiltWith.Configuration,
            "-o", Feed, $"-p:MinVerVersionOverride={Version}",
            $"-p:NuspecOutputPath={Path.Combine(root, "nuspec")}{Path.DirectorySeparatorChar}");
        Assert.True(packed.ExitCode == 0, packed.Output);
        return Path.Combine(Feed, $"{project}.{Version}.nupkg");
    }

    /// <summary>A fresh project with the consumer's source.</summary>
    public string Create(string name)
    {
        string source = Path.Combine(AppContext.BaseDirectory, "Native", "Consumer");
        string folder = Directory.CreateDirectory(Path.Combine(root, name)).FullName;
        File.Copy(Path.Combine(source, "Program.cs.txt"), Path.Combine(folder, "Program.cs"));
        File.WriteAllText(Path.Combine(folder, "Consumer.csproj"), File.ReadAllText(Path.Combine(source, "Consumer.csproj.txt"))
            .Replace("{CairnVersion}", Version, StringComparison.Ordinal)
            .Replace("{Platform}", LoadFailure.ThisPlatform, StringComparison.Ordinal)
            .Replace("{LibTorchVersion}", LoadFailure.LibTorchVersion, StringComparison.Ordinal));
        return folder;
    }

    /// <summary>Builds or publishes without a build server, which would keep files and pipes open.</summary>
    internal static Result Build(string folder, string command, params string[] arguments)
    {
        Result result =
            Dotnet(folder, [command, "-c", "Release", "-nologo", "-nodeReuse:false", "-p:UseSharedCompilation=false", .. arguments]);
        Assert.True(result.ExitCode == 0, result.Output);
        return result;
    }

    internal static Result Dotnet(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        // The environment of the test run must not affect this process.
        foreach (string? name in start.Environment.Keys.Where(IsInherited).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["DOTNET_NOLOGO"] = "1";
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        if (!process.WaitForExit(TimeSpan.FromMinutes(10)))
        {
            process.Kill(entireProcessTree: true);
        }

        return new(process.ExitCode, output + error.Result);
    }

    public void Dispose()
    {
        Directory.Delete(root, recursive: true);
        foreach (string package in (string[])["cairn", "cairn.fsharp"])
        {
            string all = Path.Combine(BuiltWith.PackageCache, package);
            string restored = Path.Combine(all, Version);
            if (Directory.Exists(restored))
            {
                Directory.Delete(restored, recursive: true);
            }

            if (Directory.Exists(all) && !Directory.EnumerateFileSystemEntries(all).Any())
            {
                Directory.Delete(all);
            }
        }
    }

    private static bool IsInherited(string name) =>
        name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("TESTINGPLATFORM", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("VSTEST", StringComparison.OrdinalIgnoreCase)
        || name is "DOTNET_HOST_PATH" or "DOTNET_STARTUP_HOOKS" or "DOTNET_ADDITIONAL_DEPS" or "RuntimeIdentifier" or "Configuration"
        or "Platform";

    internal sealed record Result(int ExitCode, string Output);
}
