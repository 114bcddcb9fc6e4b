using System.Runtime.CompilerServices;

namespace Cairn.Native;

/// <summary>Rows and columns anywhere: a number is at the sum of its row's place and its column's.</summary>
internal readonly unsafe struct ListedPlaces(nint* rows, nint* columns) : IPlaces<ListedPlaces>
{
    private readonly nint* rows = rows;
    private readonly nint* columns = columns;

    public nint Start => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ListedPlaces Of(in PanelOperands operands) => new(operands.Rows, operands.Columns);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public nint Row(int index) => rows[index];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public nint Next(nint at, nint index) => columns[index];
}
