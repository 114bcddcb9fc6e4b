using Cairn.Tests.Native;
using TorchSharp;

namespace Cairn.Tests.Architecture;

/// <summary>Scalars that are given to libtorch are referenced during the call (see <c>HeldScalar</c>).</summary>
public sealed class ScalarTests
{
    private static readonly Lazy<SourceCode> Source = new(() => SourceCode.Read(Path.Combine(BuiltWith.RepositoryRoot, "src")));

    [Fact]
    public void No_code_gives_libtorch_a_scalar_that_is_not_held()
    {
        IReadOnlyList<string> found = new ScalarUses(Source.Value).NotHeld();
        Assert.True(found.Count == 0, string.Join("\n", found));
    }

    [Fact]
    public void Members_of_TorchSharp_are_resolved() =>
        Assert.True(new ScalarUses(Source.Value).ResolvedMembers(Path.Combine("Cairn", "Layers", "Core", "EinsumDense.cs")) > 3);

    [Fact]
    public void Members_that_create_a_scalar_inside_of_TorchSharp_are_known()
    {
        Assert.Contains(typeof(torch.Tensor).GetMethod("op_Addition", [typeof(torch.Tensor), typeof(torch.Tensor)])!.MetadataToken,
            ScalarUses.MembersThatCreateScalars);
        Assert.Contains(typeof(torch.Tensor).GetMethod("square", [])!.MetadataToken, ScalarUses.MembersThatCreateScalars);
        Assert.DoesNotContain(typeof(torch.Tensor).GetMethod("op_Multiply", [typeof(torch.Tensor), typeof(torch.Tensor)])!.MetadataToken,
            ScalarUses.MembersThatCreateScalars);
    }

    [Theory]
    [InlineData("x * 2", "x * 2")]
    [InlineData("2f - x", "2f - x")]
    [InlineData("x + x", "x + x")]
    [InlineData("x += x", "x += x")]
    [InlineData("x.square()", "x.square()")]
    [InlineData("x.pow(1.0 / 3)", "1.0 / 3")]
    [InlineData("x.clamp(min: 0)", "0")]
    [InlineData("x.eq(true)", "true")]
    [InlineData("x.remainder(3L.ToScalar())", "3L.ToScalar()")]
    [InlineData("x.add(x, (Scalar)1)", "(Scalar)1")]
    [InlineData("torch.full([2], 0.5)", "0.5")]
    public void A_planted_scalar_is_found_with_its_file_and_line(string expression, string found)
    {
        const string File = "Cairn/Layers/Planted.cs";
        string source = $"namespace Planted;\nusing TorchSharp;\nclass Planted {{ object M(torch.Tensor x) =>\n{expression}; }}";
        Assert.Contains($"{File}:4 {found}", new ScalarUses(Source.Value.With(File, source)).NotHeld(File));
    }

    [Theory]
    [InlineData("x * Held(2)")]
    [InlineData("x * x")]
    [InlineData("x.Plus(x).Squared()")]
    [InlineData("x.sum(1).unsqueeze(-1)")]
    public void A_held_scalar_is_not_reported(string expression)
    {
        const string File = "Cairn/Layers/Planted.cs";
        string source = "namespace Planted;\nusing Cairn;\nusing TorchSharp;\nusing static Cairn.Native.HeldScalar;\n"
            + $"class Planted {{ object M(torch.Tensor x) => {expression}; }}";
        Assert.Empty(new ScalarUses(Source.Value.With(File, source)).NotHeld(File));
    }
}
