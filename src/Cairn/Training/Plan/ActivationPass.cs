using System.Numerics;
using Cairn.Layers;

namespace Cairn.Training.Plan;

/// <summary>An activation of contiguous numbers.</summary>
internal static unsafe class ActivationPass
{
    /// <summary>Computes the function.</summary>
    /// <param name="operation">The activation.</param>
    /// <param name="x">The input.</param>
    /// <param name="y">The output; may be the input.</param>
    /// <param name="count">Their length.</param>
    public static void Forward(ActivationOperation operation, float* x, float* y, long count) => ElementParts.Run(count, (first, end) =>
    {
        int rest = (int)((end - first) % Vector<float>.Count), whole = (int)(end - first) - rest;
        operation.Forward(x + first, y + first, new Columns(1, 0, 0, whole));
        if (rest > 0)
        {
            float* some = stackalloc float[Vector<float>.Count];
            new Span<float>(some, Vector<float>.Count).Clear();
            new Span<float>(x + first + whole, rest).CopyTo(new Span<float>(some, rest));
            operation.Forward(some, some, new Columns(1, 0, 0, Vector<float>.Count));
            new Span<float>(some, rest).CopyTo(new Span<float>(y + first + whole, rest));
        }
    });

    /// <summary>Computes the gradient of the input.</summary>
    /// <param name="operation">The activation.</param>
    /// <param name="y">The output.</param>
    /// <param name="slopes">The gradient of the output.</param>
    /// <param name="passed">The gradient of the input; may be that of the output.</param>
    /// <param name="count">Their length.</param>
    public static void Backward(ActivationOperation operation, float* y, float* slopes, float* passed, long count) =>
        ElementParts.Run(count, (first, end) =>
        {
            if (operation.NeedsSignOnly)
            {
                Rectification.Mask(slopes + first, y + first, passed + first, end - first);
                return;
            }

            int rest = (int)((end - first) % Vector<float>.Count), whole = (int)(end - first) - rest;
            if (slopes != passed)
            {
                new Span<float>(slopes + first, whole + rest).CopyTo(new Span<float>(passed + first, whole + rest));
            }

            operation.Backward(y + first, passed + first, new Columns(1, 0, 0, whole));
            if (rest > 0)
            {
                float* some = stackalloc float[2 * Vector<float>.Count], slope = some + Vector<float>.Count;
                new Span<float>(some, 2 * Vector<float>.Count).Clear();
                new Span<float>(y + first + whole, rest).CopyTo(new Span<float>(some, rest));
                new Span<float>(passed + first + whole, rest).CopyTo(new Span<float>(slope, rest));
                operation.Backward(some, slope, new Columns(1, 0, 0, Vector<float>.Count));
                new Span<float>(slope, rest).CopyTo(new Span<float>(passed + first + whole, rest));
            }
        });
}
