using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>How a recurrent layer processes its sequences, and what it returns.</summary>
internal readonly record struct RecurrentMode(bool ReturnSequences, bool ReturnState, bool GoBackwards, bool Stateful, bool Unroll,
    bool ZeroOutputForMask)
{
    public static RecurrentMode Read(ConfigReader config)
    {
        if (config.Bool("time_major", false))
        {
            throw config.Error("time_major", "time-major sequences are not supported; time_major must be false");
        }

        return new RecurrentMode(
            config.Bool("return_sequences", false),
            config.Bool("return_state", false),
            config.Bool("go_backwards", false),
            config.Bool("stateful", false),
            config.Bool("unroll", false),
            config.Bool("zero_output_for_mask", false));
    }

    public void Write(JsonObject config)
    {
        config["return_sequences"] = ReturnSequences;
        config["return_state"] = ReturnState;
        config["go_backwards"] = GoBackwards;
        config["stateful"] = Stateful;
        config["unroll"] = Unroll;
        config["zero_output_for_mask"] = ZeroOutputForMask;
    }
}
