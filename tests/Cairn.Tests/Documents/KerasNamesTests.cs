using System.Reflection;
using System.Text.Json;
using Cairn.Tests.Training;

namespace Cairn.Tests.Documents;

public sealed class KerasNamesTests
{
    private static readonly KerasNames Names = new(ReferenceFile.Read("keras_names.json"));

    [Fact]
    public void The_table_of_names_matches_the_code()
    {
        string written = Names.Write();
        string root = typeof(KerasNamesTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(a => a.Key == "RepositoryRoot").Value!;
        string path = Path.Combine(root, "docs", "keras-names.md");
        if (Environment.GetEnvironmentVariable("CAIRN_WRITE_DOCUMENTS") == "1")
        {
            File.WriteAllText(path, written);
        }

        Assert.True(
            File.Exists(path) && File.ReadAllText(path) == written,
            "docs/keras-names.md is out of date: run the tests of this class with CAIRN_WRITE_DOCUMENTS=1 and look at what changed.");
    }

    [Fact]
    public void Reasons_are_given_only_for_missing_names()
    {
        string[] here = [.. typeof(Model).Assembly.GetExportedTypes().Select(t => t.Name)];
        Assert.Empty(KerasDifferences.Missing.Keys.Intersect(here));
    }

    [Fact]
    public void Defaults_are_Keras()
    {
        Names.Write();
        Assert.Empty(Names.DifferentDefaults);
    }
}
