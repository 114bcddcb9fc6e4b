using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Cairn.Native;
using Cairn.Replication;
using Cairn.Training;
using TorchSharp;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Losses;

/// <summary>
/// Cross-entropy of integer class targets, <c>[batch]</c> or <c>[batch, 1]</c>. Keras: <c>losses.SparseCategoricalCrossentropy</c>.
/// </summary>
public sealed class SparseCategoricalCrossentropy : Loss
{
    /// <summary>Creates a sparse categorical cross-entropy.</summary>
    /// <param name="fromLogits">Whether predictions are logits; false (probabilities) by default.</param>
    /// <param name="ignoreClass">A class to ignore, or null (default).</param>
    /// <param name="axis">The axis of the classes; the last by default.</param>
    /// <param name="reduction">The reduction over the samples; their mean by default.</param>
    /// <param name="name">The name of the loss.</param>
    public SparseCategoricalCrossentropy(
        bool fromLogits = false,
        int? ignoreClass = null,
        int axis = -1,
        string reduction = "sum_over_batch_size",
        string name = "sparse_categorical_crossentropy")
        : base(name, reduction)
    {
        FromLogits = fromLogits;
        IgnoreClass = ignoreClass;
        Axis = axis;
    }

    /// <summary>Whether predictions are logits instead of probabilities.</summary>
    public bool FromLogits { get; }

    /// <summary>A class to ignore.</summary>
    public int? IgnoreClass { get; }

    /// <summary>The axis of the classes.</summary>
    public int Axis { get; }

    /// <inheritdoc/>
    public override Tensor Call(Tensor yTrue, Tensor yPred) => Values(yTrue, yPred, null);

    private protected override Tensor Values(Tensor yTrue, Tensor yPred, BatchShare? share)
    {
        Tensor labels = RankAlignment.ClassNumbers(yTrue, yPred, Axis).to(ScalarType.Int64);
        Tensor logProbabilities = Losses.CategoricalCrossentropy.LogProbabilities(yPred, FromLogits, Axis);
        if (IgnoreClass is not { } ignored)
        {
            return Pick(logProbabilities, labels);
        }

        Tensor counts = labels.ne(Held(ignored));
        Tensor values = Pick(logProbabilities, labels.where(counts, torch.zeros_like(labels)));

        // Keras scales the weights so that the mean over all positions is the mean over the included ones.
        Tensor weights = counts.to(values.dtype);
        if (Reduction is not ("sum" or "none"))
        {
            (double all, Tensor counted) = share is null ? (weights.NumberOfElements, weights.sum())
                : (weights.NumberOfElements * share.SumFactor, share.Sum(weights.sum()));
            weights *= Held((float)all) / counted.clamp_min(Held(1));
        }

        return values * weights;
    }

    internal override bool TryDifferentiate(Tensor yTrue, Tensor yPred, out BatchLoss value, [NotNullWhen(true)] out Tensor? gradient)
    {
        (value, gradient) = (default, null);
        if (IgnoreClass is not null || Axis is not (-1 or 1) || !ClassScores.TryReach(yTrue, yPred, out ClassScores scores))
        {
            return false;
        }

        for (int sample = 0; sample < scores.Count; sample++)
        {
            // libtorch has the better error message for a class that does not exist.
            if (scores.Label(sample) < 0 || scores.Label(sample) >= scores.Classes)
            {
                return false;
            }
        }

        gradient = empty_like(yPred, requires_grad: false);
        value = SparseCrossentropyPass.Run(scores, FromLogits, Reduction is "sum" ? 1 : 1f / scores.Count,
            TensorMemory.SpanOf<float>(gradient));
        return true;
    }

    internal override void CheckShapes(Shape yTrue, Shape yPred, string argument) => RankAlignment.RequireClassNumbers(
        ClassName, yTrue, yPred, argument, yPred.IsCompatibleWith(yTrue) ? " For one-hot targets, use 'categorical_crossentropy'." : "");

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["from_logits"] = FromLogits;
        config["ignore_class"] = IgnoreClass;
        config["axis"] = Axis;
    }

    private Tensor Pick(Tensor logProbabilities, Tensor labels)
    {
        // Flattened to positions: the gradient of libtorch's kernel for images requires contiguous memory.
        Tensor classesLast = Axis == -1 ? logProbabilities : logProbabilities.movedim([Axis], [-1]);
        Tensor rows = classesLast.reshape(-1, classesLast.shape[^1]);
        return nn.functional.nll_loss(rows, labels.flatten(), reduction: nn.Reduction.None).reshape(labels.shape);
    }
}
