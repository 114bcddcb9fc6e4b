namespace Cairn.Saving.Hdf5;

/// <summary>The bytes of an HDF5 file by address. Every read is checked against the end of the file and against a budget.</summary>
/// <remarks>
/// The budget is what ends a walk through structures that lead in circles: each step of such a walk reads something, and no
/// honest file needs its bytes read many times over.
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

    /// <summary>Added to every address: files may begin with a block of the user's.</summary>
    public long BaseAddress { get; set; }

    /// <summary>The group or data set being read, for messages.</summary>
    public string? Location { get; set; }

    public ModelFormatException Failure(string problem, Exception? inner = null) => new(problem, file.FileName, Location, inner);

    public byte[] Read(ulong address, long count)
    {
        if (count < 0 || count > Length)
        {
            throw Failure($"a structure claims {(ulong)count} bytes, more than the file has ({Length}).");
        }

        byte[] bytes = new byte[count];
        Read(address, bytes);
        return bytes;
    }

    /// <summary>Bytes that are read later, when they are needed. That they are there is checked now.</summary>
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
            throw Failure("the structures of the file overlap or lead in circles.");
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
            throw Failure($"an address leads outside of the file ({count} bytes at {address}, file of {Length} bytes); it is damaged "
                + "or cut short.");
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
