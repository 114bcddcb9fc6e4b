using System.IO.Compression;
using System.Xml.Linq;
using Cairn.Build;

namespace Cairn.Tests.Native;

public class PackageTests(ConsumerProject consumer) : IClassFixture<ConsumerProject>
{
    [Fact]
    public void The_package_holds_library_documentation_and_build_step_and_depends_on_little()
    {
        using ZipArchive package = ZipFile.OpenRead(consumer.Package);
        var names = package.Entries.Select(entry => entry.FullName).ToList();
        Assert.Contains("lib/net10.0/Cairn.dll", names);
        Assert.Contains("lib/net10.0/Cairn.xml", names);
        Assert.Contains("buildTransitive/Cairn.targets", names);
        Assert.Contains("buildTransitive/Cairn.props", names);
        Assert.Contains("tasks/netstandard2.0/Cairn.Build.dll", names);
        Assert.Contains("README.md", names);
        Assert.Contains("icon.png", names);
        Assert.DoesNotContain(names, name => name.EndsWith(".dll", StringComparison.Ordinal)
            && !name.Contains("/Cairn.", StringComparison.Ordinal));

        using Stream nuspec = package.GetEntry("Cairn.nuspec")!.Open();
        XElement[] elements = [.. XDocument.Load(nuspec).Descendants()];
        IEnumerable<string> dependencies = elements.Where(element => element.Name.LocalName == "dependency")
            .Select(element => element.Attribute("id")!.Value);
        Assert.Equal(
            ["Google.Protobuf", "Microsoft.Extensions.Logging.Abstractions", "System.IO.Hashing", "TorchSharp"],
            dependencies.Order(StringComparer.Ordinal));
        string Of(string name) => elements.First(element => element.Name.LocalName == name).Value;
        Assert.Equal(("icon.png", "README.md", "MIT"), (Of("icon"), Of("readme"), Of("license")));
        Assert.Contains("keras", Of("tags").Split(' '));
        using ZipArchive symbols = ZipFile.OpenRead(Path.ChangeExtension(consumer.Package, ".snupkg"));
        Assert.Contains("lib/net10.0/Cairn.pdb", symbols.Entries.Select(entry => entry.FullName));
    }

    [Theory]
    [InlineData("Cairn.Dashboard", "[{0}]")]
    [InlineData("Cairn.Plotting", "[{0}]")] // uses internals, so it requires exactly that version
    [InlineData("Cairn.Distributed", "[{0}]")]
    [InlineData("Cairn.DataView", "{0}")]
    public void Related_packages_require_their_version_of_the_library(string project, string range)
    {
        using ZipArchive package = ZipFile.OpenRead(consumer.Pack(project));
        Assert.Contains("README.md", package.Entries.Select(entry => entry.FullName));
        Assert.Contains("icon.png", package.Entries.Select(entry => entry.FullName));
        using Stream nuspec = package.GetEntry($"{project}.nuspec")!.Open();
        XElement library = XDocument.Load(nuspec).Descendants()
            .Single(element => element.Name.LocalName == "dependency" && element.Attribute("id")!.Value == "Cairn");
        Assert.Equal(string.Format(System.Globalization.CultureInfo.InvariantCulture, range, consumer.Version),
            library.Attribute("version")!.Value);
    }

    [Fact]
    public void The_usings_of_the_package_can_be_turned_off()
    {
        string folder = consumer.Create("usings");
        Assert.Equal(0, ConsumerProject.Dotnet(folder, "restore").ExitCode);
        string Usings(params string[] arguments) => ConsumerProject.Dotnet(folder, ["msbuild", "-getItem:Using", .. arguments]).Output;
        Assert.Contains("\"Identity\": \"Cairn.Callbacks\"", Usings(), StringComparison.Ordinal);
        Assert.DoesNotContain("Cairn.Callbacks", Usings("-p:CairnImplicitUsings=false"), StringComparison.Ordinal);
        Assert.DoesNotContain("Cairn.Callbacks", Usings("-p:ImplicitUsings=disable"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_with_the_package_and_a_libtorch_package_trains()
    {
        byte[] cached = File.ReadAllBytes(BuiltWith.TorchSharpLibrary);
        string folder = consumer.Create("trains");
        ConsumerProject.Result build = ConsumerProject.Build(folder, "build");
        Assert.DoesNotContain("CAIRN", build.Output, StringComparison.Ordinal);
        AssertTrains(Path.Combine(folder, "bin", "Release", "net10.0"));

        // The second build changes nothing.
        ConsumerProject.Build(folder, "build", "--no-restore");
        AssertTrains(Path.Combine(folder, "bin", "Release", "net10.0"));

        // Published for one platform, the files are next to the program. Hard links avoid copying half a gigabyte for a test.
        if (OperatingSystem.IsLinux())
        {
            ConsumerProject.Build(folder, "publish", "-r", "linux-x64", "--self-contained", "false", "-o", "published",
                "-p:CreateHardLinksForPublishFilesIfPossible=true");
            AssertTrains(Path.Combine(folder, "published"));
        }
        Assert.Equal(cached, File.ReadAllBytes(BuiltWith.TorchSharpLibrary));
    }

    [Fact]
    public void A_program_without_a_libtorch_package_gets_a_message_at_build_time_and_at_run_time()
    {
        string folder = consumer.Create("lacks");
        ConsumerProject.Result build = ConsumerProject.Build(folder, "build", "-p:WithoutLibTorch=true");
        Assert.Contains("warning CAIRN002: Consumer needs libtorch, but references no package", build.Output, StringComparison.Ordinal);

        ConsumerProject.Result run = ConsumerProject.Dotnet(folder, Path.Combine("bin", "Release", "net10.0", "Consumer.dll"));
        Assert.True(run.ExitCode == 3, run.Output);
        Assert.Contains("LibTorchException: libtorch could not be loaded: libtorch was not found. Add its package", run.Output,
            StringComparison.Ordinal);
    }

    private static void AssertTrains(string output)
    {
        ConsumerProject.Result run = ConsumerProject.Dotnet(output, "Consumer.dll");
        Assert.True(run.ExitCode == 0, run.Output);
        var losses = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => float.Parse(line["loss ".Length..], System.Globalization.CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(3, losses.Count);
        Assert.True(losses[0] > losses[1] && losses[1] > losses[2], run.Output);

        Assert.Empty(Directory.GetFiles(output, "*torch_python*", SearchOption.AllDirectories));
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        string library = Assert.Single(Directory.GetFiles(output, "libLibTorchSharp.so", SearchOption.AllDirectories));
        Assert.Contains(GlibcxxMarker.Inspect(File.ReadAllBytes(library)).State, new[] { MarkerState.Weak, MarkerState.NotNeeded });
    }
}
