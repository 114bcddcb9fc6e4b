using TorchSharp;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Operations.Definitions;

/// <summary>Losses as operations, per sample.</summary>
internal static class LossOperations
{
    private const double Epsilon = 1e-7;

    public static IEnumerable<OperationDefinition> All { get; } =
    [
        new("nn", "BinaryCrossentropy", "from_logits=False", "target, output", a =>
        {
            OperationSource target = a.Tensor("target");
            OperationSource output = a.Tensor("output");
            bool logits = a.Bool("from_logits");
            return t =>
            {
                Tensor x = output.Of(t);
                Tensor y = target.Of(t).to_type(x.dtype);
                if (logits)
                {
                    return [nn.functional.binary_cross_entropy_with_logits(x, y, reduction: nn.Reduction.None)];
                }

                Tensor p = Clipped(x);
                return [(y * p.log()).Plus(Held(1).Minus(y) * Held(1).Minus(p).log()).neg()];
            };
        }),
        new("nn", "CategoricalCrossentropy", "from_logits=False, axis=-1", "target, output", a =>
        {
            OperationSource target = a.Tensor("target");
            OperationSource output = a.Tensor("output");
            bool logits = a.Bool("from_logits");
            long axis = a.Long("axis");
            return t => [(target.Of(t) * LogProbabilities(output.Of(t), axis, logits)).sum(axis).neg()];
        }),
        new("nn", "SparseCategoricalCrossentropy", "from_logits=False, axis=-1", "target, output", a =>
        {
            OperationSource target = a.Tensor("target");
            OperationSource output = a.Tensor("output");
            bool logits = a.Bool("from_logits");
            long axis = a.Long("axis");
            return t =>
            {
                Tensor log = LogProbabilities(output.Of(t), axis, logits);
                Tensor places = target.Of(t).to_type(ScalarType.Int64);
                places = places.dim() == log.dim() ? places : places.unsqueeze(axis);
                return [log.take_along_dim(places, axis).squeeze(axis).neg()];
            };
        }),
        new("nn", "CTCLoss", "mask_index=0", "target, output, target_length, output_length", a =>
        {
            OperationSource target = a.Tensor("target");
            OperationSource output = a.Tensor("output");
            OperationSource targetLength = a.Tensor("target_length");
            OperationSource outputLength = a.Tensor("output_length");
            long blank = a.Long("mask_index");
            return t =>
            {
                Tensor log = nn.functional.log_softmax(ElementTypes.Floating(output.Of(t)).transpose(0, 1), -1);
                return [log.device_type == DeviceType.META
                    ? empty([log.shape[1]], log.dtype, log.device)
                    : nn.functional.ctc_loss(
                        log,
                        target.Of(t).to_type(ScalarType.Int64),
                        outputLength.Of(t).to_type(ScalarType.Int64),
                        targetLength.Of(t).to_type(ScalarType.Int64),
                        blank,
                        reduction: nn.Reduction.None)];
            };
        }),
        new("nn", "PSNR", "max_val", "x1, x2", a =>
        {
            OperationSource first = a.Tensor("x1");
            OperationSource second = a.Tensor("x2");
            double most = a.Double("max_val");
            return t => [Held(20 * Math.Log10(most)).Minus(Held(10) * (first.Of(t) - second.Of(t)).Squared().mean().log10())];
        }),
    ];

    private static Tensor Clipped(Tensor p) => p.clamp(Held(Epsilon), Held(1 - Epsilon));

    private static Tensor LogProbabilities(Tensor x, long axis, bool logits) => logits
        ? nn.functional.log_softmax(x, axis)
        : Clipped(x / x.sum([axis], keepdim: true)).log();
}
