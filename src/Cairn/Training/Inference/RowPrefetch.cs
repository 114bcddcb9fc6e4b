using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Cairn.Training.Inference;

/// <summary>
/// Loads the part of some rows that the next product needs into the second-level cache, while another one is computed. The processor loads
/// what is contiguous by itself, but these parts of rows are too short for it.
/// </summary>
/// <param name="first">The first number of the first row's part.</param>
/// <param name="stride">Numbers from row to row.</param>
/// <param name="length">Numbers of a part.</param>
/// <param name="count">Number of rows.</param>
internal readonly unsafe struct RowPrefetch(float* first, nint stride, int length, int count)
{
    // In floats: a line of the cache.
    private const int Line = 16;

    /// <summary>Loads a share of some rows.</summary>
    /// <param name="row">The first row.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="share">The index of the share.</param>
    /// <param name="shares">Number of shares that the rows are divided into.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Fetch(int row, int rows, int share, int shares)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        int end = Math.Min(count, row + (int)((long)rows * (share + 1) / shares));
        for (row += (int)((long)rows * share / shares); row < end; row++)
        {
            float* part = first + (row * stride);
            for (int i = 0; i < length + Line; i += Line)
            {
                Sse.Prefetch1(part + i);
            }
        }
    }
}
