using Cairn.Native;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// Splits a batch over several threads: each thread processes the whole sequence for its own samples, without synchronization.
/// </summary>
internal static class BatchParts
{
    // About 50 microseconds of computation, several times the cost of waking a thread.
    private const long LeastProducts = 2_000_000;

    /// <summary>Runs a pass on up to as many threads as libtorch uses.</summary>
    /// <param name="samples">Samples in the batch.</param>
    /// <param name="products">Approximate number of multiplications of the whole pass.</param>
    /// <param name="walk">The pass; receives the first sample and the number of samples.</param>
    public static void Run(int samples, long products, Action<int, int> walk) =>
        RunIn((int)Math.Min(get_num_threads(), Math.Max(1, products / LeastProducts)), samples, walk);

    /// <summary>Runs a pass in parallel parts.</summary>
    public static void RunIn(int parts, int samples, Action<int, int> walk)
    {
        // Each part has whole tiles of four samples.
        int tiles = (samples + 3) / 4;
        parts = Math.Min(parts, tiles);
        if (parts <= 1)
        {
            walk(0, samples);
            return;
        }

        ThreadTeam.Run(parts, part =>
        {
            int first = 4 * (int)((long)tiles * part / parts), end = Math.Min(samples, 4 * (int)((long)tiles * (part + 1) / parts));
            walk(first, end - first);
        });
    }
}
