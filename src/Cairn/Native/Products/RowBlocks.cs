namespace Cairn.Native;

/// <summary>Divides rows that are computed independently among libtorch's threads.</summary>
internal static class RowBlocks
{
    // Threads that are late, because they still slept, then leave more to the others.
    private const int PartsOfThread = 4;

    /// <summary>Runs a computation for blocks of rows.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <param name="block">The most rows of a block; all blocks but the last begin at a multiple of it.</param>
    /// <param name="products">Approximate number of multiplications for a row.</param>
    /// <param name="compute">The computation; receives the first row and the number of rows.</param>
    public static void Run(int rows, int block, long products, Action<int, int> compute)
    {
        int blocks = (int)(((long)rows + block - 1) / block);
        int threads = ThreadTeam.ThreadsFor(rows * products);
        int parts = threads == 1 ? 1 : Math.Min(blocks, PartsOfThread * threads);
        if (parts <= 1)
        {
            RunPart(0);
        }
        else
        {
            ThreadTeam.Run(parts, RunPart);
        }

        void RunPart(int part)
        {
            int end = (int)((long)blocks * (part + 1) / Math.Max(1, parts));
            for (int at = (int)((long)blocks * part / Math.Max(1, parts)); at < end; at++)
            {
                int first = at * block;
                compute(first, Math.Min(block, rows - first));
            }
        }
    }
}
