using Cairn.Native;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Operations.Definitions;

/// <summary>Normalization and attention.</summary>
internal static class NormalizationOperations
{
    private const double Epsilon = 1e-7;

    public static IEnumerable<OperationDefinition> All { get; } =
    [
        new("nn", "Normalize", "axis=-1, order=2, epsilon=None", "x", a =>
        {
            OperationSource x = a.Tensor("x");
            long[]? axes = a.Axes("axis");
            double order = a.Double("order");
            double epsilon = a.OptionalDouble("epsilon") ?? Epsilon;
            return t =>
            {
                Tensor floating = ElementTypes.Floating(x.Of(t));
                long[] places = OperationDefinition.AllOr(axes, floating);
                if (order == 2)
                {
                    return [floating * AtLeast.Of(floating.Squared().sum(places, keepdim: true), epsilon * epsilon).rsqrt()];
                }

                return [floating / AtLeast.Of(linalg.norm(floating, order, places, keepdim: true), epsilon)];
            };
        }),
        new("nn", "BatchNorm", "axis, epsilon=0.001", "x, mean, variance, offset=None, scale=None", a =>
        {
            OperationSource x = a.Tensor("x");
            OperationSource mean = a.Tensor("mean");
            OperationSource variance = a.Tensor("variance");
            OperationSource? offset = a.OptionalTensor("offset");
            OperationSource? scale = a.OptionalTensor("scale");
            long axis = a.Long("axis");
            double epsilon = a.Double("epsilon");
            return t =>
            {
                Tensor given = x.Of(t);
                Tensor factor = Along(variance.Of(t), given, axis).add(Held(epsilon), Held(1)).rsqrt();
                factor = scale is null ? factor : factor * Along(scale.Of(t), given, axis);
                Tensor y = (given - Along(mean.Of(t), given, axis)) * factor;
                return [offset is null ? y : y.Plus(Along(offset.Of(t), given, axis))];
            };
        }),
        new("nn", "LayerNorm", "axis=-1, epsilon=None, rms_scaling=False", "x, gamma=None, beta=None", a =>
        {
            OperationSource x = a.Tensor("x");
            OperationSource? gamma = a.OptionalTensor("gamma");
            OperationSource? beta = a.OptionalTensor("beta");
            long[] axes = a.Sizes("axis");
            double epsilon = a.OptionalDouble("epsilon") ?? Epsilon;
            bool withoutMean = a.Bool("rms_scaling");
            return t =>
            {
                Tensor given = ElementTypes.Floating(x.Of(t));
                long[] places = OperationDefinition.AllOr(axes, given);
                Tensor scale = ReductionOperations.Variance(given, places, keep: true).add(Held(epsilon), Held(1)).rsqrt();
                Tensor y = (withoutMean ? given : given - given.mean(places, keepdim: true)) * scale;
                y = gamma is null ? y : y * Spread(gamma.Of(t), given, places);
                return [beta is null || withoutMean ? y : y.Plus(Spread(beta.Of(t), given, places))];
            };
        }),
        new("nn", "RMSNorm", "axis=-1, epsilon=None", "x, scale=None", a =>
        {
            OperationSource x = a.Tensor("x");
            OperationSource? scale = a.OptionalTensor("scale");
            long[] axes = a.Sizes("axis");
            double epsilon = a.OptionalDouble("epsilon") ?? Epsilon;
            return t =>
            {
                Tensor given = ElementTypes.Floating(x.Of(t));
                long[] places = OperationDefinition.AllOr(axes, given);
                Tensor y = given * given.Squared().mean(places, keepdim: true).add(Held(epsilon), Held(1)).rsqrt();
                return [scale is null ? y : y * Spread(scale.Of(t), given, places)];
            };
        }),
        new(
            "nn",
            "DotProductAttention",
            "is_causal=False, flash_attention=None, attn_logits_soft_cap=None",
            "query, key, value, bias=None, mask=None, scale=None",
            Attention),
    ];

    private static Tensor Along(Tensor vector, Tensor x, long axis)
    {
        long[] shape = [.. Enumerable.Repeat(1L, (int)x.dim())];
        shape[axis < 0 ? axis + x.dim() : axis] = vector.numel();
        return vector.reshape(shape);
    }

    private static Tensor Spread(Tensor weights, Tensor x, long[] places) =>
        weights.dim() == x.dim() || (places is [var only] && only == x.dim() - 1)
            ? weights
            : weights.reshape([.. Enumerable.Range(0, (int)x.dim()).Select(axis => places.Contains(axis) ? x.shape[axis] : 1)]);

    private static Func<Tensor[], Tensor[]> Attention(OperationArguments a)
    {
        OperationSource query = a.Tensor("query");
        OperationSource key = a.Tensor("key");
        OperationSource value = a.Tensor("value");
        OperationSource? bias = a.OptionalTensor("bias");
        OperationSource? mask = a.OptionalTensor("mask");
        bool causal = a.Bool("is_causal");
        double? scale = a.OptionalDouble("scale");
        double? cap = a.OptionalDouble("attn_logits_soft_cap");
        return t =>
        {
            Tensor q = query.Of(t).transpose(1, 2);
            Tensor k = Repeated(key.Of(t).transpose(1, 2), q);
            Tensor v = Repeated(value.Of(t).transpose(1, 2), q);
            Tensor scores = ProductOperations.MatMul(q, k.transpose(-2, -1)) * Held(scale ?? 1 / Math.Sqrt(q.shape[^1]));
            if (cap is { } most)
            {
                scores = (scores / Held(most)).tanh() * Held(most);
            }

            if (bias is not null)
            {
                scores = scores.Plus(bias.Of(t));
            }

            Tensor? seen = mask is null ? null : mask.Of(t).to_type(ScalarType.Bool);
            if (causal)
            {
                Tensor earlier = ones([q.shape[2], k.shape[2]], ScalarType.Bool, scores.device).tril();
                seen = seen is null ? earlier : seen.logical_and(earlier);
            }

            if (seen is not null)
            {
                scores = where(seen, scores, full_like(scores, Held(-1e30)));
            }

            return [ProductOperations.MatMul(scores.softmax(-1), v).transpose(1, 2)];
        };
    }

    private static Tensor Repeated(Tensor x, Tensor q) => q.shape[1] > x.shape[1] ? x.repeat_interleave(q.shape[1] / x.shape[1], 1) : x;
}
