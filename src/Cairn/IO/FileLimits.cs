using System.Runtime.CompilerServices;

namespace Cairn.Saving;

/// <summary>
/// Limits on what a model file may contain; a file beyond them is rejected. Real models stay far below; for one that does not, pass higher
/// limits when loading it.
/// </summary>
/// <remarks>
/// The limits prevent a small malicious file from exhausting memory or running forever. Whatever the limits, loading takes no more
/// memory than a small multiple of the file size and <see cref="MinimumReadBudget"/>.
/// </remarks>
/// <example>
/// <code>
/// using Model model = Model.Load("pruned.h5", limits: new FileLimits { MaximumExpansion = 1000 });
/// </code>
/// </example>
public sealed class FileLimits
{
    private static readonly AsyncLocal<Load?> UnderWay = new();

    /// <summary>The default limits.</summary>
    public static FileLimits Default { get; } = new();

    /// <summary>Maximum number of bytes of one weight; 2^40 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive; the same applies to all limits.</exception>
    public long MaximumWeightBytes { get; init => field = Positive(value); } = 1L << 40;

    /// <summary>Maximum number of bytes of all weights in a file together; 2^40 by default.</summary>
    public long MaximumTotalBytes { get; init => field = Positive(value); } = 1L << 40;

    /// <summary>
    /// Maximum number of bytes of weights per stored byte, beyond <see cref="MinimumReadBudget"/>; 20 by default. Keras does not compress
    /// weights, and compression hardly shrinks them unless nearly all are zeros. Deflate can't exceed 1032.
    /// </summary>
    public long MaximumExpansion { get; init => field = Positive(value); } = 20;

    /// <summary>Maximum rank of a weight; 32 by default, which is HDF5's own limit.</summary>
    public int MaximumRank { get; init => field = (int)Positive(value); } = 32;

    /// <summary>Maximum number of groups and arrays in a file; a million by default.</summary>
    public int MaximumObjects { get; init => field = (int)Positive(value); } = 1_000_000;

    /// <summary>Maximum nesting depth of groups; 64 by default.</summary>
    public int MaximumDepth { get; init => field = (int)Positive(value); } = 64;

    /// <summary>Maximum number of bytes in the name of a layer or weight; 65,536 by default.</summary>
    public int MaximumNameBytes { get; init => field = (int)Positive(value); } = 64 * 1024;

    /// <summary>Maximum number of bytes in one JSON text; 16 MiB by default. A model of 300 layers takes about 100 KiB.</summary>
    public int MaximumJsonBytes { get; init => field = (int)Positive(value); } = 16 * 1024 * 1024;

    /// <summary>
    /// Maximum number of values and keys in one JSON text; a million by default. A model of 300 layers has about 10,000; each takes 100 to
    /// 200 bytes of memory.
    /// </summary>
    public int MaximumJsonValues { get; init => field = (int)Positive(value); } = 1_000_000;

    /// <summary>Maximum nesting depth of a JSON text; 512 by default.</summary>
    public int MaximumJsonDepth { get; init => field = (int)Positive(value); } = 512;

    /// <summary>Maximum number of members in a zip archive; 1,000 by default. Keras writes three.</summary>
    public int MaximumMembers { get; init => field = (int)Positive(value); } = 1000;

    /// <summary>
    /// Maximum number of bytes per compressed byte of a zip archive, beyond <see cref="MinimumReadBudget"/>; 20 by default. Keras does not
    /// compress.
    /// </summary>
    public int MaximumZipExpansion { get; init => field = (int)Positive(value); } = 20;

    /// <summary>
    /// Maximum number of bytes read per byte of the file; 16 by default. It stops reading of structures that contain cycles.
    /// </summary>
    public int MaximumReadsOfEachByte { get; init => field = (int)Positive(value); } = 16;

    /// <summary>Number of bytes that may be read and unpacked from any file, however short; 64 MiB by default.</summary>
    public long MinimumReadBudget { get; init => field = Positive(value); } = 64 * 1024 * 1024;

    /// <summary>
    /// Maximum number of values in the states of all metrics in a file together: thresholds, and cells of confusion matrices; 2^21 by
    /// default.
    /// </summary>
    public long MaximumMetricNumbers { get; init => field = Positive(value); } = 1 << 21;

    /// <summary>The limits for histories and backups of runs, which grow with the epochs and are never compressed.</summary>
    internal static FileLimits OfRuns { get; } = new() { MaximumJsonBytes = 256 * 1024 * 1024, MaximumJsonValues = int.MaxValue };

    /// <summary>The limits of the current load, or the default ones.</summary>
    internal static FileLimits Current => UnderWay.Value?.Limits ?? Default;

    /// <summary>How many more values the metrics of the current load may have.</summary>
    internal static long RoomForMetrics => Current.MaximumMetricNumbers - (UnderWay.Value?.MetricNumbers ?? 0);

    /// <summary>Makes these the current limits until the returned scope is disposed.</summary>
    internal IDisposable Scope() => new Load(this);

    /// <summary>Counts the values of a metric against the limit of the current load.</summary>
    internal static void ReserveForMetrics(long numbers)
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
