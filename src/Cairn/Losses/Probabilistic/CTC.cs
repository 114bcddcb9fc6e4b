using TorchSharp;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Losses;

/// <summary>
/// Connectionist temporal classification loss, for sequences whose labels are not aligned with their steps. Keras: <c>losses.CTC</c>.
/// </summary>
/// <remarks>
/// Targets <c>[batch, labels]</c> are class indices, padded with 0, which is the blank; predictions <c>[batch, steps, classes]</c> are
/// logits. All steps of every sequence are used. More labels than the steps allow make the loss infinite, as in Keras.
/// </remarks>
/// <param name="reduction">The reduction over the samples; their mean by default.</param>
/// <param name="name">The name of the loss.</param>
public sealed class CTC(string reduction = "sum_over_batch_size", string name = "ctc") : Loss(name, reduction)
{
    private const long Blank = 0;

    /// <inheritdoc/>
    public override Tensor Call(Tensor yTrue, Tensor yPred)
    {
        if (yTrue.dim() != 2)
        {
            throw new ArgumentException($"CTC needs targets of shape [batch, labels]; got {(Shape)yTrue.shape}.", nameof(yTrue));
        }

        if (yPred.dim() != 3)
        {
            throw new ArgumentException($"CTC needs predictions of shape [batch, steps, classes]; got {(Shape)yPred.shape}.",
                nameof(yPred));
        }

        Tensor labels = yTrue.to(ScalarType.Int64);
        Tensor labelCounts = labels.ne(Held(Blank)).sum(-1);
        Tensor stepCounts = full([yPred.shape[0]], Held(yPred.shape[1]), ScalarType.Int64, labels.device);
        Tensor stepsFirst = nn.functional.log_softmax(yPred.transpose(0, 1), -1);
        return nn.functional.ctc_loss(stepsFirst, labels, stepCounts, labelCounts, Blank, reduction: nn.Reduction.None);
    }

    internal override void CheckShapes(Shape yTrue, Shape yPred, string argument)
    {
        if (yTrue.Rank != 2 || yPred.Rank != 3)
        {
            throw new ArgumentException(
                $"The targets have the shape {yTrue} and the model's output has the shape {yPred}; CTC needs (batch, labels) and (batch, "
                    + "steps, classes).",
                argument);
        }
    }
}
