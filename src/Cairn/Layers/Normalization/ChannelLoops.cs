using System.Runtime.CompilerServices;
using Cairn.Native;

namespace Cairn.Layers;

/// <summary>The inner loops of <see cref="ChannelNormalization"/> for vectors of one width.</summary>
/// <typeparam name="TLanes">The operations on vectors.</typeparam>
/// <typeparam name="TVector">The type of a vector.</typeparam>
internal static unsafe class ChannelLoops<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    // Sums in 32 bits are added to sums in 64 bits after this many rows.
    private const int RowsInShort = 128;

    private static int Group => 4 * TLanes.Count;

    /// <summary>Sums up differences from a center, and their squares. There must be at least four vectors of columns.</summary>
    /// <param name="x">The rows.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="width">Number of columns.</param>
    /// <param name="center">What is subtracted in each column.</param>
    /// <param name="sums">The sums.</param>
    /// <param name="squares">The sums of the squares.</param>
    /// <param name="room">Memory for two rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Sum(float* x, long rows, int width, float* center, double* sums, double* squares, float* room)
    {
        int lanes = TLanes.Count;
        new Span<double>(sums, width).Clear();
        new Span<double>(squares, width).Clear();
        for (long start = 0; start < rows; start += RowsInShort, x += (nint)RowsInShort * width)
        {
            int count = (int)Math.Min(RowsInShort, rows - start);
            for (int i = 0; i < width; i += Group)
            {
                // The last group may begin within the one before; it then computes the same sums again.
                int column = Math.Min(i, width - Group);
                float* from = x + column, k = center + column;
                TVector k0 = TLanes.Load(k), k1 = TLanes.Load(k + lanes);
                TVector k2 = TLanes.Load(k + (2 * lanes)), k3 = TLanes.Load(k + (3 * lanes));
                TVector s0 = default, s1 = default, s2 = default, s3 = default, q0 = default, q1 = default, q2 = default, q3 = default;
                for (int row = 0; row < count; row++, from += width)
                {
                    TVector a = TLanes.Subtract(TLanes.Load(from), k0), b = TLanes.Subtract(TLanes.Load(from + lanes), k1);
                    s0 = TLanes.Add(s0, a);
                    q0 = TLanes.MultiplyAdd(a, a, q0);
                    s1 = TLanes.Add(s1, b);
                    q1 = TLanes.MultiplyAdd(b, b, q1);
                    a = TLanes.Subtract(TLanes.Load(from + (2 * lanes)), k2);
                    b = TLanes.Subtract(TLanes.Load(from + (3 * lanes)), k3);
                    s2 = TLanes.Add(s2, a);
                    q2 = TLanes.MultiplyAdd(a, a, q2);
                    s3 = TLanes.Add(s3, b);
                    q3 = TLanes.MultiplyAdd(b, b, q3);
                }

                Store(room + column, s0, s1, s2, s3);
                Store(room + width + column, q0, q1, q2, q3);
            }

            Add(room, width, sums);
            Add(room + width, width, squares);
        }
    }

    /// <summary>Sums up slopes, and their products with the differences of other rows from a center.</summary>
    /// <param name="slopes">The slopes.</param>
    /// <param name="y">The results; where they are not above 0, slopes count as 0. Null if all count.</param>
    /// <param name="x">The other rows.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="width">Number of columns, at least four vectors.</param>
    /// <param name="center">What is subtracted from the other rows in each column.</param>
    /// <param name="sums">The sums.</param>
    /// <param name="products">The sums of the products.</param>
    /// <param name="room">Memory for two rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SumSlopes(
        float* slopes, float* y, float* x, long rows, int width, float* center, double* sums, double* products, float* room)
    {
        int lanes = TLanes.Count;
        new Span<double>(sums, width).Clear();
        new Span<double>(products, width).Clear();
        for (long start = 0; start < rows; start += RowsInShort)
        {
            int count = (int)Math.Min(RowsInShort, rows - start);
            for (int i = 0; i < width; i += Group)
            {
                int column = Math.Min(i, width - Group);
                nint at = ((nint)start * width) + column;
                float* g = slopes + at, v = y == null ? g : y + at, from = x + at, k = center + column;
                TVector k0 = TLanes.Load(k), k1 = TLanes.Load(k + lanes);
                TVector k2 = TLanes.Load(k + (2 * lanes)), k3 = TLanes.Load(k + (3 * lanes));
                TVector s0 = default, s1 = default, s2 = default, s3 = default, q0 = default, q1 = default, q2 = default, q3 = default;
                for (int row = 0; row < count; row++, g += width, v += width, from += width)
                {
                    TVector a = TLanes.Load(g), b = TLanes.Load(g + lanes);
                    TVector c = TLanes.Load(g + (2 * lanes)), d = TLanes.Load(g + (3 * lanes));
                    if (y != null)
                    {
                        a = TLanes.WhereAtMost(TLanes.Load(v), default, default, a);
                        b = TLanes.WhereAtMost(TLanes.Load(v + lanes), default, default, b);
                        c = TLanes.WhereAtMost(TLanes.Load(v + (2 * lanes)), default, default, c);
                        d = TLanes.WhereAtMost(TLanes.Load(v + (3 * lanes)), default, default, d);
                    }

                    s0 = TLanes.Add(s0, a);
                    q0 = TLanes.MultiplyAdd(a, TLanes.Subtract(TLanes.Load(from), k0), q0);
                    s1 = TLanes.Add(s1, b);
                    q1 = TLanes.MultiplyAdd(b, TLanes.Subtract(TLanes.Load(from + lanes), k1), q1);
                    s2 = TLanes.Add(s2, c);
                    q2 = TLanes.MultiplyAdd(c, TLanes.Subtract(TLanes.Load(from + (2 * lanes)), k2), q2);
                    s3 = TLanes.Add(s3, d);
                    q3 = TLanes.MultiplyAdd(d, TLanes.Subtract(TLanes.Load(from + (3 * lanes)), k3), q3);
                }

                Store(room + column, s0, s1, s2, s3);
                Store(room + width + column, q0, q1, q2, q3);
            }

            Add(room, width, sums);
            Add(room + width, width, products);
        }
    }

    /// <summary><c>(x - mean) · scale + shift</c>, plus other rows if there are any, rectified if wanted.</summary>
    /// <param name="x">The rows.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="width">Number of columns.</param>
    /// <param name="factors">Three rows: the means, scales and shifts.</param>
    /// <param name="added">What is added, or null.</param>
    /// <param name="rectifies">Whether numbers below 0 become 0.</param>
    /// <param name="y">The result.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Normalize(float* x, long rows, int width, float* factors, float* added, bool rectifies, float* y)
    {
        int lanes = TLanes.Count;
        float* mean = factors, scale = mean + width, shift = scale + width;
        for (long row = 0; row < rows; row++, x += width, y += width)
        {
            int i = 0;
            for (; i <= width - lanes; i += lanes)
            {
                TVector found = TLanes.MultiplyAdd(
                    TLanes.Subtract(TLanes.Load(x + i), TLanes.Load(mean + i)), TLanes.Load(scale + i), TLanes.Load(shift + i));
                if (added != null)
                {
                    found = TLanes.Add(found, TLanes.Load(added + i));
                }

                if (rectifies)
                {
                    found = TLanes.WhereAtMost(found, default, default, found);
                }

                TLanes.Store(found, y + i);
            }

            for (; i < width; i++)
            {
                float found = MathF.FusedMultiplyAdd(x[i] - mean[i], scale[i], shift[i]);
                found = added == null ? found : found + added[i];
                y[i] = rectifies && found <= 0 ? 0 : found;
            }

            added = added == null ? null : added + width;
        }
    }

    /// <summary>
    /// <c>((slope - offset) - (x - mean) · share) · scale</c>, with slopes of 0 where the result is not above 0; may replace the slopes.
    /// </summary>
    /// <param name="slopes">The slopes.</param>
    /// <param name="y">The results, or null if all slopes count.</param>
    /// <param name="x">The rows that were normalized.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="width">Number of columns.</param>
    /// <param name="factors">Four rows: the means, offsets, shares and scales.</param>
    /// <param name="ofAdded">Gets the slopes that count; may be null.</param>
    /// <param name="ofX">The result.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Differentiate(
        float* slopes, float* y, float* x, long rows, int width, float* factors, float* ofAdded, float* ofX)
    {
        int lanes = TLanes.Count;
        float* mean = factors, offset = mean + width, share = offset + width, scale = share + width;
        for (nint at = 0, end = (nint)rows * width; at < end; at += width)
        {
            float* g = slopes + at, from = x + at, to = ofX + at;
            int i = 0;
            for (; i <= width - lanes; i += lanes)
            {
                TVector slope = TLanes.Load(g + i);
                slope = y == null ? slope : TLanes.WhereAtMost(TLanes.Load(y + at + i), default, default, slope);
                if (ofAdded != null)
                {
                    TLanes.Store(slope, ofAdded + at + i);
                }

                TVector away = TLanes.Multiply(TLanes.Subtract(TLanes.Load(from + i), TLanes.Load(mean + i)), TLanes.Load(share + i));
                TVector found = TLanes.Subtract(TLanes.Subtract(slope, TLanes.Load(offset + i)), away);
                TLanes.Store(TLanes.Multiply(found, TLanes.Load(scale + i)), to + i);
            }

            for (; i < width; i++)
            {
                float slope = y != null && y[at + i] <= 0 ? 0 : g[i];
                if (ofAdded != null)
                {
                    ofAdded[at + i] = slope;
                }

                to[i] = (slope - offset[i] - ((from[i] - mean[i]) * share[i])) * scale[i];
            }
        }
    }

    private static void Store(float* to, TVector a, TVector b, TVector c, TVector d)
    {
        int lanes = TLanes.Count;
        TLanes.Store(a, to);
        TLanes.Store(b, to + lanes);
        TLanes.Store(c, to + (2 * lanes));
        TLanes.Store(d, to + (3 * lanes));
    }

    private static void Add(float* some, int count, double* to)
    {
        for (int i = 0; i < count; i++)
        {
            to[i] += some[i];
        }
    }
}
