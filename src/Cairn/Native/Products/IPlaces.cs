namespace Cairn.Native;

/// <summary>
/// Where the numbers of a product's first matrix are, so that code is written once for matrices and for patches of samples.
/// </summary>
/// <typeparam name="TSelf">The implementation.</typeparam>
internal interface IPlaces<TSelf>
    where TSelf : struct, IPlaces<TSelf>
{
    static abstract TSelf Of(in PanelOperands operands);

    /// <summary>The place before the first column.</summary>
    nint Start { get; }

    /// <summary>The distance of a row from the first number.</summary>
    nint Row(int index);

    /// <summary>The place of a column in each row.</summary>
    /// <param name="at">The place of the column before.</param>
    /// <param name="column">The index of the column.</param>
    nint Next(nint at, nint column);
}
