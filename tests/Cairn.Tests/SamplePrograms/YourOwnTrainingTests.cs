using System.Reflection;
using System.Text.Json;
using Cairn.Tests.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.SamplePrograms;

/// <summary>The samples of custom training: each gives the numbers of its Python original, recorded with Keras.</summary>
public sealed class YourOwnTrainingTests
{
    private static readonly string Root = typeof(YourOwnTrainingTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;

    private static readonly string Folder = Path.Combine(Root, "samples", "YourOwnTraining");

    public static TheoryData<string> Names { get; } = [.. Samples.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_sample_gives_the_numbers_of_its_Python_original(string name)
    {
        JsonElement recorded = ReferenceFile.Read("samples/samples.json").GetProperty(PythonName(name));
        float[] expected = [.. recorded.EnumerateArray().Select(value => value.GetSingle())];

        float[] actual = [.. Samples.All[name]().Select(value => (float)value)];

        Tolerance.Near(expected, actual, Tolerance.Convolution, name);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_sample_is_about_as_long_as_its_Python_original(string name)
    {
        // Lines of brackets, usings, imports and XML documentation are not counted.
        int python = Lines(PythonName(name) + ".py", ["import ", "from ", ")", "]", "}"]);
        int csharp = Lines(name + ".cs", ["using Cairn", "using static", "using TorchSharp", "///", "{", "}", ")", "]"]);
        Assert.InRange(csharp, 1, 1.25 * python);
    }

    [Fact]
    public void Each_sample_is_in_the_list_with_its_command()
    {
        string list = File.ReadAllText(Path.Combine(Folder, "..", "README.md"));
        Assert.All(Samples.All.Keys, name =>
        {
            Assert.Contains($"`dotnet run --project samples/YourOwnTraining {name}`", list, StringComparison.Ordinal);
            Assert.Contains($"(YourOwnTraining/{name}.cs)", list, StringComparison.Ordinal);
            Assert.Contains($"(YourOwnTraining/{PythonName(name)}.py)", list, StringComparison.Ordinal);
            Assert.True(File.Exists(Path.Combine(Folder, PythonName(name) + ".py")), name);
        });
    }

    [Fact]
    public void A_sample_leaves_no_tensors()
    {
        Mixup.Run(images: 32, epochs: 1);
        long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

        Mixup.Run(images: 32, epochs: 1);

        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    /// <summary>ActorCritic is actor_critic.py; names that Python writes as one word are listed.</summary>
    private static string PythonName(string name) => name switch
    {
        "Seq2Seq" => "seq2seq",
        "UNet" => "unet",
        _ => string.Concat(name.Select((c, i) => (i > 0 && char.IsUpper(c) ? "_" : "") + char.ToLowerInvariant(c))),
    };

    private static int Lines(string file, string[] except) => File.ReadLines(Path.Combine(Folder, file)).Select(line => line.Trim())
        .Count(line => line.Length > 0 && !except.Any(start => line.StartsWith(start, StringComparison.Ordinal)));
}
