namespace Cairn.Native;

/// <summary>The input of a product whose kernel gets a gradient.</summary>
internal unsafe struct GradientInput
{
    /// <summary>The input of the rows after the first <see cref="RowsBefore"/>, contiguous.</summary>
    public float* Rows;

    /// <summary>Number of elements of a row.</summary>
    public int Features;

    /// <summary>The input of the first rows, contiguous; null if it is zero.</summary>
    public float* Before;

    /// <summary>Number of the first rows.</summary>
    public int RowsBefore;

    /// <summary>The gradient of the kernel, <c>[features, columns]</c>; null if it is not needed.</summary>
    public float* Gradient;
}
