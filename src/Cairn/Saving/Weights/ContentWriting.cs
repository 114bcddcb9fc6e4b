using System.Buffers;

namespace Cairn.Saving;

/// <summary>Writes the bytes of weights to a stream, without a copy if they are in memory.</summary>
internal static class ContentWriting
{
    private const int PieceBytes = 1024 * 1024;

    public static void Write(Stream stream, WeightData weight)
    {
        if (weight.Content.InMemory is { } memory)
        {
            stream.Write(memory.Span);
            return;
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            for (long done = 0; done < weight.ByteCount;)
            {
                Span<byte> piece = buffer.AsSpan(0, (int)Math.Min(PieceBytes, weight.ByteCount - done));
                weight.Content.CopyTo(piece, done);
                stream.Write(piece);
                done += piece.Length;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
