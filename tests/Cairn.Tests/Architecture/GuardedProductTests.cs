using Cairn.Tests.Native;

namespace Cairn.Tests.Architecture;

/// <summary>
/// TorchSharp's <c>matmul</c> ends the process if sizes do not match; the library calls it in one place, which checks them.
/// </summary>
public sealed class GuardedProductTests
{
    [Fact]
    public void No_code_of_the_library_calls_matmul_unguarded()
    {
        string[] callers =
        [
            .. Directory.EnumerateFiles(Path.Combine(BuiltWith.RepositoryRoot, "src", "Cairn"), "*.cs", SearchOption.AllDirectories)
                .Where(file => File.ReadAllText(file).Contains(".matmul(", StringComparison.Ordinal)).Select(Path.GetFileName)!,
        ];
        Assert.Equal(["TensorArithmetic.cs"], callers);
    }
}
