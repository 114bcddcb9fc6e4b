using System.Numerics;
using Cairn.Layers;
using Cairn.Native;

namespace Cairn.Training.Plan;

/// <summary>Batch normalization in training, with the formulas of <see cref="BatchNormalization"/>.</summary>
internal sealed unsafe class NormalizationOperation(PlannedNormalization layer) : ColumnOperation
{
    // Sums in 32 bits are added to sums in 64 bits after this many rows.
    private const int RowsInShort = 64;

    private PlanMemory? normalized;
    private PlanMemory? inverse;
    private int features;
    private float* gamma;
    private float* beta;
    private float* movingMean;
    private float* movingVariance;
    private float* ofGamma;
    private float* ofBeta;

    /// <summary>Whether gamma or beta are trained.</summary>
    public bool IsTrained => layer is { Gamma.Stored.requires_grad: true } or { Beta.Stored.requires_grad: true };

    public override void Resize(int rows, int columns)
    {
        Dispose();
        features = columns;
        normalized = PlanMemory.Of((long)rows * PanelProduct.Padded(columns));
        inverse = PlanMemory.Of(PanelProduct.Padded(columns));
    }

    public override void Begin(CallContext context, int rows)
    {
        gamma = PlanGradients.PointerTo(layer.Gamma);
        beta = PlanGradients.PointerTo(layer.Beta);
        movingMean = PlanGradients.PointerTo(layer.MovingMean);
        movingVariance = PlanGradients.PointerTo(layer.MovingVariance);
    }

    public override void BeginBackward(PlanGradients gradients)
    {
        ofGamma = gradients.For(layer.Gamma);
        ofBeta = gradients.For(layer.Beta);
    }

    public override void Forward(float* x, float* y, in Columns columns)
    {
        int width = Vector<float>.Count, count = columns.Count, first = columns.First;
        double* sums = stackalloc double[count];
        float* mean = stackalloc float[count], scale = stackalloc float[count], shift = stackalloc float[count];
        float* inverses = inverse!.First + first;
        Sum(x, null, columns, sums);
        for (int i = 0; i < count; i++)
        {
            mean[i] = (float)(sums[i] / columns.Rows);
        }

        float* centered = normalized!.First;
        for (int row = 0; row < columns.Rows; row++)
        {
            float* from = x + (row * columns.Stride) + first, to = centered + (row * columns.Stride) + first;
            for (int i = 0; i < count; i += width)
            {
                (Vector.Load(from + i) - Vector.Load(mean + i)).Store(to + i);
            }
        }

        Sum(centered, centered, columns, sums);
        for (int i = 0; i < count; i++)
        {
            double variance = sums[i] / columns.Rows;
            inverses[i] = (float)(1 / Math.Sqrt(variance + layer.Epsilon));
            bool isFeature = first + i < features;
            scale[i] = gamma == null || !isFeature ? 1 : gamma[first + i];
            shift[i] = beta == null || !isFeature ? 0 : beta[first + i];
            if (isFeature)
            {
                float momentum = (float)layer.Momentum, rest = (float)(1 - layer.Momentum);
                movingMean[first + i] = (movingMean[first + i] * momentum) + (mean[i] * rest);
                movingVariance[first + i] = (movingVariance[first + i] * momentum) + ((float)variance * rest);
            }
        }

        for (int row = 0; row < columns.Rows; row++)
        {
            float* from = centered + (row * columns.Stride) + first, to = y + (row * columns.Stride) + first;
            for (int i = 0; i < count; i += width)
            {
                Vector<float> unit = Vector.Load(from + i) * Vector.Load(inverses + i);
                unit.Store(from + i);
                ((unit * Vector.Load(scale + i)) + Vector.Load(shift + i)).Store(to + i);
            }
        }
    }

    public override void Backward(float* y, float* slope, in Columns columns)
    {
        int width = Vector<float>.Count, count = columns.Count, first = columns.First;
        double* sums = stackalloc double[count], products = stackalloc double[count];
        float* mean = stackalloc float[count], share = stackalloc float[count], scale = stackalloc float[count];
        float* unit = normalized!.First;
        Sum(slope, null, columns, sums);
        Sum(slope, unit, columns, products);
        for (int i = 0; i < count; i++)
        {
            mean[i] = (float)(sums[i] / columns.Rows);
            share[i] = (float)(products[i] / columns.Rows);
            bool isFeature = first + i < features;
            scale[i] = (gamma == null || !isFeature ? 1 : gamma[first + i]) * inverse!.First[first + i];
            if (isFeature && ofBeta != null)
            {
                ofBeta[first + i] = (float)sums[i];
            }

            if (isFeature && ofGamma != null)
            {
                ofGamma[first + i] = (float)products[i];
            }
        }

        for (int row = 0; row < columns.Rows; row++)
        {
            nint at = (row * columns.Stride) + first;
            for (int i = 0; i < count; i += width)
            {
                Vector<float> g = Vector.Load(slope + at + i) - Vector.Load(mean + i);
                g -= Vector.Load(unit + at + i) * Vector.Load(share + i);
                (g * Vector.Load(scale + i)).Store(slope + at + i);
            }
        }
    }

    public override void Dispose()
    {
        normalized?.Dispose();
        inverse?.Dispose();
    }

    /// <summary>Sums each column of a matrix, or of its product with another, element by element.</summary>
    internal static void Sum(float* x, float* other, in Columns columns, double* sums)
    {
        int width = Vector<float>.Count, count = columns.Count;
        float* some = stackalloc float[count];
        new Span<double>(sums, count).Clear();
        for (int start = 0; start < columns.Rows; start += RowsInShort)
        {
            int end = Math.Min(columns.Rows, start + RowsInShort);
            for (int i = 0; i < count; i += width)
            {
                // Two sums, so that additions need not wait for one another.
                Vector<float> even = default, odd = default;
                nint at = (start * columns.Stride) + columns.First + i;
                int row = start;
                for (; row + 1 < end; row += 2, at += 2 * columns.Stride)
                {
                    Vector<float> a = Vector.Load(x + at), b = Vector.Load(x + at + columns.Stride);
                    if (other != null)
                    {
                        a *= Vector.Load(other + at);
                        b *= Vector.Load(other + at + columns.Stride);
                    }

                    even += a;
                    odd += b;
                }

                if (row < end)
                {
                    even += other == null ? Vector.Load(x + at) : Vector.Load(x + at) * Vector.Load(other + at);
                }

                (even + odd).Store(some + i);
            }

            for (int i = 0; i < count; i++)
            {
                sums[i] += some[i];
            }
        }
    }
}
