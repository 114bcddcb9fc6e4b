using System.Text.Json.Nodes;
using Cairn.Callbacks;

namespace Cairn.Training;

/// <summary>The position of a run, between two batches or two epochs.</summary>
internal sealed class RunState(int initialEpoch)
{
    private const string First = "initial_epoch";

    private int initial = initialEpoch;

    /// <summary>Index of the current epoch, or of the next one.</summary>
    public int Epoch { get; set; } = initialEpoch;

    /// <summary>Whether the current epoch has begun.</summary>
    public bool InEpoch { get; set; }

    /// <summary>Number of completed batches in the current epoch.</summary>
    public int Batch { get; set; }

    /// <summary>Number of passes over the data begun so far, plus the index of the first epoch; determines the sample order.</summary>
    public int Pass { get; set; } = initialEpoch;

    /// <summary>Index, within the pass, of the next batch.</summary>
    public int Next { get; set; }

    /// <summary>The logs of the last complete epoch.</summary>
    public Logs Logs { get; set; } = Logs.Empty;

    /// <summary>A description of the position, counted from 1, such as <c>epoch 3, after batch 7</c>.</summary>
    public override string ToString() => FormattableString.Invariant(
        InEpoch ? (FormattableString)$"epoch {Epoch + 1}, after batch {Batch}" : $"before epoch {Epoch + 1}");

    /// <summary>Whether a state written by <see cref="Save"/> is that of a run that has not trained yet.</summary>
    public static bool IsStart(SavedState state) => !state.GetBoolean("in_epoch") && state.GetInt32("epoch") == state.GetInt32(First);

    public SavedState Save()
    {
        var state = new SavedState();
        state.Set(First, initial);
        state.Set("epoch", Epoch);
        state.Set("in_epoch", InEpoch);
        state.Set("batch", Batch);
        state.Set("pass", Pass);
        state.Set("next", Next);
        state.Values["logs"] = new JsonArray([.. Logs.Keys.Select(name => (JsonNode)name)]);
        state.Arrays["logs"] = Logs.Select(pair => pair.Value).ToArray();
        return state;
    }

    public void Load(SavedState state)
    {
        (initial, Epoch, InEpoch, Batch) =
            (state.GetInt32(First), state.GetInt32("epoch"), state.GetBoolean("in_epoch"), state.GetInt32("batch"));
        (Pass, Next) = (state.GetInt32("pass"), state.GetInt32("next"));
        Logs = new Logs(state.Values["logs"]!.AsArray().Select(name => (string)name!).Zip(state.GetDoubles("logs"), KeyValuePair.Create));
    }
}
