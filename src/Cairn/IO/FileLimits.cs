using System.Runtime.CompilerServices;

namespace Cairn.Saving;

/// <summary>What a file may claim before it is refused. A real model stays far below; for one that does not, pass raised limits where it is loaded.</summary>
/// <remarks>
/// The point is that a few hostile bytes must not be able to ask for all memory or for endless work. Whatever the limits, a file takes no more
/// memory than a small multiple of its own size and of <see cref="MinimumReadBudget"/>.
/// </remarks>
/// <example>
/// <code>
/// using Model model = Model.Load("pruned.h5", limits: new FileLimits { MaximumExpansion = 1000 });
/// </code>
/// </example>
public sealed class FileLimits
{
    private static readonly AsyncLocal<Load?> UnderWay = new();

    /// <summary>The limits where none are given.</summary>
    public static FileLimits Default { get; } = new();

    /// <summary>Bytes of one weight; 2^40 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is not above 0; so for all limits.</exception>
    public long MaximumWeightBytes { get; init => field = Positive(value); } = 1L << 40;

    /// <summary>Bytes of all weights of a file together; 2^40 by default.</summary>
    public long MaximumTotalBytes { get; init => field = Positive(value); } = 1L << 40;

    /// <summary>
    /// How many bytes of weights one stored byte may stand for, above <see cref="MinimumReadBudget"/>; 20 by default. Keras does not compress,
    /// and what others compress hardly shrinks, unless nearly all of it is zeros. Deflate itself ends at 1032.
    /// </summary>
    public long MaximumExpansion { get; init => field = Positive(value); } = 20;

    /// <summary>Dimensions of a weight; 32 by default, where HDF5 itself ends.</summary>
    public int MaximumRank { get; init => field = (int)Positive(value); } = 32;

    /// <summary>Groups and arrays in a file; a million by default.</summary>
    public int MaximumObjects { get; init => field = (int)Positive(value); } = 1_000_000;

    /// <summary>Groups inside groups; 64 by default.</summary>
    public int MaximumDepth { get; init => field = (int)Positive(value); } = 64;

    /// <summary>Bytes of one name of a layer or weight; 65,536 by default.</summary>
    public int MaximumNameBytes { get; init => field = (int)Positive(value); } = 64 * 1024;

    /// <summary>Bytes of one JSON text; 16 MiB by default. What describes 300 layers takes 100 KiB.</summary>
    public int MaximumJsonBytes { get; init => field = (int)Positive(value); } = 16 * 1024 * 1024;

    /// <summary>Values and keys in one JSON text; a million by default. What describes 300 layers has 10,000; in memory each takes a hundred bytes or two.</summary>
    public int MaximumJsonValues { get; init => field = (int)Positive(value); } = 1_000_000;

    /// <summary>Objects inside objects in a JSON text; 512 by default.</summary>
    public int MaximumJsonDepth { get; init => field = (int)Positive(value); } = 512;

    /// <summary>Members of a zip archive; 1,000 by default. Keras writes three.</summary>
    public int MaximumMembers { get; init => field = (int)Positive(value); } = 1000;

    /// <summary>How many bytes one packed byte of a zip archive may stand for, above <see cref="MinimumReadBudget"/>; 20 by default. Keras does not pack.</summary>
    public int MaximumZipExpansion { get; init => field = (int)Positive(value); } = 20;

    /// <summary>Bytes that may be read for each byte of the file; 16 by default. A structure that leads in circles reads without end.</summary>
    public int MaximumReadsOfEachByte { get; init => field = (int)Positive(value); } = 16;

    /// <summary>Bytes that may be read from any file, and made of it, however short it is; 64 MiB by default.</summary>
    public long MinimumReadBudget { get; init => field = Positive(value); } = 64 * 1024 * 1024;

    /// <summary>Numbers that the states of all metrics of a file may have together: thresholds, and cells of confusion matrices; 2^21 by default.</summary>
    public long MaximumMetricNumbers { get; init => field = Positive(value); } = 1 << 21;

    /// <summary>The limits of histories and backups of runs, which grow with the epochs and are never packed.</summary>
    internal static FileLimits OfRuns { get; } = new() { MaximumJsonBytes = 256 * 1024 * 1024, MaximumJsonValues = int.MaxValue };

    /// <summary>The limits of the load under way, or the default ones.</summary>
    internal static FileLimits Current => UnderWay.Value?.Limits ?? Default;

    /// <summary>How many numbers the metrics of the load under way may still have.</summary>
    internal static long RoomForMetrics => Current.MaximumMetricNumbers - (UnderWay.Value?.MetricNumbers ?? 0);

    /// <summary>Makes these the current ones until what is returned is disposed.</summary>
    internal IDisposable Scope() => new Load(this);

    /// <summary>A metric of the load under way takes so many numbers.</summary>
    internal static void TakeRoomForMetrics(long numbers)
    {
        if (UnderWay.Value is { } load)
        {
            load.MetricNumbers += Math.Max(0, numbers);
        }
    }

    private static long Positive(long value, [CallerMemberName] string name = "")
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, name);
        return value;
    }

    private sealed class Load : IDisposable
    {
        private readonly Load? before = UnderWay.Value;

        public Load(FileLimits limits)
        {
            Limits = limits;
            UnderWay.Value = this;
        }

        public FileLimits Limits { get; }

        public long MetricNumbers { get; set; }

        public void Dispose() => UnderWay.Value = before;
    }
}
