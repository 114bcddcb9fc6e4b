using Cairn.Native;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// Convolutions in float32 on the CPU, channels last: products of patches, which are read where they are, with the kernel as a matrix.
/// </summary>
/// <remarks>
/// Each element is a sum in an order that depends neither on the number of threads nor on the batch; the gradient of the kernel is summed
/// in parts whose number depends on the sizes only.
/// </remarks>
internal static unsafe class PatchConvolution
{
    // Patches whose places are listed at a time.
    private const int Block = 128;

    // From this number on, copying the kernel costs less than reading it from distant addresses again.
    private const int ManyPatches = 256;

    // Numbers of copied samples that the second-level cache takes.
    private const long MostCopied = 1 << 16;

    // More than there are threads, so that all end at about the same time.
    private const int PartsPerThread = 8;

    /// <summary>The result of a convolution.</summary>
    /// <param name="sizes">The sizes.</param>
    /// <param name="x">The samples.</param>
    /// <param name="samples">Their number.</param>
    /// <param name="kernel">The kernel, <c>[window, channels, filters]</c>.</param>
    /// <param name="bias">The bias, or null.</param>
    /// <param name="y">The result.</param>
    /// <param name="rectifies">Whether numbers below 0 become 0.</param>
    /// <param name="inThreads">Whether to use several threads if there is enough work.</param>
    public static void Forward(
        ConvolutionSizes sizes, float* x, long samples, float* kernel, float* bias, float* y, bool rectifies, bool inThreads = true)
    {
        int filters = sizes.Filters, depth = sizes.Depth, padded = PaddedWidth(filters);
        bool packs = filters % (PanelProduct.Width / 2) != 0 || samples * sizes.Positions.Count >= ManyPatches;
        using var packed = ScratchMemory.For((long)padded * (packs ? depth + 1 : 1));
        float* initial = packed.Start, panels = packs ? initial + padded : kernel;
        for (int first = 0; first < filters && packs; first += PanelProduct.Width)
        {
            PanelProduct.Pack(kernel, filters, depth, filters, first, panels + ((nint)first * depth));
        }

        Begin(initial, bias, filters);
        var product = new PatchProduct(panels, packs ? PanelProduct.Width : filters, depth, filters, sizes.Patch, initial);
        RunInParts(sizes.Samples, sizes.Positions.Count, sizes.Products, x, samples, inThreads, (from, sample, count, share) =>
        {
            nint* rows = stackalloc nint[Block];
            (long first, long end) = share.Of(count * sizes.Positions.Count);
            for (long at = first; at < end; at += Block)
            {
                int now = (int)Math.Min(Block, end - at);
                sizes.Positions.List(at, now, rows);
                float* to = y + (sample * sizes.PerOutput) + (at * filters);
                product.Run(from, rows, now, to);
                if (rectifies)
                {
                    Rectification.Apply(to, (long)now * filters);
                }
            }
        });
    }

    /// <summary>
    /// The gradient of a convolution's input, which is also the result of a transposed convolution: each position is the sum of the
    /// products of the slopes that reach it with their elements of the window.
    /// </summary>
    /// <param name="sizes">The sizes of the convolution.</param>
    /// <param name="slopes">The gradient of the output.</param>
    /// <param name="samples">Number of samples.</param>
    /// <param name="kernel">The kernel, <c>[window, channels, filters]</c>.</param>
    /// <param name="bias">What is added, or null.</param>
    /// <param name="x">The gradient of the input.</param>
    /// <param name="rectifies">Whether numbers below 0 become 0.</param>
    /// <param name="inThreads">Whether to use several threads if there is enough work.</param>
    public static void OfInput(
        ConvolutionSizes sizes, float* slopes, long samples, float* kernel, float* bias, float* x, bool rectifies, bool inThreads = true)
    {
        int channels = sizes.Channels, filters = sizes.Filters, padded = PaddedWidth(channels);
        InputPhase[] phases = sizes.Phases;
        using var packed = ScratchMemory.For((long)padded * ((sizes.Taps * filters) + 1));
        float* initial = packed.Start, panels = initial + padded;
        Begin(initial, bias, channels);
        var products = new PatchProduct[phases.Length];
        for (int i = 0; i < phases.Length; i++)
        {
            int depth = phases[i].Taps.Length * filters;
            products[i] = new PatchProduct(panels, PanelProduct.Width, depth, channels, phases[i].Columns, initial);
            for (int first = 0; first < channels; first += PanelProduct.Width)
            {
                foreach (int tap in phases[i].Taps)
                {
                    PanelProduct.PackTransposed(kernel + ((nint)tap * channels * filters), filters, channels, filters, first, panels);
                    panels += (nint)filters * PanelProduct.Width;
                }
            }
        }

        int positions = (int)(sizes.PerInput / channels);
        RunInParts(sizes.Slopes, positions, sizes.Products, slopes, samples, inThreads, (from, sample, count, share) =>
        {
            nint* rows = stackalloc nint[Block], places = stackalloc nint[Block];
            float* to = x + (sample * sizes.PerInput);
            for (int i = 0; i < phases.Length; i++)
            {
                (long first, long end) = share.Of(count * phases[i].From.Count);
                for (long at = first; at < end; at += Block)
                {
                    int now = (int)Math.Min(Block, end - at);
                    phases[i].From.List(at, now, rows);
                    if (phases.Length == 1)
                    {
                        products[i].Run(from, rows, now, to + (at * channels));
                        if (rectifies)
                        {
                            Rectification.Apply(to + (at * channels), (long)now * channels);
                        }
                    }
                    else
                    {
                        phases[i].To.List(at, now, places);
                        products[i].Run(from, rows, now, to, places);
                        for (int k = 0; k < now && rectifies; k++)
                        {
                            Rectification.Apply(to + places[k], channels);
                        }
                    }
                }
            }
        });
    }

    private static int PaddedWidth(int columns) => PanelProduct.Panels(columns) * PanelProduct.Width;

    private static void Begin(float* initial, float* bias, int columns)
    {
        new Span<float>(initial, PaddedWidth(columns)).Clear();
        if (bias != null)
        {
            new Span<float>(bias, columns).CopyTo(new Span<float>(initial, columns));
        }
    }

    private delegate void PartOfSamples(float* from, long sample, long count, Share share);

    /// <summary>Some samples at a time, copied into a layout with borders if there is one. A few large samples are divided.</summary>
    private static void RunInParts(
        Bordered layout, int positions, long products, float* x, long samples, bool inThreads, PartOfSamples run)
    {
        int threads = inThreads ? ThreadTeam.ThreadsFor(products * samples) : 1;
        nint perSample = layout.PerSample;
        long size = threads == 1 ? samples : Math.Max(samples / (PartsPerThread * threads), Block / 2 / positions);
        size = Math.Clamp(size, 1, layout.IsNeeded ? Math.Clamp(MostCopied / perSample, 1, samples) : samples);
        long count = (samples + size - 1) / size;
        int shares = threads == 1 || count >= 2 * threads
            ? 1 : (int)Math.Clamp(4 * threads / count, 1, Math.Max(1, size * positions / Block));
        int parts = checked((int)(count * shares));
        ThreadTeam.Run(parts, threads > 1 ? products * samples : 0, part =>
        {
            long first = part / shares * size, now = Math.Min(size, samples - first);
            var share = new Share(part % shares, shares);
            if (!layout.IsNeeded)
            {
                run(x + (first * perSample), first, now, share);
                return;
            }

            using var copy = ScratchMemory.For(now * perSample);
            layout.Copy(x + (first * layout.PerOriginal), copy.Start, now);
            run(copy.Start, first, now, share);
        });
    }

    /// <summary>One of several parts of the same length.</summary>
    private readonly record struct Share(int Index, int Parts)
    {
        public (long First, long End) Of(long count) => (count * Index / Parts, count * (Index + 1) / Parts);
    }
}
