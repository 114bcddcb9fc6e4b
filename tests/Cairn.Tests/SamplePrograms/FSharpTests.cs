using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Cairn.Tests.SamplePrograms;

/// <summary>The F# sample, which is also the code of the page about F#.</summary>
public sealed partial class FSharpTests
{
    private static readonly string Root = Metadata("RepositoryRoot");

    [Fact]
    public async Task The_sample_trains_in_all_of_its_ways()
    {
        string program = Path.Combine(Root, "samples", "FSharp", "bin", Metadata("Configuration"), "net10.0", "Cairn.Samples.FSharp.dll");
        using Process process = Process.Start(new ProcessStartInfo("dotnet", [program])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.True(process.ExitCode == 0, await error);
        Assert.Equal(
            [
                "loss falls: true",
                "events: 0, values: loss, mae, val_loss, val_mae, learning_rate",
                "predictions: (64, 1)",
                "best loss: true",
            ],
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void The_code_of_the_page_is_the_sample()
    {
        string page = File.ReadAllText(Path.Combine(Root, "docs", "fsharp.md"));
        string code = string.Join('\n', Block().Matches(page).Select(block => block.Groups[1].Value));
        Assert.Equal(File.ReadAllText(Path.Combine(Root, "samples", "FSharp", "Program.fs")), code);
    }

    private static string Metadata(string key) =>
        typeof(FSharpTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(one => one.Key == key).Value!;

    [GeneratedRegex(@"```fsharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
