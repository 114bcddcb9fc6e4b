namespace Cairn.Losses;

/// <summary>What targets are, as Keras reads it off the shapes where a string such as <c>"accuracy"</c> leaves it open.</summary>
internal enum TargetForm
{
    /// <summary>Zeros and ones for an output of one number.</summary>
    Binary,

    /// <summary>One class number for each position.</summary>
    ClassNumbers,

    /// <summary>As many numbers as the output has, one of them 1.</summary>
    OneHot,
}
