namespace Cairn.Dashboard.Runs;

/// <summary>An action that the page requests of a training.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Value">The learning rate to set.</param>
/// <param name="Text">The text of a note.</param>
internal sealed record RequestedAction(ActionKind Kind, double Value = 0, string Text = "");
