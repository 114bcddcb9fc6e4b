namespace Cairn.Build;

/// <summary>What a library says about the version of libstdc++ that only newer systems have.</summary>
internal enum MarkerState
{
    /// <summary>It does not ask for that version: nothing to do.</summary>
    NotNeeded,

    /// <summary>It asks, but can do without: nothing left to do.</summary>
    Weak,

    /// <summary>It insists on a version that it does not use: the entry can be made weak.</summary>
    Strong,

    /// <summary>It is not understood, or really uses that version: it must stay as it is.</summary>
    Untouchable,
}
