using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Cairn.Native;

/// <summary>libtorch's own random generators, those of all devices, in one place, so that a test can see how they are seeded.</summary>
/// <remarks>
/// TorchSharp reads and seeds the generator of the CPU alone, and of CUDA devices only seeds; the function that seeds all there are is in its
/// native library, but it does not bind it.
/// </remarks>
internal partial class Generators
{
    private static readonly Generators Real = new();
    private static readonly AsyncLocal<Generators?> Replacement = new();

    /// <summary>Those in use: the real ones, unless this flow of execution has replaced them; null puts the real ones back.</summary>
    [AllowNull]
    public static Generators Current
    {
        get => Replacement.Value ?? Real;
        set => Replacement.Value = value;
    }

    /// <summary>Seeds all of them.</summary>
    public virtual void Seed(long seed) => SeedAll(seed);

    [LibraryImport("LibTorchSharp", EntryPoint = "THSTorch_manual_seed")]
    private static partial void SeedAll(long seed);
}
