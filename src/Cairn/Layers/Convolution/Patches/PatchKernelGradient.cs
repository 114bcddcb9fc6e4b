using Cairn.Native;

namespace Cairn.Layers;

/// <summary>The gradient of a convolution's kernel.</summary>
internal static unsafe class PatchKernelGradient
{
    // Positions whose products are summed up before they are added to the others.
    private const int Block = 256;

    // Sums of several parts of the samples, so that threads have something to do; limited by the memory that they need.
    private const int MostParts = 16;
    private const long MostSums = 1 << 19;
    private const long MostCopied = 1 << 16;

    /// <summary>The gradient of the kernel: patches, transposed, times slopes.</summary>
    /// <param name="sizes">The sizes of the convolution.</param>
    /// <param name="x">The samples.</param>
    /// <param name="samples">Their number.</param>
    /// <param name="slopes">The gradient of the output.</param>
    /// <param name="gradient">The result.</param>
    public static void Compute(ConvolutionSizes sizes, float* x, long samples, float* slopes, float* gradient)
    {
        long numbers = (long)sizes.Depth * sizes.Filters;
        int tiles = (sizes.Depth + PatchProduct.TileRows - 1) / PatchProduct.TileRows;
        int parts = (int)Math.Min(samples, Math.Clamp(MostSums / numbers, 1, MostParts));
        int perGroup = Math.Max(1, tiles / Math.Max(1, MostParts / parts)), groups = (tiles + perGroup - 1) / perGroup;
        using var memory = ScratchMemory.For((parts - 1) * numbers);
        float* others = memory.Start;
        ThreadTeam.Run(parts * groups, sizes.Products * samples, index =>
        {
            (int part, int group) = (index / groups, index % groups);
            float* sums = part == 0 ? gradient : others + ((part - 1) * numbers);
            long first = samples * part / parts, end = samples * (part + 1) / parts;
            new Part(sizes, sums, group * perGroup, Math.Min(tiles, (group + 1) * perGroup)).Run(
                x + (first * sizes.PerInput), slopes + (first * sizes.PerOutput), end - first);
        });
        for (int part = 1; part < parts; part++)
        {
            Addition.Add(others + ((part - 1) * numbers), gradient, numbers);
        }
    }

    /// <summary>Some rows of the gradient, summed over some samples.</summary>
    /// <param name="sizes">The sizes of the convolution.</param>
    /// <param name="sums">The sums.</param>
    /// <param name="firstTile">The first tile.</param>
    /// <param name="endTile">The tile after the last.</param>
    private readonly struct Part(ConvolutionSizes sizes, float* sums, int firstTile, int endTile)
    {
        public void Run(float* x, float* slopes, long samples)
        {
            int tall = PatchProduct.TileRows, filters = sizes.Filters;
            int firstRow = firstTile * tall, rows = Math.Min(endTile * tall, sizes.Depth) - firstRow;
            new Span<float>(sums + ((nint)firstRow * filters), rows * filters).Clear();
            Bordered layout = sizes.Samples;
            long size = Math.Clamp(MostCopied / layout.PerSample, 1, Math.Min(samples, Math.Max(1, Block / sizes.Positions.Count)));
            using var memory = ScratchMemory.For((Block * PanelProduct.Width) + (layout.IsNeeded ? size * layout.PerSample : 0));
            float* panel = memory.Start, copy = panel + (Block * PanelProduct.Width);
            nint* places = stackalloc nint[Block];
            for (long first = 0; first < samples; first += size)
            {
                long now = Math.Min(size, samples - first);
                float* from = x + (first * sizes.PerInput);
                if (layout.IsNeeded)
                {
                    layout.Copy(from, copy, now);
                    from = copy;
                }

                long positions = now * sizes.Positions.Count;
                for (long at = 0; at < positions; at += Block)
                {
                    int count = (int)Math.Min(Block, positions - at);
                    sizes.Positions.List(at, count, places);
                    AddBlock(from, places, slopes + (first * sizes.PerOutput) + (at * filters), count, panel);
                }
            }
        }

        private void AddBlock(float* from, nint* places, float* slopes, int count, float* panel)
        {
            int width = PanelProduct.Width, filters = sizes.Filters, tall = PatchProduct.TileRows;
            float* room = stackalloc float[tall * width], zeros = stackalloc float[width];
            new Span<float>(zeros, width).Clear();
            bool isWhole = filters % (width / 2) == 0;
            for (int first = 0; first < filters; first += width)
            {
                int wide = Math.Min(width, filters - first);
                if (!isWhole)
                {
                    PanelProduct.Pack(slopes, filters, count, filters, first, panel);
                }

                bool isHalf = PanelProduct.IsHalf(wide, 0);
                for (int tile = firstTile; tile < endTile; tile++)
                {
                    int row = tile * tall, rows = Math.Min(tall, sizes.Depth - row);
                    PanelProduct.MultiplyListed(
                        new PanelOperands
                        {
                            A = from,
                            Rows = sizes.Patch + row,
                            Columns = places,
                            Depth = count,
                            Panel = isWhole ? slopes + first : panel,
                            PanelRow = isWhole ? filters : width,
                            Initial = zeros,
                            C = room,
                            CRow = width,
                        },
                        (rows + 3) / 4 * 4, isHalf);
                    for (int i = 0; i < rows; i++)
                    {
                        Addition.Add(room + (i * width), sums + ((nint)(row + i) * filters) + first, wide);
                    }
                }
            }
        }
    }
}
