using System.ComponentModel;
using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace Cairn.Losses;

/// <summary>Base class of the overlap losses: the axes to sum over.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class OverlapLoss : Loss
{
    private readonly long[]? axes;

    private protected OverlapLoss(string name, string reduction, IReadOnlyList<int>? axis)
        : base(name, reduction)
    {
        Axis = axis;
        axes = axis?.Select(a => (long)a).ToArray();
    }

    /// <summary>The axes to sum over; null for all, which gives one value per batch.</summary>
    public IReadOnlyList<int>? Axis { get; }

    private protected Tensor Sum(Tensor values) => axes is null ? values.sum() : values.sum(axes);

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config) => config["axis"] = Axis switch
    {
        null => null,
        [int only] => JsonValue.Create(only),
        _ => new JsonArray([.. Axis.Select(a => (JsonNode)a)]),
    };
}
