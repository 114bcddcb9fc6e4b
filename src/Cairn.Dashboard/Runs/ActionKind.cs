namespace Cairn.Dashboard.Runs;

/// <summary>The actions of the page.</summary>
internal enum ActionKind
{
    /// <summary>Stops the training after the current epoch.</summary>
    Stop,

    /// <summary>Saves the model.</summary>
    Save,

    /// <summary>Sets the learning rate.</summary>
    Rate,

    /// <summary>Halves the learning rate.</summary>
    Halve,

    /// <summary>Adds a note to the history.</summary>
    Note,
}
