using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Cairn.Native;

/// <summary>The random generators of libtorch on all devices, behind one type, so that tests can observe how they are seeded.</summary>
/// <remarks>
/// TorchSharp can read and seed only the generator of the CPU, and can seed those of CUDA devices. Its native library has a function that
/// seeds all generators, but TorchSharp does not bind it.
/// </remarks>
internal partial class Generators
{
    private static readonly Generators Real = new();
    private static readonly AsyncLocal<Generators?> Replacement = new();

    /// <summary>The generators in use: the real ones, unless replaced for this flow of execution; null restores the real ones.</summary>
    [AllowNull]
    public static Generators Current
    {
        get => Replacement.Value ?? Real;
        set => Replacement.Value = value;
    }

    /// <summary>Seeds all generators.</summary>
    public virtual void Seed(long seed) => SeedAll(seed);

    [LibraryImport("LibTorchSharp", EntryPoint = "THSTorch_manual_seed")]
    private static partial void SeedAll(long seed);
}
