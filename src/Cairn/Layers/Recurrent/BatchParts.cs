using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>The samples of a batch on several threads: each walks along the whole sequence with its own samples and waits for no other.</summary>
internal static class BatchParts
{
    // Some 50 microseconds of computation, several times what it takes to wake a thread.
    private const long LeastProducts = 2_000_000;

    /// <summary>Runs a walk, on as many threads as libtorch has.</summary>
    /// <param name="samples">Samples in the batch.</param>
    /// <param name="products">Multiplications of numbers that the walk takes for all of them, roughly.</param>
    /// <param name="walk">Takes the first sample and their number.</param>
    public static void Run(int samples, long products, Action<int, int> walk) =>
        RunIn((int)Math.Min(get_num_threads(), Math.Max(1, products / LeastProducts)), samples, walk);

    /// <summary>Runs a walk in a number of parts, side by side.</summary>
    public static void RunIn(int parts, int samples, Action<int, int> walk)
    {
        // Whole tiles of four samples for each part.
        int tiles = (samples + 3) / 4;
        parts = Math.Min(parts, tiles);
        if (parts <= 1)
        {
            walk(0, samples);
            return;
        }

        Parallel.For(0, parts, part =>
        {
            int first = 4 * (int)((long)tiles * part / parts), end = Math.Min(samples, 4 * (int)((long)tiles * (part + 1) / parts));
            walk(first, end - first);
        });
    }
}
