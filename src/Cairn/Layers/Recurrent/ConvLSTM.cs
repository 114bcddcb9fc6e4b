using System.ComponentModel;
using System.Text.Json.Nodes;
using Cairn.Regularizers;
using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>
/// Base class of <see cref="ConvLSTM1D"/>, <see cref="ConvLSTM2D"/> and <see cref="ConvLSTM3D"/>: an LSTM with convolutions in place of
/// matrix products.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class ConvLSTM : RNN
{
    private readonly ConvLSTMCell cell;

    private protected ConvLSTM(
        RecurrentSettings settings, Window window, bool unitForgetBias, RecurrentMode mode, Regularizer? activityRegularizer, string? name)
        : this(new ConvLSTMCell(settings, window, unitForgetBias, "conv_lstm_cell"), mode, activityRegularizer, name)
    {
    }

    private protected ConvLSTM(ConfigReader config, int rank)
        : this(
            RecurrentSettings.Read(config, gated: true, size: "filters"),
            Window.ForKernel(config, rank),
            config.Bool("unit_forget_bias", true),
            RecurrentMode.Read(config),
            LayerRegistry.Regularizer(config, "activity_regularizer"),
            config.OptionalString("name"))
    {
    }

    private ConvLSTM(ConvLSTMCell cell, RecurrentMode mode, Regularizer? activityRegularizer, string? name)
        : base(cell, mode, activityRegularizer, name) => this.cell = cell;

    /// <summary>Channels of the output.</summary>
    public int Filters => cell.Filters;

    /// <summary>Whether the bias of the forget gate is initialized to 1.</summary>
    public bool UnitForgetBias => cell.UnitForgetBias;

    private protected static int Positive(int filters)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(filters, 1);
        return filters;
    }

    private protected override void WriteCell(JsonObject config)
    {
        config["filters"] = Filters;
        cell.Window.WriteKernel(config);
        cell.Settings.Write(config, ("unit_forget_bias", UnitForgetBias), ActivityRegularizer, isLayer: true);
        config.Remove("units");
    }
}
