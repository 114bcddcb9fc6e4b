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

    static abstract TVector Add(TVector x, TVector y);

    static abstract TVector Subtract(TVector x, TVector y);

    static abstract TVector Multiply(TVector x, TVector y);

    static abstract TVector Divide(TVector x, TVector y);

    static abstract TVector Abs(TVector x);

    static abstract TVector CopySign(TVector magnitude, TVector sign);

    /// <summary>The smaller of two numbers; <paramref name="y"/> if it is NaN.</summary>
    static abstract TVector Smaller(TVector x, TVector y);

    /// <summary>The greater of two numbers; <paramref name="y"/> if it is NaN.</summary>
    static abstract TVector Greater(TVector x, TVector y);

    /// <summary><paramref name="ifLess"/> where <c>x &lt; y</c>, else <paramref name="otherwise"/>.</summary>
    static abstract TVector WhereLess(TVector x, TVector y, TVector ifLess, TVector otherwise);

    /// <summary><paramref name="ifAtMost"/> where <c>x ≤ y</c>, else, and for NaN, <paramref name="otherwise"/>.</summary>
    static abstract TVector WhereAtMost(TVector x, TVector y, TVector ifAtMost, TVector otherwise);

    /// <summary><c>x · 2^power</c>, rounded once, for whole powers from -254 to 254.</summary>
    static abstract TVector Scale(TVector x, TVector power);

    /// <summary>Whether any lane is NaN.</summary>
    static abstract bool HasNaN(TVector x);

    /// <summary>The sum of all lanes.</summary>
    static abstract float Sum(TVector x);

    /// <summary>The greatest lane.</summary>
    static abstract float Greatest(TVector x);
}
