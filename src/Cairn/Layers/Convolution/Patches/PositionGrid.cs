using System.Runtime.CompilerServices;

namespace Cairn.Layers;

/// <summary>Positions in the memory of samples, at equal distances along each axis.</summary>
/// <param name="counts">Positions along each of the three axes.</param>
/// <param name="steps">Their distances in memory.</param>
/// <param name="perSample">The distance from sample to sample.</param>
/// <param name="origin">The first position.</param>
internal readonly unsafe struct PositionGrid(int[] counts, nint[] steps, nint perSample, nint origin)
{
    /// <summary>Positions of a sample.</summary>
    public int Count => counts[0] * counts[1] * counts[2];

    /// <summary>Lists positions: the last axis first, the samples last.</summary>
    /// <param name="first">The first position, counted over all samples.</param>
    /// <param name="count">Their number.</param>
    /// <param name="places">The list.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void List(long first, int count, nint* places)
    {
        (int depths, int rows, int columns) = (counts[0], counts[1], counts[2]);
        (long line, int column) = ((first / columns), (int)(first % columns));
        nint step = steps[2];
        while (count > 0)
        {
            (long plane, int row) = (line / rows, (int)(line % rows));
            nint at = origin + ((nint)(plane / depths) * perSample) + ((nint)(plane % depths) * steps[0]) + (row * steps[1])
                + (column * step);
            int now = Math.Min(count, columns - column);
            for (int i = 0; i < now; i++, at += step)
            {
                places[i] = at;
            }

            places += now;
            count -= now;
            line++;
            column = 0;
        }
    }
}
