using TorchSharp;

namespace Cairn.Native;

/// <summary>Scalar arguments of libtorch that are kept alive during the native call.</summary>
/// <remarks>
/// TorchSharp reads the handle of a <see cref="Scalar"/> and then no longer references the object. A garbage collection during the call can
/// finalize it, and libtorch reads freed memory: an exception, or a wrong value. Therefore the most recent scalars of each thread are
/// referenced here. A call takes at most three, and its callbacks may create some more. The test class
/// <c>ScalarTests</c> finds calls without them.
/// </remarks>
internal static class HeldScalar
{
    private const int Capacity = 64;

    [ThreadStatic]
    private static Scalar[]? recent;

    [ThreadStatic]
    private static int next;

    /// <summary>Creates a scalar of this type and value.</summary>
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
