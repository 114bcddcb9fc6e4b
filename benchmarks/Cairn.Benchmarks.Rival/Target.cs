namespace Cairn.Benchmarks.Rival;

/// <summary>The target of a <see cref="Workload"/>.</summary>
internal enum Target
{
    /// <summary>Class indices from 0 to 9, with cross-entropy and accuracy.</summary>
    Classes,

    /// <summary>0 or 1, with binary cross-entropy and accuracy.</summary>
    Binary,

    /// <summary>The input itself, with the mean squared error.</summary>
    Input,
}
