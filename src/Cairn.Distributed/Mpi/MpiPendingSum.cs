using System.Buffers;

namespace Cairn.Distributed.Mpi;

/// <summary>A sum of gradients that is under way.</summary>
internal sealed unsafe class MpiPendingSum : IPendingSum
{
    private readonly MpiCollective collective;
    private readonly Memory<float> numbers;
    private readonly GradientFormat format;
    private readonly string purpose;
    private readonly Exchange[] exchanges;
    private MemoryHandle pinned;

    public MpiPendingSum(MpiCollective collective, MpiLibrary library, PeerSums? peers, Memory<float> numbers, GradientFormat format,
        string purpose)
    {
        (this.collective, this.numbers, this.format, this.purpose) = (collective, numbers, format, purpose);
        pinned = numbers.Pin();
        if (format != GradientFormat.Float32)
        {
            SixteenBits.Narrow(numbers.Span, format);
        }

        if (peers is not null)
        {
            exchanges = [peers.Begin((byte*)pinned.Pointer, numbers.Length, format switch
            {
                GradientFormat.Float16 => NumberKind.Float16,
                GradientFormat.BFloat16 => NumberKind.BFloat16,
                _ => NumberKind.Float32,
            })];
            return;
        }

        exchanges = new Exchange[(numbers.Length + MpiCollective.MostNumbers - 1) / MpiCollective.MostNumbers];
        for (int i = 0; i < exchanges.Length; i++)
        {
            nint request;
            int first = i * MpiCollective.MostNumbers;
            int count = Math.Min(MpiCollective.MostNumbers, numbers.Length - first);
            library.StartGradients((byte*)pinned.Pointer + ((long)first * Width), count, format, &request);
            exchanges[i] = new RequestExchange(library, request, purpose);
        }
    }

    private int Width => format == GradientFormat.Float32 ? sizeof(float) : sizeof(ushort);

    public void Advance()
    {
        foreach (Exchange exchange in exchanges)
        {
            exchange.Advance();
        }
    }

    public void Wait()
    {
        foreach (Exchange exchange in exchanges)
        {
            collective.Wait(exchange, (long)numbers.Length * Width, purpose);
        }

        if (format != GradientFormat.Float32)
        {
            SixteenBits.Widen(numbers.Span, format);
        }

        pinned.Dispose();
    }
}
