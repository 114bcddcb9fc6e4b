using System.Buffers;

namespace Cairn.Distributed.Mpi;

/// <summary>A sum of gradients that MPI is computing.</summary>
internal sealed unsafe class MpiPendingSum : IPendingSum
{
    private readonly MpiCollective collective;
    private readonly MpiLibrary library;
    private readonly Memory<float> numbers;
    private readonly GradientFormat format;
    private readonly string purpose;
    private readonly nint[] requests;
    private MemoryHandle pinned;
    private int ended;

    public MpiPendingSum(MpiCollective collective, MpiLibrary library, Memory<float> numbers, GradientFormat format, string purpose)
    {
        (this.collective, this.library, this.numbers, this.format, this.purpose) = (collective, library, numbers, format, purpose);
        pinned = numbers.Pin();
        if (format != GradientFormat.Float32)
        {
            SixteenBits.Narrow(numbers.Span, format);
        }

        requests = new nint[(numbers.Length + MpiCollective.MostNumbers - 1) / MpiCollective.MostNumbers];
        for (int i = 0; i < requests.Length; i++)
        {
            nint request;
            int first = i * MpiCollective.MostNumbers;
            int count = Math.Min(MpiCollective.MostNumbers, numbers.Length - first);
            library.StartGradients((byte*)pinned.Pointer + ((long)first * Width), count, format, &request);
            requests[i] = request;
        }
    }

    private int Width => format == GradientFormat.Float32 ? sizeof(float) : sizeof(ushort);

    public void Advance()
    {
        fixed (nint* all = requests)
        {
            while (ended < requests.Length && library.HasEnded(all + ended, purpose))
            {
                ended++;
            }
        }
    }

    public void Wait()
    {
        fixed (nint* all = requests)
        {
            for (; ended < requests.Length; ended++)
            {
                collective.Wait(all + ended, (long)numbers.Length * Width, purpose);
            }
        }

        if (format != GradientFormat.Float32)
        {
            SixteenBits.Widen(numbers.Span, format);
        }

        pinned.Dispose();
    }
}
