namespace Cairn.Saving.Hdf5;

/// <summary>The bytes of an HDF5 file by address. Every read is checked against the file size and a read budget.</summary>
/// <remarks>
/// The budget ends the traversal of cyclic structures: each step reads some bytes, and no valid file needs its bytes to be read
/// many times.
/// </remarks>
internal sealed class Hdf5Source
{
    private const int PageSize = 4096;
    private const int SmallestCharge = 64;

    private readonly WeightSource file;
    private readonly byte[] page = new byte[PageSize];
    private long pageStart;
    private int pageLength;
    private long budget;

    public Hdf5Source(WeightSource file, FileLimits limits)
    {
        this.file = file;
        Length = file.Length;
        budget = Length > long.MaxValue / limits.MaximumReadsOfEachByte
            ? long.MaxValue
            : Math.Max(limits.MinimumReadBudget, Length * limits.MaximumReadsOfEachByte);
    }

    public long Length { get; }

    /// <summary>Added to every address, since a file may start with a user block.</summary>
    public long BaseAddress { get; set; }

    /// <summary>The group or data set being read, for messages.</summary>
    public string? Location { get; set; }

    public ModelFormatException Failure(string problem, Exception? inner = null) => new(problem, file.FileName, Location, inner);

    public byte[] Read(ulong address, long count)
    {
        if (count < 0 || count > Length)
        {
            throw Failure($"a structure declares {(ulong)count} bytes, more than the file has ({Length}).");
        }

        byte[] bytes = new byte[count];
        Read(address, bytes);
        return bytes;
    }

    /// <summary>Bytes to be read later, on demand. Their range is checked now.</summary>
    public StoredContent Stored(ulong address, long count)
    {
        CheckInside(address, count);
        return new StoredContent(file, BaseAddress + (long)address);
    }

    public void Read(ulong address, Span<byte> target)
    {
        CheckInside(address, target.Length);
        budget -= Math.Max(target.Length, SmallestCharge);
        if (budget < 0)
        {
            throw Failure("the structures of the file overlap or form a cycle.");
        }

        long position = BaseAddress + (long)address;
        if (target.Length >= PageSize)
        {
            file.Read(position, target);
        }
        else
        {
            FromPage(position, target);
        }
    }

    private void CheckInside(ulong address, long count)
    {
        ulong available = (ulong)(Length - BaseAddress);
        if (address > available || available - address < (ulong)count)
        {
            throw Failure($"an address is outside the file ({count} bytes at {address}, file of {Length} bytes); the file is damaged "
                + "or truncated.");
        }
    }

    private void FromPage(long position, Span<byte> target)
    {
        if (position < pageStart || position + target.Length > pageStart + pageLength)
        {
            pageLength = 0;
            int length = (int)Math.Min(PageSize, Length - position);
            file.Read(position, page.AsSpan(0, length));
            (pageStart, pageLength) = (position, length);
        }

        page.AsSpan((int)(position - pageStart), target.Length).CopyTo(target);
    }
}
