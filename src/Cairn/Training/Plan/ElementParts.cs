using Cairn.Native;

namespace Cairn.Training.Plan;

/// <summary>Passes over memory that compute each number by itself, divided among threads if there are many.</summary>
internal static class ElementParts
{
    // As many numbers as libtorch gives to a thread.
    private const long LengthOfPart = 1 << 15;

    /// <summary>Runs a pass.</summary>
    /// <param name="count">Number of elements.</param>
    /// <param name="run">Computes the elements from the first index up to the second, which is not included.</param>
    public static void Run(long count, Action<long, long> run)
    {
        int parts = (int)Math.Clamp(count / LengthOfPart, 1, 64);
        if (parts == 1)
        {
            run(0, count);
            return;
        }

        // Whole vectors, so that a number does not depend on the parts.
        ThreadTeam.Run(parts, count * ThreadTeam.ProductsPerNumber, part => run(First(part), part == parts - 1 ? count : First(part + 1)));

        long First(int part) => count * part / parts / 16 * 16;
    }
}
