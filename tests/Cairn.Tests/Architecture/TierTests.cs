using Cairn.Tests.Native;

namespace Cairn.Tests.Architecture;

/// <summary>ARCHITECTURE.md defines four tiers; code in a tier uses nothing of a higher one.</summary>
public sealed class TierTests
{
    private static readonly Lazy<SourceCode> Source = new(() => SourceCode.Read(Path.Combine(BuiltWith.RepositoryRoot, "src", "Cairn")));

    [Fact]
    public void No_code_uses_names_of_a_higher_tier()
    {
        var tiers = new SourceTiers(Source.Value);
        Assert.Empty(tiers.FoldersWithoutTier);
        IReadOnlyList<string> found = tiers.ReferencesThatPointUp();
        Assert.True(found.Count == 0, string.Join("\n", found));
    }

    [Fact]
    public void Names_are_resolved_to_the_files_that_declare_them() =>
        Assert.True(new SourceTiers(Source.Value).ResolvedNames(Path.Combine("Layers", "Core", "Dense.cs")) > 50);

    [Fact]
    public void No_collection_expression_adds_to_a_JsonArray_by_reflection()
    {
        Assert.Empty(new SourceTiers(Source.Value).GenericJsonAdditions());
        const string Planted = "using System.Text.Json.Nodes;\nclass Planted { JsonArray Of(long a) => [JsonValue.Create(a)]; "
            + "JsonArray Of(JsonNode a, JsonNode[] b) => [a, null, .. b]; }";
        Assert.Equal(["Text/Planted.cs:2 JsonValue.Create(a)"],
            new SourceTiers(Source.Value.With("Text/Planted.cs", Planted)).GenericJsonAdditions("Text/Planted.cs"));
    }

    [Theory]
    [InlineData("Layers/Planted.cs", "class Planted { Cairn.Model? model; }", "Layers/Planted.cs:2 Model (Models, tier 3) from tier 1")]
    [InlineData("Text/Planted.cs", "class Planted { object shape = new Cairn.Shape(1); static Cairn.Callbacks.Logs? Log() => null; }",
        "Text/Planted.cs:2 Logs (Callbacks, tier 3) from tier 0")]
    [InlineData("Losses/Planted.cs", "class Planted { void M() { var batch = new Cairn.Data.Batch[1]; } }",
        "Losses/Planted.cs:2 Batch (Data, tier 2) from tier 1")]
    [InlineData("Saving/Config/Planted.cs",
        "class Planted { string Of(Cairn.Saving.ObjectConfig c) => nameof(Cairn.Saving.CompileConfig); }",
        "Saving/Config/Planted.cs:2 CompileConfig (Saving/Architecture, tier 3) from tier 1")]
    [InlineData("Optimizers/Planted.cs", "class Planted { void M(Cairn.Layers.Layer layer) { if (layer is Cairn.Sequential s) { "
        + "s.Fit(null!, null!); } } }",
        "Optimizers/Planted.cs:2 Sequential (Models, tier 3) from tier 1")]
    public void A_planted_reference_is_found_with_its_file_and_line(string file, string source, string expected)
    {
        IReadOnlyList<string> found = new SourceTiers(Source.Value.With(file, $"namespace Planted;\n{source}"))
            .ReferencesThatPointUp(file);
        Assert.Contains(found, line => line.Contains(expected, StringComparison.Ordinal)
            && line.StartsWith($"{file}:2 ", StringComparison.Ordinal));
    }
}
