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

    private readonly Stream stream;
    private readonly string? fileName;
    private readonly byte[] page = new byte[PageSize];
    private long pageStart;
    private int pageLength;
    private long budget;

    public Hdf5Source(Stream stream, string? fileName, FileLimits limits)
    {
        this.stream = stream;
        this.fileName = fileName;
        Length = stream.Length;
        budget = Length > long.MaxValue / limits.MaximumReadsOfEachByte
            ? long.MaxValue
            : Math.Max(limits.MinimumReadBudget, Length * limits.MaximumReadsOfEachByte);
    }

    public long Length { get; }

    /// <summary>Added to every address: files may begin with a block of the user's.</summary>
    public long BaseAddress { get; set; }

    /// <summary>The group or data set being read, for messages.</summary>
    public string? Location { get; set; }

    public ModelFormatException Failure(string problem, Exception? inner = null) => new(problem, fileName, Location, inner);

    public byte[] Read(ulong address, long count)
    {
        if (count < 0 || count > Length)
            throw Failure($"a structure claims {(ulong)count} bytes, more than the file has ({Length}).");

        var bytes = new byte[count];
        Read(address, bytes);
        return bytes;
    }

    public void Read(ulong address, Span<byte> target)
    {
        var available = (ulong)(Length - BaseAddress);
        if (address > available || available - address < (ulong)target.Length)
            throw Failure(
                $"an address leads outside of the file ({target.Length} bytes at {address}, file of {Length} bytes); it is damaged or cut short.");

        budget -= Math.Max(target.Length, SmallestCharge);
        if (budget < 0)
            throw Failure("the structures of the file overlap or lead in circles.");

        var position = BaseAddress + (long)address;
        if (target.Length >= PageSize)
            Fill(position, target);
        else
            FromPage(position, target);
    }

    private void FromPage(long position, Span<byte> target)
    {
        if (position < pageStart || position + target.Length > pageStart + pageLength)
        {
            pageLength = 0;
            var length = (int)Math.Min(PageSize, Length - position);
            Fill(position, page.AsSpan(0, length));
            (pageStart, pageLength) = (position, length);
        }

        page.AsSpan((int)(position - pageStart), target.Length).CopyTo(target);
    }

    private void Fill(long position, Span<byte> target)
    {
        stream.Position = position;
        try
        {
            stream.ReadExactly(target);
        }
        catch (EndOfStreamException exception)
        {
            throw Failure("the file became shorter while it was read.", exception);
        }
    }
}
