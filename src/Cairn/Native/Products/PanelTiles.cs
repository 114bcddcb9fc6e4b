using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Cairn.Native;

/// <summary>The inner loops of <see cref="PanelProduct"/> for vectors of one width.</summary>
/// <remarks>
/// <para>
/// The sums of a tile, two vectors wide and up to eight rows high, stay in registers. Each row has the same order of operations, so neither
/// the height of a tile nor the width of the vectors changes any bit.
/// </para>
/// <para>Written out, because the compiler keeps neither arrays of vectors nor the sums of an inner loop over rows in registers.</para>
/// </remarks>
/// <typeparam name="TLanes">The operations on vectors.</typeparam>
/// <typeparam name="TVector">The type of a vector.</typeparam>
/// <typeparam name="TPlaces">Where the numbers of the first matrix are.</typeparam>
internal static unsafe partial class PanelTiles<TLanes, TVector, TPlaces>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
    where TPlaces : struct, IPlaces<TPlaces>
{
    /// <summary>Multiplies rows by a panel.</summary>
    /// <param name="given">The rows and the panel.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="isHalf">Whether only the first half of the panel is needed.</param>
    public static void Multiply(in PanelOperands given, int rows, bool isHalf)
    {
        // A copy takes as long as some sums.
        if (rows == 8 && TLanes.TileRows >= 8 && !isHalf)
        {
            Tile8x2(given);
            return;
        }

        PanelOperands operands = given;
        for (; isHalf && rows >= 16 && TLanes.TileRows >= 8; rows -= 16, operands.Skip(16))
        {
            if (AreQuads(operands))
            {
                Tile16x1OfQuads(operands);
            }
            else
            {
                Tile16x1(operands);
            }
        }

        for (; rows >= 8 && TLanes.TileRows >= 8; rows -= 8, operands.Skip(8))
        {
            if (isHalf)
            {
                Tile8x1(operands);
            }
            else
            {
                Tile8x2(operands);
            }
        }

        for (; rows >= 4; rows -= 4, operands.Skip(4))
        {
            if (isHalf)
            {
                Tile4x1(operands);
            }
            else
            {
                Tile4x2(operands);
            }
        }

        for (; rows > 0; rows--, operands.Skip(1))
        {
            if (isHalf)
            {
                Tile1x1(operands);
            }
            else
            {
                Tile1x2(operands);
            }
        }
    }

    /// <summary>Multiplies one row by four panels that lie side by side, with sums that begin with 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyFour(in PanelOperands o)
    {
        int lanes = TLanes.Count;
        nint panelRow = o.PanelRow, depth = o.Depth;
        float* a = o.A, panel = o.Panel, to = o.C;
        TVector s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default, s6 = default, s7 = default;
        for (nint k = 0; k < depth; k++, panel += panelRow)
        {
            TVector x = TLanes.Create(a[k]);
            s0 = TLanes.MultiplyAdd(x, TLanes.Load(panel), s0);
            s1 = TLanes.MultiplyAdd(x, TLanes.Load(panel + lanes), s1);
            s2 = TLanes.MultiplyAdd(x, TLanes.Load(panel + (2 * lanes)), s2);
            s3 = TLanes.MultiplyAdd(x, TLanes.Load(panel + (3 * lanes)), s3);
            s4 = TLanes.MultiplyAdd(x, TLanes.Load(panel + (4 * lanes)), s4);
            s5 = TLanes.MultiplyAdd(x, TLanes.Load(panel + (5 * lanes)), s5);
            s6 = TLanes.MultiplyAdd(x, TLanes.Load(panel + (6 * lanes)), s6);
            s7 = TLanes.MultiplyAdd(x, TLanes.Load(panel + (7 * lanes)), s7);
        }

        TLanes.Store(s0, to);
        TLanes.Store(s1, to + lanes);
        TLanes.Store(s2, to + (2 * lanes));
        TLanes.Store(s3, to + (3 * lanes));
        TLanes.Store(s4, to + (4 * lanes));
        TLanes.Store(s5, to + (5 * lanes));
        TLanes.Store(s6, to + (6 * lanes));
        TLanes.Store(s7, to + (7 * lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile8x2(in PanelOperands o)
    {
        TPlaces places = TPlaces.Of(o);
        int lanes = TLanes.Count;
        nint panelRow = o.PanelRow, depth = o.Depth;
        float* a0 = o.A + places.Row(0), a1 = o.A + places.Row(1), a2 = o.A + places.Row(2), a3 = o.A + places.Row(3);
        float* a4 = o.A + places.Row(4), a5 = o.A + places.Row(5), a6 = o.A + places.Row(6), a7 = o.A + places.Row(7);
        float* panel = o.Panel, from = o.Initial;
        TVector s00 = TLanes.Load(from), s01 = TLanes.Load(from + lanes);
        from += o.InitialRow;
        TVector s10 = TLanes.Load(from), s11 = TLanes.Load(from + lanes);
        from += o.InitialRow;
        TVector s20 = TLanes.Load(from), s21 = TLanes.Load(from + lanes);
        from += o.InitialRow;
        TVector s30 = TLanes.Load(from), s31 = TLanes.Load(from + lanes);
        from += o.InitialRow;
        TVector s40 = TLanes.Load(from), s41 = TLanes.Load(from + lanes);
        from += o.InitialRow;
        TVector s50 = TLanes.Load(from), s51 = TLanes.Load(from + lanes);
        from += o.InitialRow;
        TVector s60 = TLanes.Load(from), s61 = TLanes.Load(from + lanes);
        from += o.InitialRow;
        TVector s70 = TLanes.Load(from), s71 = TLanes.Load(from + lanes);
        nint at = places.Start, aheadRow = o.AheadRow;
        float* ahead = aheadRow == 0 ? panel : o.Ahead;
        for (nint k = 0; k < depth; k++, panel += panelRow)
        {
            if (Sse.IsSupported && k % 4 == 0)
            {
                Sse.Prefetch1(ahead);
                ahead += aheadRow;
            }

            at = places.Next(at, k);
            TVector b0 = TLanes.Load(panel), b1 = TLanes.Load(panel + lanes);
            TVector x = TLanes.Create(a0[at]);
            s00 = TLanes.MultiplyAdd(x, b0, s00);
            s01 = TLanes.MultiplyAdd(x, b1, s01);
            x = TLanes.Create(a1[at]);
            s10 = TLanes.MultiplyAdd(x, b0, s10);
            s11 = TLanes.MultiplyAdd(x, b1, s11);
            x = TLanes.Create(a2[at]);
            s20 = TLanes.MultiplyAdd(x, b0, s20);
            s21 = TLanes.MultiplyAdd(x, b1, s21);
            x = TLanes.Create(a3[at]);
            s30 = TLanes.MultiplyAdd(x, b0, s30);
            s31 = TLanes.MultiplyAdd(x, b1, s31);
            x = TLanes.Create(a4[at]);
            s40 = TLanes.MultiplyAdd(x, b0, s40);
            s41 = TLanes.MultiplyAdd(x, b1, s41);
            x = TLanes.Create(a5[at]);
            s50 = TLanes.MultiplyAdd(x, b0, s50);
            s51 = TLanes.MultiplyAdd(x, b1, s51);
            x = TLanes.Create(a6[at]);
            s60 = TLanes.MultiplyAdd(x, b0, s60);
            s61 = TLanes.MultiplyAdd(x, b1, s61);
            x = TLanes.Create(a7[at]);
            s70 = TLanes.MultiplyAdd(x, b0, s70);
            s71 = TLanes.MultiplyAdd(x, b1, s71);
        }

        float* to = o.C;
        TLanes.Store(s00, to);
        TLanes.Store(s01, to + lanes);
        to += o.CRow;
        TLanes.Store(s10, to);
        TLanes.Store(s11, to + lanes);
        to += o.CRow;
        TLanes.Store(s20, to);
        TLanes.Store(s21, to + lanes);
        to += o.CRow;
        TLanes.Store(s30, to);
        TLanes.Store(s31, to + lanes);
        to += o.CRow;
        TLanes.Store(s40, to);
        TLanes.Store(s41, to + lanes);
        to += o.CRow;
        TLanes.Store(s50, to);
        TLanes.Store(s51, to + lanes);
        to += o.CRow;
        TLanes.Store(s60, to);
        TLanes.Store(s61, to + lanes);
        to += o.CRow;
        TLanes.Store(s70, to);
        TLanes.Store(s71, to + lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile8x1(in PanelOperands o)
    {
        TPlaces places = TPlaces.Of(o);
        nint panelRow = o.PanelRow, depth = o.Depth;
        float* a0 = o.A + places.Row(0), a1 = o.A + places.Row(1), a2 = o.A + places.Row(2), a3 = o.A + places.Row(3);
        float* a4 = o.A + places.Row(4), a5 = o.A + places.Row(5), a6 = o.A + places.Row(6), a7 = o.A + places.Row(7);
        float* panel = o.Panel, from = o.Initial;
        TVector s00 = TLanes.Load(from);
        from += o.InitialRow;
        TVector s10 = TLanes.Load(from);
        from += o.InitialRow;
        TVector s20 = TLanes.Load(from);
        from += o.InitialRow;
        TVector s30 = TLanes.Load(from);
        from += o.InitialRow;
        TVector s40 = TLanes.Load(from);
        from += o.InitialRow;
        TVector s50 = TLanes.Load(from);
        from += o.InitialRow;
        TVector s60 = TLanes.Load(from);
        from += o.InitialRow;
        TVector s70 = TLanes.Load(from);
        nint at = places.Start;
        for (nint k = 0; k < depth; k++, panel += panelRow)
        {
            at = places.Next(at, k);
            TVector b0 = TLanes.Load(panel);
            TVector x = TLanes.Create(a0[at]);
            s00 = TLanes.MultiplyAdd(x, b0, s00);
            x = TLanes.Create(a1[at]);
            s10 = TLanes.MultiplyAdd(x, b0, s10);
            x = TLanes.Create(a2[at]);
            s20 = TLanes.MultiplyAdd(x, b0, s20);
            x = TLanes.Create(a3[at]);
            s30 = TLanes.MultiplyAdd(x, b0, s30);
            x = TLanes.Create(a4[at]);
            s40 = TLanes.MultiplyAdd(x, b0, s40);
            x = TLanes.Create(a5[at]);
            s50 = TLanes.MultiplyAdd(x, b0, s50);
            x = TLanes.Create(a6[at]);
            s60 = TLanes.MultiplyAdd(x, b0, s60);
            x = TLanes.Create(a7[at]);
            s70 = TLanes.MultiplyAdd(x, b0, s70);
        }

        float* to = o.C;
        TLanes.Store(s00, to);
        to += o.CRow;
        TLanes.Store(s10, to);
        to += o.CRow;
        TLanes.Store(s20, to);
        to += o.CRow;
        TLanes.Store(s30, to);
        to += o.CRow;
        TLanes.Store(s40, to);
        to += o.CRow;
        TLanes.Store(s50, to);
        to += o.CRow;
        TLanes.Store(s60, to);
        to += o.CRow;
        TLanes.Store(s70, to);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile4x2(in PanelOperands o)
    {
        TPlaces places = TPlaces.Of(o);
        int lanes = TLanes.Count;
        nint panelRow = o.PanelRow, depth = o.Depth;
        float* a0 = o.A + places.Row(0), a1 = o.A + places.Row(1), a2 = o.A + places.Row(2), a3 = o.A + places.Row(3);
        float* panel = o.Panel, from = o.Initial;
        TVector s00 = TLanes.Load(from), s01 = TLanes.Load(from + lanes);
        from += o.InitialRow;
        TVector s10 = TLanes.Load(from), s11 = TLanes.Load(from + lanes);
        from += o.InitialRow;
        TVector s20 = TLanes.Load(from), s21 = TLanes.Load(from + lanes);
        from += o.InitialRow;
        TVector s30 = TLanes.Load(from), s31 = TLanes.Load(from + lanes);
        nint at = places.Start;
        for (nint k = 0; k < depth; k++, panel += panelRow)
        {
            at = places.Next(at, k);
            TVector b0 = TLanes.Load(panel), b1 = TLanes.Load(panel + lanes);
            TVector x = TLanes.Create(a0[at]);
            s00 = TLanes.MultiplyAdd(x, b0, s00);
            s01 = TLanes.MultiplyAdd(x, b1, s01);
            x = TLanes.Create(a1[at]);
            s10 = TLanes.MultiplyAdd(x, b0, s10);
            s11 = TLanes.MultiplyAdd(x, b1, s11);
            x = TLanes.Create(a2[at]);
            s20 = TLanes.MultiplyAdd(x, b0, s20);
            s21 = TLanes.MultiplyAdd(x, b1, s21);
            x = TLanes.Create(a3[at]);
            s30 = TLanes.MultiplyAdd(x, b0, s30);
            s31 = TLanes.MultiplyAdd(x, b1, s31);
        }

        float* to = o.C;
        TLanes.Store(s00, to);
        TLanes.Store(s01, to + lanes);
        to += o.CRow;
        TLanes.Store(s10, to);
        TLanes.Store(s11, to + lanes);
        to += o.CRow;
        TLanes.Store(s20, to);
        TLanes.Store(s21, to + lanes);
        to += o.CRow;
        TLanes.Store(s30, to);
        TLanes.Store(s31, to + lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile4x1(in PanelOperands o)
    {
        TPlaces places = TPlaces.Of(o);
        nint panelRow = o.PanelRow, depth = o.Depth;
        float* a0 = o.A + places.Row(0), a1 = o.A + places.Row(1), a2 = o.A + places.Row(2), a3 = o.A + places.Row(3);
        float* panel = o.Panel, from = o.Initial;
        TVector s00 = TLanes.Load(from);
        from += o.InitialRow;
        TVector s10 = TLanes.Load(from);
        from += o.InitialRow;
        TVector s20 = TLanes.Load(from);
        from += o.InitialRow;
        TVector s30 = TLanes.Load(from);
        nint at = places.Start;
        for (nint k = 0; k < depth; k++, panel += panelRow)
        {
            at = places.Next(at, k);
            TVector b0 = TLanes.Load(panel);
            TVector x = TLanes.Create(a0[at]);
            s00 = TLanes.MultiplyAdd(x, b0, s00);
            x = TLanes.Create(a1[at]);
            s10 = TLanes.MultiplyAdd(x, b0, s10);
            x = TLanes.Create(a2[at]);
            s20 = TLanes.MultiplyAdd(x, b0, s20);
            x = TLanes.Create(a3[at]);
            s30 = TLanes.MultiplyAdd(x, b0, s30);
        }

        float* to = o.C;
        TLanes.Store(s00, to);
        to += o.CRow;
        TLanes.Store(s10, to);
        to += o.CRow;
        TLanes.Store(s20, to);
        to += o.CRow;
        TLanes.Store(s30, to);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile1x2(in PanelOperands o)
    {
        TPlaces places = TPlaces.Of(o);
        int lanes = TLanes.Count;
        nint panelRow = o.PanelRow, depth = o.Depth;
        float* a0 = o.A + places.Row(0), panel = o.Panel, from = o.Initial;
        TVector s00 = TLanes.Load(from), s01 = TLanes.Load(from + lanes);
        nint at = places.Start;
        for (nint k = 0; k < depth; k++, panel += panelRow)
        {
            at = places.Next(at, k);
            TVector b0 = TLanes.Load(panel), b1 = TLanes.Load(panel + lanes);
            TVector x = TLanes.Create(a0[at]);
            s00 = TLanes.MultiplyAdd(x, b0, s00);
            s01 = TLanes.MultiplyAdd(x, b1, s01);
        }

        float* to = o.C;
        TLanes.Store(s00, to);
        TLanes.Store(s01, to + lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile1x1(in PanelOperands o)
    {
        TPlaces places = TPlaces.Of(o);
        nint panelRow = o.PanelRow, depth = o.Depth;
        float* a0 = o.A + places.Row(0), panel = o.Panel, from = o.Initial;
        TVector s00 = TLanes.Load(from);
        nint at = places.Start;
        for (nint k = 0; k < depth; k++, panel += panelRow)
        {
            at = places.Next(at, k);
            TVector b0 = TLanes.Load(panel);
            TVector x = TLanes.Create(a0[at]);
            s00 = TLanes.MultiplyAdd(x, b0, s00);
        }

        float* to = o.C;
        TLanes.Store(s00, to);
    }
}
