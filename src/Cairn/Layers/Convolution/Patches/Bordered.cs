using System.Runtime.CompilerServices;

namespace Cairn.Layers;

/// <summary>The layout of samples with zeros around them, or of the samples as they are if nothing reaches over their borders.</summary>
internal sealed unsafe class Bordered
{
    private readonly int[] inner;
    private readonly int[] before;
    private readonly int[] sizes;
    private readonly int channels;

    /// <summary>Creates a layout.</summary>
    /// <param name="inner">The sizes of the three axes.</param>
    /// <param name="before">Zeros before the first element of each.</param>
    /// <param name="reach">The needed size of each; what is beyond need not be there.</param>
    /// <param name="channels">Numbers per position.</param>
    public Bordered(int[] inner, int[] before, int[] reach, int channels)
    {
        this.inner = inner;
        this.before = before;
        this.channels = channels;
        IsNeeded = Enumerable.Range(0, 3).Any(axis => before[axis] > 0 || reach[axis] > inner[axis]);
        sizes = IsNeeded ? reach : inner;
        Steps = [(nint)sizes[1] * sizes[2] * channels, (nint)sizes[2] * channels, channels];
        PerSample = sizes[0] * Steps[0];
    }

    /// <summary>Whether the samples must be copied.</summary>
    public bool IsNeeded { get; }

    /// <summary>The distances in memory along the three axes.</summary>
    public nint[] Steps { get; }

    /// <summary>Numbers of a sample.</summary>
    public nint PerSample { get; }

    /// <summary>Numbers of a sample without zeros.</summary>
    public nint PerOriginal => (nint)inner[0] * inner[1] * inner[2] * channels;

    /// <summary>Copies samples into this layout.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Copy(float* from, float* to, long samples)
    {
        nint line = Steps[1], plane = Steps[0], ofLine = (nint)inner[2] * channels, ofPlane = inner[1] * ofLine;
        int left = before[2] * channels, copied = Math.Max(0, Math.Min(inner[2], sizes[2] - before[2])) * channels;
        for (long sample = 0; sample < samples; sample++, from += inner[0] * ofPlane)
        {
            for (int d = 0; d < sizes[0]; d++, to += plane)
            {
                int depth = d - before[0];
                if (depth < 0 || depth >= inner[0])
                {
                    Clear(to, plane);
                    continue;
                }

                for (int h = 0; h < sizes[1]; h++)
                {
                    int height = h - before[1];
                    float* row = to + (h * line);
                    if (height < 0 || height >= inner[1])
                    {
                        Clear(row, line);
                        continue;
                    }

                    Clear(row, left);
                    new Span<float>(from + (depth * ofPlane) + (height * ofLine), copied).CopyTo(new Span<float>(row + left, copied));
                    Clear(row + left + copied, line - left - copied);
                }
            }
        }
    }

    private static void Clear(float* from, nint count) => new Span<float>(from, checked((int)count)).Clear();
}
