using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Cairn.Layers;

/// <summary>Positions of a convolution's input that the same elements of the window reach.</summary>
/// <param name="from">Where their slopes are.</param>
/// <param name="to">Where the positions are.</param>
/// <param name="taps">The elements of the window.</param>
/// <param name="columns">Where the slopes for these elements are, for each filter; pinned.</param>
internal sealed class InputPhase(PositionGrid from, PositionGrid to, int[] taps, nint[] columns)
{
    public PositionGrid From => from;

    public PositionGrid To => to;

    public int[] Taps => taps;

    public unsafe nint* Columns => (nint*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(columns));
}
