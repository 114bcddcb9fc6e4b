namespace Cairn.Dashboard.Runs;

/// <summary>What the page may ask of a training.</summary>
internal interface IRunActions
{
    /// <summary>Asks for something, which is done between two batches.</summary>
    /// <param name="asked">The action.</param>
    /// <returns>Why it can't be done; null if it will be.</returns>
    string? Ask(RequestedAction asked);
}
