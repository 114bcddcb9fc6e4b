using TorchSharp;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Operations.Definitions;

/// <summary>Encoding of classes, and decoding of sequences from scores.</summary>
internal static class EncodingOperations
{
    private const int MostClasses = 1 << 24;

    public static IEnumerable<OperationDefinition> All { get; } =
    [
        Encoding("OneHot", "num_classes", "x", (x, classes, axis, type) => OneHot(x, classes, axis, type)),
        Encoding("MultiHot", "num_classes=None", "inputs",
            (x, classes, axis, type) => OneHot(x, classes, axis, type).amax([x.dim() > 1 ? 1 : 0])),
        new("nn", "CTCDecode", "strategy='greedy', beam_width=100, top_paths=1, merge_repeated=True, mask_index=0",
            "inputs, sequence_lengths", a =>
        {
            OperationSource x = a.Tensor("inputs");
            OperationSource lengths = a.Tensor("sequence_lengths");
            bool merge = a.Bool("merge_repeated");
            long? mask = a.OptionalLong("mask_index");
            if (a.String("strategy") != "greedy")
            {
                throw a.Wrong("strategy", "'greedy' (beam search is not supported)");
            }

            return t => GreedyPaths(ElementTypes.Floating(x.Of(t)), lengths.Of(t), merge, mask ?? x.Of(t).shape[^1] - 1);
        }),
    ];

    /// <summary>One-hot vectors; all zeros for negative values.</summary>
    public static Tensor OneHot(Tensor x, long classes, long axis, ScalarType type)
    {
        Tensor places = x.to_type(ScalarType.Int64);
        Tensor numbers = arange(Held(0), Held(classes), Held(1), ScalarType.Int64, places.device_type == DeviceType.META ? CPU
            : places.device);
        Tensor rows = places.unsqueeze(-1).eq(places.device_type == DeviceType.META ? numbers.to(places.device) : numbers).to_type(type);
        return axis == -1 ? rows : rows.movedim([-1], [axis]);
    }

    private static OperationDefinition Encoding(string className, string classes, string parameter,
        Func<Tensor, long, long, ScalarType, Tensor> encode) =>
        new("nn", className, $"{classes}, axis=-1, dtype=None, sparse=False", parameter, a =>
        {
            OperationSource x = a.Tensor(parameter);
            long count = a.Long("num_classes");
            long axis = a.Long("axis");
            ScalarType type = a.Type("dtype") ?? ScalarType.Float32;
            return count is < 1 or > MostClasses ? throw a.Wrong("num_classes", $"a number from 1 to {MostClasses}")
                : a.Bool("sparse") ? throw a.Wrong("sparse", "False")
                : t => [encode(x.Of(t), count, axis, type)];
        });

    private static Tensor[] GreedyPaths(Tensor x, Tensor lengths, bool merge, long mask)
    {
        long steps = x.shape[1];
        Tensor order = arange(Held(0), Held(steps), Held(1), ScalarType.Int64).to(x.device_type == DeviceType.META ? CPU : x.device)
            .unsqueeze(0);
        Tensor ended = order.ge(lengths.to_type(ScalarType.Int64).unsqueeze(1));
        Tensor best = x.argmax(-1);
        best = where(ended, full_like(best, Held(mask)), best);
        Tensor scores = x.amax([-1]);
        scores = where(ended, zeros_like(scores), scores);
        if (merge)
        {
            Tensor repeats = nn.functional.pad(best.narrow(1, 1, steps - 1).eq(best.narrow(1, 0, steps - 1)).to_type(ScalarType.Int32),
                [1, 0]).ne(Held(0));
            best = where(repeats, full_like(best, Held(mask)), best);
        }

        Tensor blank = best.eq(Held(mask));
        best = where(blank, full_like(best, Held(-1)), best);
        Tensor places = where(blank, full_like(best, Held(steps)), order.expand_as(best)).sort(-1, stable: true).Indices;
        return [best.take_along_dim(places, -1).to_type(ScalarType.Int32).unsqueeze(0), scores.sum(1).neg().unsqueeze(1)];
    }
}
