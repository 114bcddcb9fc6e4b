using Cairn.Native;
using static TorchSharp.torch;

namespace Cairn.Saving;

/// <summary>Copies weights from files into the memory of tensors, several pieces in parallel.</summary>
/// <remarks>A single thread would also wait for the page faults of the tensor's new memory.</remarks>
internal sealed unsafe class ParallelTransfer
{
    private const long PieceElements = 2 * 1024 * 1024;

    private readonly List<Piece> pieces = [];
    private long elements;

    /// <summary>
    /// Adds a transfer into a contiguous CPU tensor of float32, float64 or int64, which must live until <see cref="Run"/> returns.
    /// </summary>
    public void Add(WeightData from, Tensor to)
    {
        nint pointer = (nint)TensorMemory.PointerTo(to);
        for (long first = 0; first < from.ElementCount; first += PieceElements)
        {
            pieces.Add(new Piece(from, to.dtype, pointer, first, (int)Math.Min(PieceElements, from.ElementCount - first)));
        }

        elements += from.ElementCount;
    }

    /// <summary>Runs all transfers.</summary>
    /// <exception cref="ModelFormatException">A file is truncated.</exception>
    public void Run()
    {
        if (elements <= PieceElements)
        {
            foreach (Piece piece in pieces)
            {
                piece.Transfer();
            }

            return;
        }

        ParallelPieces.Run(pieces.Count, piece => pieces[piece].Transfer());
    }

    private sealed record Piece(WeightData From, ScalarType Type, nint Pointer, long First, int Count)
    {
        public void Transfer()
        {
            switch (Type)
            {
                case ScalarType.Float64:
                    From.CopyTo(new Span<double>((double*)Pointer + First, Count), First);
                    break;
                case ScalarType.Int64:
                    From.CopyTo(new Span<long>((long*)Pointer + First, Count), First);
                    break;
                default:
                    From.CopyTo(new Span<float>((float*)Pointer + First, Count), First);
                    break;
            }
        }
    }
}
