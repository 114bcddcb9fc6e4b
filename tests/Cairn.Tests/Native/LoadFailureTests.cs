using System.Xml.Linq;
using Cairn.Native;

namespace Cairn.Tests.Native;

public class LoadFailureTests
{
    // The message of .NET 10 on Debian 12, shortened: one general line, then one for each path that was tried.
    private const string General = "Unable to load shared library 'LibTorchSharp' or one of its dependencies. In order to help "
        + "diagnose loading "
        + "problems, consider using a tool like strace. If you're using glibc, consider setting the LD_DEBUG environment variable: \n"
        + "/app/LibTorchSharp.so: cannot open shared object file: No such file or directory\n";

    [Fact]
    public void An_old_libstdcxx_is_reported_with_what_to_install_and_the_build_step()
    {
        string message = LoadFailure.Explain(General + "/lib/x86_64-linux-gnu/libstdc++.so.6: version `GLIBCXX_3.4.32' not found (required "
            + "by /app/libLibTorchSharp.so)\n", "linux-x64");
        Assert.Contains("/app/libLibTorchSharp.so requires GLIBCXX_3.4.32, which /lib/x86_64-linux-gnu/libstdc++.so.6 lacks", message,
            StringComparison.Ordinal);
        Assert.Contains("libstdc++ 13 or newer", message, StringComparison.Ordinal);
        Assert.Contains("CairnMarkGlibcxxWeak", message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_old_C_library_is_reported_as_such()
    {
        string message = LoadFailure.Explain(General + "/lib/libc.so.6: version `GLIBC_2.34' not found (required by "
            + "/app/libLibTorchSharp.so)\n", "linux-x64");
        Assert.Contains("GLIBC_2.34", message, StringComparison.Ordinal);
        Assert.Contains("Use a newer system", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("linux-x64", "libtorch.so: cannot open shared object file: No such file or directory\n")]
    [InlineData("linux-x64", "libc10.so: cannot open shared object file: No such file or directory\n")]
    [InlineData("linux-x64", "")]
    [InlineData("win-x64", "")]
    [InlineData("osx-arm64", "dlopen(/app/LibTorchSharp.dylib, 0x0001): tried: '/app/LibTorchSharp.dylib' (no such file)\n")]
    public void A_missing_libtorch_is_reported_with_the_package_to_add(string platform, string line)
    {
        string message = LoadFailure.Explain(General + line, platform);
        Assert.Contains($"libtorch was not found. Add its package (dotnet add package libtorch-cpu-{platform} "
            + $"--version {LoadFailure.LibTorchVersion})", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_system_library_is_named() =>
        Assert.Contains("libgcc_s.so.1 is not installed on this system",
            LoadFailure.Explain(General + "libgcc_s.so.1: cannot open shared object file: No such file or directory\n", "linux-x64"),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("file too short")]
    [InlineData("invalid ELF header")]
    public void A_damaged_library_is_named(string reason) =>
        Assert.Contains($"/app/libLibTorchSharp.so is damaged or built for another platform ({reason})",
            LoadFailure.Explain($"{General}/app/libLibTorchSharp.so: {reason}\n", "linux-x64"), StringComparison.Ordinal);

    [Theory]
    [InlineData("linux-arm64")]
    [InlineData("linux-musl-x64")]
    [InlineData("osx-x64")]
    public void A_platform_without_libtorch_is_reported_with_the_supported_ones(string platform) =>
        Assert.Contains($"it is not available for {platform}. Packages exist for linux-x64, win-x64, osx-arm64",
        LoadFailure.Explain(General, platform), StringComparison.Ordinal);

    [Fact]
    public void The_version_that_messages_name_is_the_one_we_build_with()
    {
        var packages = XDocument.Load(Path.Combine(BuiltWith.RepositoryRoot, "Directory.Packages.props"));
        var targets = XDocument.Load(Path.Combine(BuiltWith.RepositoryRoot, "src", "Cairn", "buildTransitive", "Cairn.targets"));
        Assert.Equal(packages.Descendants("LibTorchVersion").Single().Value, LoadFailure.LibTorchVersion);
        Assert.Equal(targets.Descendants("CairnLibTorchVersion").Single().Value, LoadFailure.LibTorchVersion);
    }
}
