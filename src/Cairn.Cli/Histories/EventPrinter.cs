using Cairn.Callbacks;

namespace Cairn.Cli.Histories;

/// <summary>Prints one line per event, at the end of its epoch.</summary>
internal sealed class EventPrinter(History history) : Callback
{
    private int printed;

    public override bool OnlyOnFirstReplica => true;

    public override void OnTrainBegin(Logs logs) => printed = 0;

    public override SavedState SaveState()
    {
        var state = new SavedState();
        state.Set("printed", printed);
        return state;
    }

    public override void LoadState(SavedState state) => printed = state.GetInt32("printed");

    public override void OnEpochEnd(int epoch, Logs logs) => PrintNew();

    public override void OnTrainEnd(Logs logs) => PrintNew();

    private void PrintNew()
    {
        for (; printed < history.Events.Count; printed++)
        {
            // Warnings are shown immediately.
            if (history.Events[printed].Kind != EventKind.Warning)
            {
                Print($"  {history.Events[printed]}");
            }
        }
    }
}
