using System.Runtime.Intrinsics;

namespace Cairn.Training.Plan;

/// <summary>The inner loops of <see cref="PanelProduct"/> for vectors of 512 bits.</summary>
/// <remarks>
/// The sums of a tile, two vectors wide and eight rows high, stay in registers. Each row has the same order of operations, so neither the
/// height of a tile nor the number of threads changes any bit.
/// </remarks>
internal static unsafe class WideTiles
{
    /// <summary>Rows of a tile.</summary>
    public const int Rows = 8;

    private const int Lanes = 16;
    private const int Width = 2 * Lanes;

    /// <summary>Multiplies rows by a panel.</summary>
    /// <param name="a">The first row's first number.</param>
    /// <param name="aRow">The distance from row to row.</param>
    /// <param name="aColumn">The distance from column to column.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="depth">Number of products that each sum has.</param>
    /// <param name="panel">The panel: as many numbers as two vectors have, for each of them.</param>
    /// <param name="initial">What the sums begin with, as wide as the panel.</param>
    /// <param name="c">The sums.</param>
    /// <param name="cRow">Their distance from row to row.</param>
    /// <param name="isHalf">Whether only the first half of the panel is needed.</param>
    public static void Multiply(
        float* a, nint aRow, nint aColumn, int rows, int depth, float* panel, float* initial, float* c, nint cRow, bool isHalf)
    {
        for (; rows >= Rows; rows -= Rows, a += Rows * aRow, c += Rows * cRow)
        {
            if (isHalf)
            {
                Tile8x1(a, aRow, aColumn, depth, panel, initial, c, cRow);
            }
            else
            {
                Tile8x2(a, aRow, aColumn, depth, panel, initial, c, cRow);
            }
        }

        for (; rows > 0; rows--, a += aRow, c += cRow)
        {
            if (isHalf)
            {
                Tile1x1(a, aRow, aColumn, depth, panel, initial, c, cRow);
            }
            else
            {
                Tile1x2(a, aRow, aColumn, depth, panel, initial, c, cRow);
            }
        }
    }

    private static void Tile8x2(float* a, nint aRow, nint aColumn, int depth, float* panel, float* initial, float* c, nint cRow)
    {
        float* a0 = a, a1 = a + aRow, a2 = a + (2 * aRow), a3 = a + (3 * aRow);
        float* a4 = a + (4 * aRow), a5 = a + (5 * aRow), a6 = a + (6 * aRow), a7 = a + (7 * aRow);
        Vector512<float> s00 = Vector512.Load(initial), s01 = Vector512.Load(initial + Lanes);
        Vector512<float> s10 = s00, s11 = s01;
        Vector512<float> s20 = s00, s21 = s01;
        Vector512<float> s30 = s00, s31 = s01;
        Vector512<float> s40 = s00, s41 = s01;
        Vector512<float> s50 = s00, s51 = s01;
        Vector512<float> s60 = s00, s61 = s01;
        Vector512<float> s70 = s00, s71 = s01;
        nint at = 0;
        for (int k = 0; k < depth; k++, at += aColumn, panel += Width)
        {
            Vector512<float> b0 = Vector512.Load(panel), b1 = Vector512.Load(panel + Lanes);
            var x = Vector512.Create(a0[at]);
            s00 = Vector512.MultiplyAddEstimate(x, b0, s00);
            s01 = Vector512.MultiplyAddEstimate(x, b1, s01);
            x = Vector512.Create(a1[at]);
            s10 = Vector512.MultiplyAddEstimate(x, b0, s10);
            s11 = Vector512.MultiplyAddEstimate(x, b1, s11);
            x = Vector512.Create(a2[at]);
            s20 = Vector512.MultiplyAddEstimate(x, b0, s20);
            s21 = Vector512.MultiplyAddEstimate(x, b1, s21);
            x = Vector512.Create(a3[at]);
            s30 = Vector512.MultiplyAddEstimate(x, b0, s30);
            s31 = Vector512.MultiplyAddEstimate(x, b1, s31);
            x = Vector512.Create(a4[at]);
            s40 = Vector512.MultiplyAddEstimate(x, b0, s40);
            s41 = Vector512.MultiplyAddEstimate(x, b1, s41);
            x = Vector512.Create(a5[at]);
            s50 = Vector512.MultiplyAddEstimate(x, b0, s50);
            s51 = Vector512.MultiplyAddEstimate(x, b1, s51);
            x = Vector512.Create(a6[at]);
            s60 = Vector512.MultiplyAddEstimate(x, b0, s60);
            s61 = Vector512.MultiplyAddEstimate(x, b1, s61);
            x = Vector512.Create(a7[at]);
            s70 = Vector512.MultiplyAddEstimate(x, b0, s70);
            s71 = Vector512.MultiplyAddEstimate(x, b1, s71);
        }

        s00.Store(c);
        s01.Store(c + Lanes);
        c += cRow;
        s10.Store(c);
        s11.Store(c + Lanes);
        c += cRow;
        s20.Store(c);
        s21.Store(c + Lanes);
        c += cRow;
        s30.Store(c);
        s31.Store(c + Lanes);
        c += cRow;
        s40.Store(c);
        s41.Store(c + Lanes);
        c += cRow;
        s50.Store(c);
        s51.Store(c + Lanes);
        c += cRow;
        s60.Store(c);
        s61.Store(c + Lanes);
        c += cRow;
        s70.Store(c);
        s71.Store(c + Lanes);
    }

    private static void Tile8x1(float* a, nint aRow, nint aColumn, int depth, float* panel, float* initial, float* c, nint cRow)
    {
        float* a0 = a, a1 = a + aRow, a2 = a + (2 * aRow), a3 = a + (3 * aRow);
        float* a4 = a + (4 * aRow), a5 = a + (5 * aRow), a6 = a + (6 * aRow), a7 = a + (7 * aRow);
        var s00 = Vector512.Load(initial);
        Vector512<float> s10 = s00;
        Vector512<float> s20 = s00;
        Vector512<float> s30 = s00;
        Vector512<float> s40 = s00;
        Vector512<float> s50 = s00;
        Vector512<float> s60 = s00;
        Vector512<float> s70 = s00;
        nint at = 0;
        for (int k = 0; k < depth; k++, at += aColumn, panel += Width)
        {
            var b0 = Vector512.Load(panel);
            var x = Vector512.Create(a0[at]);
            s00 = Vector512.MultiplyAddEstimate(x, b0, s00);
            x = Vector512.Create(a1[at]);
            s10 = Vector512.MultiplyAddEstimate(x, b0, s10);
            x = Vector512.Create(a2[at]);
            s20 = Vector512.MultiplyAddEstimate(x, b0, s20);
            x = Vector512.Create(a3[at]);
            s30 = Vector512.MultiplyAddEstimate(x, b0, s30);
            x = Vector512.Create(a4[at]);
            s40 = Vector512.MultiplyAddEstimate(x, b0, s40);
            x = Vector512.Create(a5[at]);
            s50 = Vector512.MultiplyAddEstimate(x, b0, s50);
            x = Vector512.Create(a6[at]);
            s60 = Vector512.MultiplyAddEstimate(x, b0, s60);
            x = Vector512.Create(a7[at]);
            s70 = Vector512.MultiplyAddEstimate(x, b0, s70);
        }

        s00.Store(c);
        c += cRow;
        s10.Store(c);
        c += cRow;
        s20.Store(c);
        c += cRow;
        s30.Store(c);
        c += cRow;
        s40.Store(c);
        c += cRow;
        s50.Store(c);
        c += cRow;
        s60.Store(c);
        c += cRow;
        s70.Store(c);
    }

    private static void Tile1x2(float* a, nint aRow, nint aColumn, int depth, float* panel, float* initial, float* c, nint cRow)
    {
        float* a0 = a;
        Vector512<float> s00 = Vector512.Load(initial), s01 = Vector512.Load(initial + Lanes);
        nint at = 0;
        for (int k = 0; k < depth; k++, at += aColumn, panel += Width)
        {
            Vector512<float> b0 = Vector512.Load(panel), b1 = Vector512.Load(panel + Lanes);
            var x = Vector512.Create(a0[at]);
            s00 = Vector512.MultiplyAddEstimate(x, b0, s00);
            s01 = Vector512.MultiplyAddEstimate(x, b1, s01);
        }

        s00.Store(c);
        s01.Store(c + Lanes);
    }

    private static void Tile1x1(float* a, nint aRow, nint aColumn, int depth, float* panel, float* initial, float* c, nint cRow)
    {
        float* a0 = a;
        var s00 = Vector512.Load(initial);
        nint at = 0;
        for (int k = 0; k < depth; k++, at += aColumn, panel += Width)
        {
            var b0 = Vector512.Load(panel);
            var x = Vector512.Create(a0[at]);
            s00 = Vector512.MultiplyAddEstimate(x, b0, s00);
        }

        s00.Store(c);
    }
}
