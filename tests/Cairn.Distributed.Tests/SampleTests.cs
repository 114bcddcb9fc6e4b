using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Cairn.Distributed.Tests;

/// <summary>The sample trains alone and under a launcher.</summary>
public sealed partial class SampleTests
{
    [Fact]
    public void The_sample_learns_the_digits_in_one_process_and_in_two()
    {
        using var folder = new WorkFolder();
        string program = LaunchedRun.Program("ManyMachines");
        double alone = Assert.Single(Accuracies(LaunchedRun.StartAlone(program, folder.File("alone"))));
        double[] together = Accuracies(MpiInstallation.Require(MpiInstallation.OpenMpi).Start(2, program, folder.File("together")));
        Assert.InRange(alone, 0.85, 1);
        Assert.Equal(2, together.Length);
        Assert.All(together, accuracy => Assert.Equal(alone, accuracy, 0.01));
        foreach (string name in new[] { "alone", "together" })
        {
            Assert.True(File.Exists(folder.File($"{name}/best.keras")));
        }
    }

    private static double[] Accuracies(ProcessStartInfo start)
    {
        (int code, string output) = LaunchedRun.Run(start);
        Assert.True(code == 0, output);
        return [.. Result().Matches(output).Select(match => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))];
    }

    [GeneratedRegex(@"rank \d of \d: validation accuracy (\d\.\d+)")]
    private static partial Regex Result();
}
