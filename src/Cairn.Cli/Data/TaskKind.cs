namespace Cairn.Cli.Data;

/// <summary>The task of a model.</summary>
internal enum TaskKind
{
    /// <summary>Predict one of several classes for each row.</summary>
    Classification,

    /// <summary>Predict one or more numbers for each row.</summary>
    Regression,
}
