namespace Cairn.Build;

/// <summary>How a library requires the libstdc++ version that only newer systems have.</summary>
internal enum MarkerState
{
    /// <summary>It does not require that version: nothing to do.</summary>
    NotNeeded,

    /// <summary>The requirement is already weak: nothing to do.</summary>
    Weak,

    /// <summary>It requires the version but does not use it: the entry can be made weak.</summary>
    Strong,

    /// <summary>It can't be parsed, or actually uses that version: it must not be changed.</summary>
    Untouchable,
}
