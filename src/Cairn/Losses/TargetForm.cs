namespace Cairn.Losses;

/// <summary>The kind of targets, which Keras infers from the shapes for strings such as <c>"accuracy"</c>.</summary>
internal enum TargetForm
{
    /// <summary>Binary: zeros and ones for an output of size 1.</summary>
    Binary,

    /// <summary>Sparse: one class index per position.</summary>
    ClassNumbers,

    /// <summary>One-hot: the size of the output, with a single 1.</summary>
    OneHot,
}
