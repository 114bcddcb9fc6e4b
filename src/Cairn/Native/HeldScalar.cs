using TorchSharp;

namespace Cairn.Native;

/// <summary>Numbers as arguments of libtorch that stay alive while the native call reads them.</summary>
/// <remarks>
/// TorchSharp takes the handle of a <see cref="Scalar"/> and then no longer refers to the object. A garbage collection during the call
/// can finalize it, and libtorch reads freed memory: an exception, or another number. The last scalars of each thread are therefore
/// referred to from here. A call takes at most three, and what it calls back may make some more.
/// </remarks>
internal static class HeldScalar
{
    private const int Capacity = 64;

    [ThreadStatic]
    private static Scalar[]? recent;

    [ThreadStatic]
    private static int next;

    /// <summary>A scalar of this type and value.</summary>
    public static Scalar Held(bool value) => Hold(value);

    /// <inheritdoc cref="Held(bool)"/>
    public static Scalar Held(int value) => Hold(value);

    /// <inheritdoc cref="Held(bool)"/>
    public static Scalar Held(long value) => Hold(value);

    /// <inheritdoc cref="Held(bool)"/>
    public static Scalar Held(float value) => Hold(value);

    /// <inheritdoc cref="Held(bool)"/>
    public static Scalar Held(double value) => Hold(value);

    private static Scalar Hold(Scalar scalar)
    {
        recent ??= new Scalar[Capacity];
        recent[next] = scalar;
        next = (next + 1) % Capacity;
        return scalar;
    }
}
