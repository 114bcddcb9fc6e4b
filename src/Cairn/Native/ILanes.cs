namespace Cairn.Native;

/// <summary>Vectors of one width, so that code is written once for all widths.</summary>
/// <typeparam name="TVector">The type of a vector.</typeparam>
internal unsafe interface ILanes<TVector>
{
    /// <summary>Number of elements.</summary>
    static abstract int Count { get; }

    /// <summary>Rows of the tallest tile whose sums, two vectors wide, fit in the processor's registers: 4 or 8.</summary>
    static abstract int TileRows { get; }

    static abstract TVector Load(float* from);

    /// <summary>A vector with the same number in all lanes.</summary>
    static abstract TVector Create(float number);

    /// <summary><c>x · y + sum</c>, rounded once where the processor can.</summary>
    static abstract TVector MultiplyAdd(TVector x, TVector y, TVector sum);

    static abstract void Store(TVector vector, float* to);
}
