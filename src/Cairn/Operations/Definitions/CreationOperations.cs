using TorchSharp;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Operations.Definitions;

/// <summary>Creation of tensors from other tensors or scalars in the graph.</summary>
internal static class CreationOperations
{
    public static IEnumerable<OperationDefinition> All { get; } =
    [
        Like("ZerosLike", (x, type) => zeros_like(x, type)),
        Like("OnesLike", (x, type) => ones_like(x, type)),
        Like("EmptyLike", (x, type) => zeros_like(x, type)),
        new("numpy", "FullLike", "dtype=None", "x, fill_value", a =>
        {
            OperationSource x = a.Tensor("x");
            OperationSource value = a.Tensor("fill_value");
            ScalarType? type = a.Type("dtype");
            return t => [value.Of(t).to_type(type ?? x.Of(t).dtype).to(x.Of(t).device).expand_as(x.Of(t)).clone()];
        }),
        new("numpy", "Full", "shape, dtype=None", "fill_value", a =>
        {
            OperationSource value = a.Tensor("fill_value");
            ScalarType? type = a.Type("dtype");
            long[] shape = a.Sizes("shape");
            return t => [(type is { } other ? value.Of(t).to_type(other) : value.Of(t)).broadcast_to(shape).clone()];
        }),
        Spread("Linspace", "", (steps, start, stop, _) => start.Plus((stop - start) * steps)),
        Spread("Logspace", "base=10, ", (steps, start, stop, numberBase) => tensor(numberBase, start.dtype)
            .pow(start.Plus((stop - start) * steps))),
        Spread("Geomspace", "", (steps, start, stop, _) => start * (stop / start).pow(steps)),
        new("numpy", "Ndim", "", "x", a =>
        {
            OperationSource x = a.Tensor("x");
            return t => [tensor(x.Of(t).dim())];
        }),
        new("numpy", "Size", "", "x", a =>
        {
            OperationSource x = a.Tensor("x");
            return t => [tensor(x.Of(t).numel())];
        }),
    ];

    private static OperationDefinition Like(string className, Func<Tensor, ScalarType?, Tensor> make) =>
        new("numpy", className, "dtype=None", "x", a =>
    {
        OperationSource x = a.Tensor("x");
        ScalarType? type = a.Type("dtype");
        return t => [make(x.Of(t), type)];
    });

    /// <summary>Spaced values between two bounds, each of which may be a tensor.</summary>
    private static OperationDefinition Spread(string className, string more, Func<Tensor, Tensor, Tensor, double, Tensor> between) =>
        new("numpy", className, $"num=50, endpoint=True, {(className == "Linspace" ? "retstep=False, " : "")}{more}dtype=None, axis=0",
        "start, stop", a =>
        {
            OperationSource start = a.Tensor("start");
            OperationSource stop = a.Tensor("stop");
            long count = a.Long("num");
            long axis = a.Long("axis");
            ScalarType? type = a.Type("dtype");
            double numberBase = className == "Logspace" ? a.Double("base") : 0;
            if (count < 1 || count > 1 << 24)
            {
                throw a.Wrong("num", "a number above 0");
            }

            double intervals = Math.Max(1, a.Bool("endpoint") ? count - 1 : count);
            return t =>
            {
                Tensor first = ElementTypes.Floating(start.Of(t));
                Tensor last = ElementTypes.Floating(stop.Of(t));
                Tensor steps = arange(Held(0), Held(count), Held(1), first.dtype, first.device_type == DeviceType.META ? CPU : first.device)
                    / Held(intervals);
                long rank = Math.Max(first.dim(), last.dim());
                Tensor spread = between(steps.reshape([count, .. Enumerable.Repeat(1L, (int)rank)]), first.unsqueeze(0), last.unsqueeze(0),
                    numberBase);
                return [spread.movedim([0], [axis]).to_type(type ?? first.dtype)];
            };
        });
}
