using System.Runtime.CompilerServices;
using Cairn.Native;

namespace Cairn.Layers;

/// <summary>The product of listed rows with a packed matrix.</summary>
/// <param name="panels">The panels of the matrix, one after the other, or the matrix as it is.</param>
/// <param name="row">The distance from row to row.</param>
/// <param name="depth">Rows of the matrix.</param>
/// <param name="width">Columns of the matrix.</param>
/// <param name="columns">Where the numbers of a row are.</param>
/// <param name="initial">What the sums begin with, as wide as all panels.</param>
internal readonly unsafe struct PatchProduct(float* panels, int row, int depth, int width, nint* columns, float* initial)
{
    /// <summary>Rows that are computed together aside: those of the tallest tile.</summary>
    public const int TileRows = 16;

    /// <summary>Computes rows of the result that are one after the other.</summary>
    /// <param name="from">The memory of the rows.</param>
    /// <param name="rows">Where they are in it.</param>
    /// <param name="count">Their number.</param>
    /// <param name="to">The result.</param>
    public void Run(float* from, nint* rows, int count, float* to)
    {
        for (int first = 0; first < width; first += PanelProduct.Width)
        {
            PanelOperands operands = Operands(from, rows, first);
            int wide = width - first;
            if (wide >= PanelProduct.Width || wide == PanelProduct.Width / 2)
            {
                operands.C = to + first;
                operands.CRow = width;
                PanelProduct.MultiplyListed(operands, count, PanelProduct.IsHalf(wide, 0));
            }
            else
            {
                RunAside(operands, count, wide, to + first, null);
            }
        }
    }

    /// <summary>Computes rows of the result that are anywhere.</summary>
    /// <param name="from">The memory of the rows.</param>
    /// <param name="rows">Where they are in it.</param>
    /// <param name="count">Their number.</param>
    /// <param name="to">The memory of the result.</param>
    /// <param name="places">Where its rows are.</param>
    public void Run(float* from, nint* rows, int count, float* to, nint* places)
    {
        for (int first = 0; first < width; first += PanelProduct.Width)
        {
            RunAside(Operands(from, rows, first), count, Math.Min(width - first, PanelProduct.Width), to + first, places);
        }
    }

    private PanelOperands Operands(float* from, nint* rows, int first) => new()
    {
        A = from,
        Rows = rows,
        Columns = columns,
        Depth = depth,
        Initial = initial + first,
        Panel = panels + (row == PanelProduct.Width ? (nint)first * depth : first),
        PanelRow = row,
    };

    /// <summary>Computes tile by tile, in memory as wide as a panel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RunAside(PanelOperands operands, int count, int wide, float* to, nint* places)
    {
        float* room = stackalloc float[TileRows * PanelProduct.Width];
        operands.C = room;
        operands.CRow = PanelProduct.Width;
        bool isHalf = PanelProduct.IsHalf(wide, 0);
        for (int done = 0; done < count; done += TileRows, operands.Rows += TileRows)
        {
            int tall = Math.Min(TileRows, count - done);
            PanelProduct.MultiplyListed(operands, tall, isHalf);
            for (int i = 0; i < tall; i++)
            {
                float* row = to + (places == null ? (nint)(done + i) * width : places[done + i]);
                new Span<float>(room + (i * PanelProduct.Width), wide).CopyTo(new Span<float>(row, wide));
            }
        }
    }
}
