namespace Cairn.Dashboard.Runs;

/// <summary>The actions that the page may request of a training.</summary>
internal interface IRunActions
{
    /// <summary>Requests an action, which is performed between two batches.</summary>
    /// <param name="asked">The action.</param>
    /// <returns>The reason for rejecting it; null if it is accepted.</returns>
    string? Ask(RequestedAction asked);
}
