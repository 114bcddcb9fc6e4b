using System.Numerics;
using Cairn.Native;
using static TorchSharp.torch;

namespace Cairn.Regularizers;

/// <summary>
/// Adds the gradient of a penalty <c>l1 · Σ|x| + l2 · Σx²</c> to the gradient of a weight and computes its value, in one pass over
/// memory. Autograd would create four tensors of the weight's size.
/// </summary>
/// <remarks>
/// The gradient has the bits that autograd computes: the terms are rounded and added in the same order. The squares are summed in
/// stretches of a fixed length, so the value does not depend on the number of threads.
/// </remarks>
internal static unsafe class PenaltyPass
{
    private const long Stretch = 16_384;
    private const long LeastForThreads = 8 * Stretch;

    /// <summary>Whether a weight is plain memory, and its regularizer of this form.</summary>
    public static bool CanRun(Variable variable) => variable.Regularizer!.TryGetFactors(out _, out _)
        && ReferenceEquals(variable.Source, variable.Stored) && variable.Stored.dtype == ScalarType.Float32
        && TensorMemory.IsReachable(variable.Stored);

    /// <summary>Adds the gradient of a variable's penalty to its gradient, and returns the penalty.</summary>
    public static float Run(Variable variable)
    {
        variable.Regularizer!.TryGetFactors(out float l1, out float l2);
        Tensor weight = variable.Stored;
        using Tensor gradient = GradientOf(weight);
        float* w = (float*)TensorMemory.PointerTo(weight), g = (float*)TensorMemory.PointerTo(gradient);
        long length = weight.NumberOfElements;
        double sum = length < LeastForThreads ? RunAll(w, g, length, l1, l2) : RunOnThreads(w, g, length, l1, l2);
        return (float)sum;
    }

    private static Tensor GradientOf(Tensor weight)
    {
        Tensor? gradient = weight.grad;
        if (gradient is not null && gradient.dtype == ScalarType.Float32 && TensorMemory.IsReachable(gradient))
        {
            return gradient;
        }

        using IDisposable _ = no_grad();
        Tensor other = gradient is null ? zeros_like(weight, requires_grad: false)
            : gradient.to(ScalarType.Float32).contiguous();
        weight.grad = other;
        gradient?.Dispose();
        return other;
    }

    private static double RunAll(float* weight, float* gradient, long length, float l1, float l2)
    {
        double sum = 0;
        for (long start = 0; start < length; start += Stretch)
        {
            sum += RunStretch(weight, gradient, start, Math.Min(length, start + Stretch), l1, l2);
        }

        return sum;
    }

    // A separate method, since the closure would otherwise be allocated for small weights too.
    private static double RunOnThreads(float* weight, float* gradient, long length, float l1, float l2)
    {
        double[] sums = new double[(length + Stretch - 1) / Stretch];
        ThreadTeam.Run(sums.Length, i =>
            sums[i] = RunStretch(weight, gradient, i * Stretch, Math.Min(length, (i + 1) * Stretch), l1, l2));
        return sums.Sum();
    }

    private static double RunStretch(float* weight, float* gradient, long start, long end, float l1, float l2)
    {
        int width = Vector<float>.Count;
        Vector<float> squares0 = default, squares1 = default, absolutes = default;
        var twice = new Vector<float>(2f);
        var factor = new Vector<float>(l2);
        long i = start;
        for (; i + (2 * width) <= end && l1 == 0; i += 2 * width)
        {
            Vector<float> a = Vector.Load(weight + i), b = Vector.Load(weight + i + width);
            squares0 += a * a;
            squares1 += b * b;
            (Vector.Load(gradient + i) + (a * twice * factor)).Store(gradient + i);
            (Vector.Load(gradient + i + width) + (b * twice * factor)).Store(gradient + i + width);
        }

        var sign = new Vector<float>(l1);
        for (; i + width <= end; i += width)
        {
            var a = Vector.Load(weight + i);
            squares0 += a * a;
            absolutes += Vector.Abs(a);
            var slope = Vector.ConditionalSelect(Vector.Equals(a, Vector<float>.Zero), Vector<float>.Zero, Vector.CopySign(sign, a));
            (Vector.Load(gradient + i) + (a * twice * factor) + slope).Store(gradient + i);
        }

        double ofSquares = Vector.Sum(squares0 + squares1), ofAbsolutes = Vector.Sum(absolutes);
        for (; i < end; i++)
        {
            float a = weight[i];
            ofSquares += a * a;
            ofAbsolutes += Math.Abs(a);
            float slope = a == 0 ? 0 : MathF.CopySign(l1, a);
            gradient[i] = gradient[i] + (a * 2 * l2) + slope;
        }

        return (ofSquares * l2) + (ofAbsolutes * l1);
    }
}
