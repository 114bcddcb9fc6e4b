namespace Cairn.Tests.Native;

/// <summary>The F# script of the samples, with the packages as a user has them.</summary>
public sealed class ScriptTests(ConsumerProject consumer) : IClassFixture<ConsumerProject>
{
    [Fact]
    public void An_FSharp_script_trains_without_a_build_step()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The script names the package of libtorch for Linux.");
        consumer.Pack("Cairn.FSharp");
        string script = Path.Combine(consumer.Feed, "train.fsx");
        File.WriteAllText(script, $"#i \"nuget: {consumer.Feed}\"\n"
            + File.ReadAllText(Path.Combine(BuiltWith.RepositoryRoot, "samples", "FSharp", "train.fsx"))
                .Replace("nuget: Cairn.FSharp", $"nuget: Cairn.FSharp, {consumer.Version}", StringComparison.Ordinal));

        ConsumerProject.Result run = ConsumerProject.Dotnet(consumer.Feed, "fsi", "--quiet", script);

        Assert.True(run.ExitCode == 0 && run.Output.Contains("loss falls: true", StringComparison.Ordinal), run.Output);
    }
}
