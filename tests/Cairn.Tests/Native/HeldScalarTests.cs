namespace Cairn.Tests.Native;

/// <summary>Scalar arguments stay alive during calls of libtorch (Native/HeldScalar.cs).</summary>
public sealed class HeldScalarTests
{
    [Fact]
    public void No_square_is_a_power_with_a_scalar_that_a_garbage_collection_may_free() => Assert.DoesNotContain(
        Directory.EnumerateFiles(Path.Combine(BuiltWith.RepositoryRoot, "src"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(File.ReadLines),
        line => line.Contains(".square()", StringComparison.Ordinal) && !line.TrimStart().StartsWith("//", StringComparison.Ordinal));
}
