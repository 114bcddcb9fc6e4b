namespace Cairn.Cli.Data;

/// <summary>What a model is to learn.</summary>
internal enum TaskKind
{
    /// <summary>One of several classes for each row.</summary>
    Classification,

    /// <summary>One or more numbers for each row.</summary>
    Regression,
}
