namespace Cairn.Saving.Hdf5;

/// <summary>An HDF5 file open for reading, limited to what Keras uses: groups, string attributes, numeric arrays.</summary>
/// <remarks>
/// <para>It parses the format without the HDF5 library, because a model file may be untrusted: every size is checked before
/// memory is allocated, every traversal terminates, and no link leads out of the file. Contiguous arrays, which is how Keras
/// stores them, are read directly into place.</para>
/// <para>Valid HDF5 that is not supported: links and data in other files, virtual data sets, shared messages, and chunked data in the
/// layout of <c>libver='latest'</c>.</para>
/// </remarks>
internal sealed class Hdf5File
{
    public const ulong Undefined = ulong.MaxValue;

    private const int MaximumLinksInARow = 16;
    private const int SmallestSuperblock = 48;

    private int following;
    private int objects;
    private long weightBytes;
    private long textBytes;
    private long storedBytes;

    private Hdf5File(Hdf5Source source, FileLimits limits)
    {
        Source = source;
        Limits = limits;
        Heap = new Hdf5GlobalHeap(source);
        Root = Hdf5Group.Open(this, ReadSuperblock(), "/");
    }

    public Hdf5Source Source { get; }

    public FileLimits Limits { get; }

    public Hdf5GlobalHeap Heap { get; }

    public Hdf5Group Root { get; }

    /// <summary>Reads an open file with <paramref name="read"/>. The weights it returns must be used before the file is closed.</summary>
    /// <exception cref="ModelFormatException">It is not an HDF5 file, or is damaged.</exception>
    public static T Read<T>(WeightSource file, FileLimits? limits, Func<Hdf5File, T> read)
    {
        limits ??= FileLimits.Current;
        var source = new Hdf5Source(file, limits);
        try
        {
            return read(new Hdf5File(source, limits));
        }
        catch (Exception exception) when (exception is OutOfMemoryException or ArithmeticException or ArgumentException
            or IndexOutOfRangeException or InvalidOperationException or InsufficientExecutionStackException)
        {
            // The checks above should make this unreachable, but an untrusted file must not crash the program.
            throw source.Failure($"the file can't be read ({exception.Message})", exception);
        }
    }

    /// <summary>Resolves a soft link of a group to an address.</summary>
    public ulong Follow(Hdf5Group from, string name, string target)
    {
        if (++following > MaximumLinksInARow)
        {
            throw Source.Failure($"the link '{name}' leads through more than {MaximumLinksInARow} other links, or forms a cycle.");
        }

        Hdf5Group? group = target.StartsWith('/') ? Root : from;
        string[] steps = target.Split('/').Where(step => step is not ("" or ".")).ToArray();
        if (steps.Length > Limits.MaximumDepth)
        {
            throw Source.Failure($"the path of the link '{name}' has {steps.Length} parts; at most {Limits.MaximumDepth} are allowed.");
        }

        foreach (string? step in steps.SkipLast(1))
        {
            group = group?.TryGetGroup(step);
        }

        ulong? found = steps.Length == 0 ? group?.Address : group?.TryGetAddress(steps[^1]);
        following--;
        return found ?? throw from.Failure($"the link '{name}' points to '{target[..Math.Min(target.Length, 80)]}', which does not exist.");
    }

    public void ChargeObject(string name)
    {
        if (name.Length > Limits.MaximumNameBytes)
        {
            throw Source.Failure($"a name has {name.Length} characters; at most {Limits.MaximumNameBytes} are allowed.");
        }

        if (++objects > Limits.MaximumObjects)
        {
            throw Source.Failure($"the file has more than {Limits.MaximumObjects} groups and data sets.");
        }
    }

    public void ChargeWeight(long bytes)
    {
        weightBytes += bytes;
        if (weightBytes > Math.Min(Limits.MaximumTotalBytes, MostBytes))
        {
            throw Source.Failure($"the weights so far take {weightBytes} bytes, too many for a file of {Source.Length} bytes.");
        }
    }

    /// <summary>Counts a weight that is stored as is. Each has its own place, so together they can't be larger than the file.</summary>
    public void ChargeStored(long bytes)
    {
        storedBytes += bytes;
        if (storedBytes > Math.Max(Limits.MinimumReadBudget, SaturatingProduct(Source.Length, 2)))
        {
            throw Source.Failure($"the weights so far take {storedBytes} bytes, more than the file of {Source.Length} bytes: "
                + "they overlap.");
        }
    }

    // One long string can be referenced many times, so the size of the results is counted.
    public void ChargeText(int bytes)
    {
        textBytes += bytes;
        if (textBytes > Math.Max(Limits.MinimumReadBudget, SaturatingProduct(Source.Length, 2)))
        {
            throw Source.Failure("the strings in the file are together longer than the file.");
        }
    }

    /// <summary>The maximum number of bytes of weights for a file of this size.</summary>
    public long MostBytes => Math.Max(Limits.MinimumReadBudget, SaturatingProduct(Source.Length, Limits.MaximumExpansion));

    private static long SaturatingProduct(long left, long right) => left > long.MaxValue / right ? long.MaxValue : left * right;

    /// <summary>Whether an open file has the HDF5 signature.</summary>
    public static bool IsHdf5(WeightSource file) => FindSignature(file.Length, file.Read) is not null;

    private delegate void Reading(long position, Span<byte> target);

    // The signature may follow a user block, of 512 bytes or that times a power of two.
    private static long? FindSignature(long length, Reading read)
    {
        ReadOnlySpan<byte> signature = [0x89, (byte)'H', (byte)'D', (byte)'F', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n'];
        Span<byte> found = stackalloc byte[8];
        for (long start = 0; start <= length - SmallestSuperblock; start = start == 0 ? 512 : start * 2)
        {
            read(start, found);
            if (found.SequenceEqual(signature))
            {
                return start;
            }
        }

        return null;
    }

    private ulong ReadSuperblock()
    {
        long start = FindSignature(Source.Length, (position, target) => Source.Read((ulong)position, target))
            ?? throw Source.Failure(NoSignature());
        var cursor = new Hdf5Cursor(Source.Read((ulong)start, Math.Min(128, Source.Length - start)), Source);
        cursor.Skip(8);
        byte version = cursor.Byte();
        if (version > 3)
        {
            throw Source.Failure($"unsupported HDF5 superblock version {version}; supported: 0 to 3.");
        }

        (ulong root, ulong baseAddress, ulong end) = version < 2 ? OldSuperblock(ref cursor, version) : NewSuperblock(ref cursor);
        if (baseAddress > (ulong)Source.Length || end > (ulong)Source.Length)
        {
            throw Source.Failure($"the file should have {end} bytes but has {Source.Length}: it is truncated.");
        }

        Source.BaseAddress = (long)baseAddress;
        return root;
    }

    private string NoSignature()
    {
        Span<byte> start = stackalloc byte[(int)Math.Min(ForeignFile.StartBytes, Source.Length)];
        Source.Read(0, start);
        return start is [(byte)'P', (byte)'K', ..] ? "this is a zip archive, such as a '.keras' file, not an HDF5 file."
            : ForeignFile.Problem(start) ?? "this is not an HDF5 file (no HDF5 signature).";
    }

    private (ulong Root, ulong Base, ulong End) OldSuperblock(ref Hdf5Cursor cursor, byte version)
    {
        cursor.Skip(4);
        RequireEightByteAddresses(cursor.Byte(), cursor.Byte());
        cursor.Skip(version == 0 ? 9 : 13);
        ulong baseAddress = cursor.UInt64();
        cursor.Skip(8);
        ulong end = cursor.UInt64();
        cursor.Skip(16);
        return (cursor.UInt64(), baseAddress, end);
    }

    private (ulong Root, ulong Base, ulong End) NewSuperblock(ref Hdf5Cursor cursor)
    {
        RequireEightByteAddresses(cursor.Byte(), cursor.Byte());
        cursor.Skip(1);
        ulong baseAddress = cursor.UInt64();
        cursor.Skip(8);
        ulong end = cursor.UInt64();
        return (cursor.UInt64(), baseAddress, end);
    }

    private void RequireEightByteAddresses(byte offsets, byte lengths)
    {
        if (offsets != 8 || lengths != 8)
        {
            throw Source.Failure($"addresses have {offsets} bytes and lengths {lengths}; expected 8.");
        }
    }
}
