namespace Cairn.Saving.Hdf5;

/// <summary>An HDF5 file open for reading, as far as Keras uses the format: groups, string attributes, arrays of numbers.</summary>
/// <remarks>
/// <para>This reads the format itself and not through a library: a model may come from a stranger, and
/// here every size is bounded before memory is taken, every walk ends, and no link leads out of the file. Arrays stored in one
/// piece, which is how Keras stores them, are read straight into place.</para>
/// <para>Refused although HDF5 allows it: links and data in other files, virtual data, shared messages, and data in pieces in the
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

    /// <summary>Looks into an open file with <paramref name="read"/>. What that makes of the weights is to be used before the file is closed.</summary>
    /// <exception cref="ModelFormatException">It is not an HDF5 file or a damaged one.</exception>
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
            // The checks above should leave nothing to come here, but a stranger's file must not bring a program down.
            throw source.Failure($"the file cannot be read ({exception.Message})", exception);
        }
    }

    /// <summary>Where the object is that a soft link of a group leads to.</summary>
    public ulong Follow(Hdf5Group from, string name, string target)
    {
        if (++following > MaximumLinksInARow)
        {
            throw Source.Failure($"'{name}' is a link that leads through more than {MaximumLinksInARow} others, or in a circle.");
        }

        Hdf5Group? group = target.StartsWith('/') ? Root : from;
        string[] steps = target.Split('/').Where(step => step is not ("" or ".")).ToArray();
        if (steps.Length > Limits.MaximumDepth)
        {
            throw Source.Failure($"'{name}' is a link of {steps.Length} steps; at most {Limits.MaximumDepth} are allowed.");
        }

        foreach (string? step in steps.SkipLast(1))
        {
            group = group?.TryGetGroup(step);
        }

        ulong? found = steps.Length == 0 ? group?.Address : group?.TryGetAddress(steps[^1]);
        following--;
        return found ?? throw from.Failure($"'{name}' is a link to '{target[..Math.Min(target.Length, 80)]}', where nothing is.");
    }

    public void ChargeObject(string name)
    {
        if (name.Length > Limits.MaximumNameBytes)
        {
            throw Source.Failure($"a name of {name.Length} characters; at most {Limits.MaximumNameBytes} are allowed.");
        }

        if (++objects > Limits.MaximumObjects)
        {
            throw Source.Failure($"more than {Limits.MaximumObjects} groups and data sets.");
        }
    }

    public void ChargeWeight(long bytes)
    {
        weightBytes += bytes;
        if (weightBytes > Math.Min(Limits.MaximumTotalBytes, MostBytes))
        {
            throw Source.Failure($"the weights so far take {weightBytes} bytes, more than a file of {Source.Length} bytes can stand for.");
        }
    }

    /// <summary>Counts a weight that is in the file as it is. Each has its own place, so that they can't be longer than the file.</summary>
    public void ChargeStored(long bytes)
    {
        storedBytes += bytes;
        if (storedBytes > Math.Max(Limits.MinimumReadBudget, SaturatingProduct(Source.Length, 2)))
        {
            throw Source.Failure($"the weights so far take {storedBytes} bytes, more than a file of {Source.Length} bytes holds: "
                + "they overlap.");
        }
    }

    // One long string can be referred to many times over: what counts is what is made of it.
    public void ChargeText(int bytes)
    {
        textBytes += bytes;
        if (textBytes > Math.Max(Limits.MinimumReadBudget, SaturatingProduct(Source.Length, 2)))
        {
            throw Source.Failure("the strings of the file together are longer than the file.");
        }
    }

    /// <summary>How many bytes of weights the file can stand for.</summary>
    public long MostBytes => Math.Max(Limits.MinimumReadBudget, SaturatingProduct(Source.Length, Limits.MaximumExpansion));

    private static long SaturatingProduct(long left, long right) => left > long.MaxValue / right ? long.MaxValue : left * right;

    /// <summary>Whether an open file has the signature of the format.</summary>
    public static bool IsHdf5(WeightSource file) => PlaceOfSignature(file.Length, file.Read) is not null;

    private delegate void Reading(long position, Span<byte> target);

    // The signature may follow a block of the user's own, of 512 bytes or a power of two times that.
    private static long? PlaceOfSignature(long length, Reading read)
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
        long start = PlaceOfSignature(Source.Length, (position, target) => Source.Read((ulong)position, target))
            ?? throw Source.Failure(NoSignature());
        var cursor = new Hdf5Cursor(Source.Read((ulong)start, Math.Min(128, Source.Length - start)), Source);
        cursor.Skip(8);
        byte version = cursor.Byte();
        if (version > 3)
        {
            throw Source.Failure($"HDF5 superblock version {version}; known are 0 to 3.");
        }

        (ulong root, ulong baseAddress, ulong end) = version < 2 ? OldSuperblock(ref cursor, version) : NewSuperblock(ref cursor);
        if (baseAddress > (ulong)Source.Length || end > (ulong)Source.Length)
        {
            throw Source.Failure($"the file should have {end} bytes and has {Source.Length}: it was cut short.");
        }

        Source.BaseAddress = (long)baseAddress;
        return root;
    }

    private string NoSignature()
    {
        Span<byte> start = stackalloc byte[(int)Math.Min(ForeignFile.StartBytes, Source.Length)];
        Source.Read(0, start);
        return start is [(byte)'P', (byte)'K', ..] ? "this is a zip archive, as a '.keras' archive is, and not an HDF5 file."
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
            throw Source.Failure($"addresses of {offsets} and lengths of {lengths} bytes; 8 are expected.");
        }
    }
}
