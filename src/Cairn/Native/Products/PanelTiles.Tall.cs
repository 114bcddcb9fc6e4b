using System.Runtime.CompilerServices;

namespace Cairn.Native;

// The tile of a half panel: sixteen rows keep the processor busy where eight wait for each other's sums.
internal static unsafe partial class PanelTiles<TLanes, TVector, TPlaces>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile16x1(in PanelOperands o)
    {
        TPlaces places = TPlaces.Of(o);
        nint panelRow = o.PanelRow, depth = o.Depth;
        float* panel = o.Panel, from = o.Initial;
        float* a0 = o.A + places.Row(0), a1 = o.A + places.Row(1), a2 = o.A + places.Row(2), a3 = o.A + places.Row(3);
        float* a4 = o.A + places.Row(4), a5 = o.A + places.Row(5), a6 = o.A + places.Row(6), a7 = o.A + places.Row(7);
        float* a8 = o.A + places.Row(8), a9 = o.A + places.Row(9), a10 = o.A + places.Row(10), a11 = o.A + places.Row(11);
        float* a12 = o.A + places.Row(12), a13 = o.A + places.Row(13), a14 = o.A + places.Row(14), a15 = o.A + places.Row(15);
        TVector s0 = TLanes.Load(from);
        from += o.InitialRow;
        TVector s1 = TLanes.Load(from);
        from += o.InitialRow;
        TVector s2 = TLanes.Load(from);
        from += o.InitialRow;
        TVector s3 = TLanes.Load(from);
        from += o.InitialRow;
        TVector s4 = TLanes.Load(from);
        from += o.InitialRow;
        TVector s5 = TLanes.Load(from);
        from += o.InitialRow;
        TVector s6 = TLanes.Load(from);
        from += o.InitialRow;
        TVector s7 = TLanes.Load(from);
        from += o.InitialRow;
        TVector s8 = TLanes.Load(from);
        from += o.InitialRow;
        TVector s9 = TLanes.Load(from);
        from += o.InitialRow;
        TVector s10 = TLanes.Load(from);
        from += o.InitialRow;
        TVector s11 = TLanes.Load(from);
        from += o.InitialRow;
        TVector s12 = TLanes.Load(from);
        from += o.InitialRow;
        TVector s13 = TLanes.Load(from);
        from += o.InitialRow;
        TVector s14 = TLanes.Load(from);
        from += o.InitialRow;
        TVector s15 = TLanes.Load(from);
        nint at = places.Start;
        for (nint k = 0; k < depth; k++, panel += panelRow)
        {
            at = places.Next(at, k);
            TVector b = TLanes.Load(panel);
            s0 = TLanes.MultiplyAdd(TLanes.Create(a0[at]), b, s0);
            s1 = TLanes.MultiplyAdd(TLanes.Create(a1[at]), b, s1);
            s2 = TLanes.MultiplyAdd(TLanes.Create(a2[at]), b, s2);
            s3 = TLanes.MultiplyAdd(TLanes.Create(a3[at]), b, s3);
            s4 = TLanes.MultiplyAdd(TLanes.Create(a4[at]), b, s4);
            s5 = TLanes.MultiplyAdd(TLanes.Create(a5[at]), b, s5);
            s6 = TLanes.MultiplyAdd(TLanes.Create(a6[at]), b, s6);
            s7 = TLanes.MultiplyAdd(TLanes.Create(a7[at]), b, s7);
            s8 = TLanes.MultiplyAdd(TLanes.Create(a8[at]), b, s8);
            s9 = TLanes.MultiplyAdd(TLanes.Create(a9[at]), b, s9);
            s10 = TLanes.MultiplyAdd(TLanes.Create(a10[at]), b, s10);
            s11 = TLanes.MultiplyAdd(TLanes.Create(a11[at]), b, s11);
            s12 = TLanes.MultiplyAdd(TLanes.Create(a12[at]), b, s12);
            s13 = TLanes.MultiplyAdd(TLanes.Create(a13[at]), b, s13);
            s14 = TLanes.MultiplyAdd(TLanes.Create(a14[at]), b, s14);
            s15 = TLanes.MultiplyAdd(TLanes.Create(a15[at]), b, s15);
        }

        float* to = o.C;
        TLanes.Store(s0, to);
        to += o.CRow;
        TLanes.Store(s1, to);
        to += o.CRow;
        TLanes.Store(s2, to);
        to += o.CRow;
        TLanes.Store(s3, to);
        to += o.CRow;
        TLanes.Store(s4, to);
        to += o.CRow;
        TLanes.Store(s5, to);
        to += o.CRow;
        TLanes.Store(s6, to);
        to += o.CRow;
        TLanes.Store(s7, to);
        to += o.CRow;
        TLanes.Store(s8, to);
        to += o.CRow;
        TLanes.Store(s9, to);
        to += o.CRow;
        TLanes.Store(s10, to);
        to += o.CRow;
        TLanes.Store(s11, to);
        to += o.CRow;
        TLanes.Store(s12, to);
        to += o.CRow;
        TLanes.Store(s13, to);
        to += o.CRow;
        TLanes.Store(s14, to);
        to += o.CRow;
        TLanes.Store(s15, to);
    }

    /// <summary>Whether the next sixteen rows are quads of rows at the same distance.</summary>
    private static bool AreQuads(in PanelOperands o)
    {
        TPlaces places = TPlaces.Of(o);
        nint step = places.Row(1) - places.Row(0);
        bool areQuads = true;
        for (int i = 0; i < 16; i += 4)
        {
            nint first = places.Row(i);
            areQuads &= places.Row(i + 1) - first == step && places.Row(i + 2) - first == 2 * step
                && places.Row(i + 3) - first == 3 * step;
        }

        return areQuads;
    }

    /// <summary>The same where <see cref="AreQuads"/>: the addresses of four rows fit in registers, those of sixteen do not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile16x1OfQuads(in PanelOperands o)
    {
        TPlaces places = TPlaces.Of(o);
        nint panelRow = o.PanelRow, depth = o.Depth;
        float* panel = o.Panel, from = o.Initial;
        float* a0 = o.A + places.Row(0), a4 = o.A + places.Row(4), a8 = o.A + places.Row(8), a12 = o.A + places.Row(12);
        nint one = places.Row(1) - places.Row(0), two = 2 * one, three = 3 * one;
        TVector s0 = TLanes.Load(from);
        from += o.InitialRow;
        TVector s1 = TLanes.Load(from);
        from += o.InitialRow;
        TVector s2 = TLanes.Load(from);
        from += o.InitialRow;
        TVector s3 = TLanes.Load(from);
        from += o.InitialRow;
        TVector s4 = TLanes.Load(from);
        from += o.InitialRow;
        TVector s5 = TLanes.Load(from);
        from += o.InitialRow;
        TVector s6 = TLanes.Load(from);
        from += o.InitialRow;
        TVector s7 = TLanes.Load(from);
        from += o.InitialRow;
        TVector s8 = TLanes.Load(from);
        from += o.InitialRow;
        TVector s9 = TLanes.Load(from);
        from += o.InitialRow;
        TVector s10 = TLanes.Load(from);
        from += o.InitialRow;
        TVector s11 = TLanes.Load(from);
        from += o.InitialRow;
        TVector s12 = TLanes.Load(from);
        from += o.InitialRow;
        TVector s13 = TLanes.Load(from);
        from += o.InitialRow;
        TVector s14 = TLanes.Load(from);
        from += o.InitialRow;
        TVector s15 = TLanes.Load(from);
        nint at = places.Start;
        for (nint k = 0; k < depth; k++, panel += panelRow)
        {
            at = places.Next(at, k);
            TVector b = TLanes.Load(panel);
            float* a = a0 + at;
            s0 = TLanes.MultiplyAdd(TLanes.Create(*a), b, s0);
            s1 = TLanes.MultiplyAdd(TLanes.Create(a[one]), b, s1);
            s2 = TLanes.MultiplyAdd(TLanes.Create(a[two]), b, s2);
            s3 = TLanes.MultiplyAdd(TLanes.Create(a[three]), b, s3);
            a = a4 + at;
            s4 = TLanes.MultiplyAdd(TLanes.Create(*a), b, s4);
            s5 = TLanes.MultiplyAdd(TLanes.Create(a[one]), b, s5);
            s6 = TLanes.MultiplyAdd(TLanes.Create(a[two]), b, s6);
            s7 = TLanes.MultiplyAdd(TLanes.Create(a[three]), b, s7);
            a = a8 + at;
            s8 = TLanes.MultiplyAdd(TLanes.Create(*a), b, s8);
            s9 = TLanes.MultiplyAdd(TLanes.Create(a[one]), b, s9);
            s10 = TLanes.MultiplyAdd(TLanes.Create(a[two]), b, s10);
            s11 = TLanes.MultiplyAdd(TLanes.Create(a[three]), b, s11);
            a = a12 + at;
            s12 = TLanes.MultiplyAdd(TLanes.Create(*a), b, s12);
            s13 = TLanes.MultiplyAdd(TLanes.Create(a[one]), b, s13);
            s14 = TLanes.MultiplyAdd(TLanes.Create(a[two]), b, s14);
            s15 = TLanes.MultiplyAdd(TLanes.Create(a[three]), b, s15);
        }

        float* to = o.C;
        TLanes.Store(s0, to);
        to += o.CRow;
        TLanes.Store(s1, to);
        to += o.CRow;
        TLanes.Store(s2, to);
        to += o.CRow;
        TLanes.Store(s3, to);
        to += o.CRow;
        TLanes.Store(s4, to);
        to += o.CRow;
        TLanes.Store(s5, to);
        to += o.CRow;
        TLanes.Store(s6, to);
        to += o.CRow;
        TLanes.Store(s7, to);
        to += o.CRow;
        TLanes.Store(s8, to);
        to += o.CRow;
        TLanes.Store(s9, to);
        to += o.CRow;
        TLanes.Store(s10, to);
        to += o.CRow;
        TLanes.Store(s11, to);
        to += o.CRow;
        TLanes.Store(s12, to);
        to += o.CRow;
        TLanes.Store(s13, to);
        to += o.CRow;
        TLanes.Store(s14, to);
        to += o.CRow;
        TLanes.Store(s15, to);
    }
}
