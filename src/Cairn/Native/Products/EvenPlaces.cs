using System.Runtime.CompilerServices;

namespace Cairn.Native;

/// <summary>Rows and columns at equal distances.</summary>
internal readonly struct EvenPlaces(nint row, nint column) : IPlaces<EvenPlaces>
{
    private readonly nint row = row;
    private readonly nint column = column;

    public nint Start => -column;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EvenPlaces Of(in PanelOperands operands) => new(operands.ARow, operands.AColumn);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public nint Row(int index) => index * row;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public nint Next(nint at, nint index) => at + column;
}
