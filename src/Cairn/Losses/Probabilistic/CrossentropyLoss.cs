using System.ComponentModel;
using System.Text.Json.Nodes;

namespace Cairn.Losses;

/// <summary>Base class of the cross-entropies of one-hot and binary targets: logits or probabilities, and label smoothing.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class CrossentropyLoss : Loss
{
    /// <summary>Keras' <c>backend.epsilon()</c>: probabilities are clipped this far from 0 and 1.</summary>
    internal const double Epsilon = 1e-7;

    /// <summary>The lower clipping bound of probabilities, as a 32-bit float.</summary>
    internal const float Least = (float)Epsilon;

    /// <summary>The upper clipping bound of probabilities, as a 32-bit float.</summary>
    internal const float Most = (float)(1 - Epsilon);

    private protected CrossentropyLoss(string name, string reduction, bool fromLogits, double labelSmoothing, int axis)
        : base(name, reduction)
    {
        if (labelSmoothing is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(labelSmoothing), labelSmoothing, "labelSmoothing must be in [0, 1].");
        }

        FromLogits = fromLogits;
        LabelSmoothing = labelSmoothing;
        Axis = axis;
    }

    /// <summary>Whether predictions are logits (any numbers) instead of probabilities.</summary>
    public bool FromLogits { get; }

    /// <summary>The label smoothing, 0 to 1.</summary>
    public double LabelSmoothing { get; }

    /// <summary>The axis of the classes.</summary>
    public int Axis { get; }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["from_logits"] = FromLogits;
        config["label_smoothing"] = LabelSmoothing;
        config["axis"] = Axis;
    }
}
