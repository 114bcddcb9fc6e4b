using Cairn.Activations;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Operations.Definitions;

/// <summary>Activation functions as operations.</summary>
internal static class ActivationOperations
{
    public static IEnumerable<OperationDefinition> All { get; } =
    [
        Named("Relu", "relu"),
        Named("Relu6", "relu6"),
        Named("Sigmoid", "sigmoid"),
        Named("SparseSigmoid", "sparse_sigmoid"),
        Named("Softplus", "softplus"),
        Named("Softsign", "softsign"),
        Named("SparsePlus", "sparse_plus"),
        Named("Silu", "silu"),
        Named("LogSigmoid", "log_sigmoid"),
        Named("HardSigmoid", "hard_sigmoid"),
        Named("HardSilu", "hard_silu"),
        Named("Selu", "selu"),
        Named("TanhShrink", "tanh_shrink"),
        Named("HardTanh", "hard_tanh"),
        Numbered("SoftShrink", "threshold=0.5", (x, n) => nn.functional.softshrink(x, n)),
        Numbered("HardShrink", "threshold=0.5", (x, n) => nn.functional.hardshrink(x, n)),
        Numbered("Squareplus", "b=4", (x, n) => x.Plus(x.Squared().Plus(Held(n)).sqrt()) / Held(2)),
        Numbered("LeakyRelu", "negative_slope=0.2", (x, n) => x.leaky_relu(Held(n))),
        Numbered("Elu", "alpha=1.0", (x, n) => x.elu(Held(n), Held(1.0), Held(1.0))),
        Numbered("Celu", "alpha=1.0", (x, n) => x.celu(Held(n))),
        new("nn", "Gelu", "approximate=True", "x", a =>
        {
            OperationSource x = a.Tensor("x");
            TorchSharp.Modules.GELU.Approximate how = a.Bool("approximate") ? TorchSharp.Modules.GELU.Approximate.tanh
                : TorchSharp.Modules.GELU.Approximate.none;
            return t => [ElementTypes.Floating(x.Of(t)).gelu(how)];
        })
        {
            IsElementwise = true,
        },
        new("nn", "Threshold", "threshold, default_value", "x", a =>
        {
            OperationSource x = a.Tensor("x");
            double least = a.Double("threshold");
            double value = a.Double("default_value");
            return t => [x.Of(t).threshold(Held(least), Held(value))];
        })
        {
            IsElementwise = true,
        },
        Along("Glu", (x, axes) => x.glu(axes[0])),
        Along("Softmax", (x, axes) => Flattened(x, axes, (y, axis) => y.softmax(axis))),
        Along("LogSoftmax", (x, axes) => Flattened(x, axes, (y, axis) => nn.functional.log_softmax(y, axis))),
        Along("Sparsemax", (x, axes) => ((ActivationFunction)"sparsemax").Apply(x.transpose(axes[0], -1)).transpose(axes[0], -1)),
    ];

    private static OperationDefinition Named(string className, string name)
    {
        ActivationFunction function = name;
        return OperationDefinition.Unary("nn", className,
            x => function.Apply(className is "Relu" or "Relu6" ? x : ElementTypes.Floating(x)));
    }

    private static OperationDefinition Numbered(string className, string setting, Func<Tensor, double, Tensor> function) =>
        new("nn", className, setting, "x", a =>
        {
            OperationSource x = a.Tensor("x");
            double number = a.Double(setting[..setting.IndexOf('=', StringComparison.Ordinal)]);
            return t => [function(ElementTypes.Floating(x.Of(t)), number)];
        })
        {
            IsElementwise = true,
        };

    private static OperationDefinition Along(string className, Func<Tensor, long[], Tensor> function) =>
        new("nn", className, "axis=-1", "x", a =>
    {
        OperationSource x = a.Tensor("x");
        bool isNone = a.Value("axis") is null;
        long[] axes = a.Axes("axis") ?? [0];
        return axes.Length == 0 ? throw a.Wrong("axis", "at least one axis") : t =>
        {
            Tensor floating = ElementTypes.Floating(x.Of(t));
            return isNone ? [function(floating.reshape(-1), [0]).reshape(floating.shape)] : [function(floating, axes)];
        };
    });

    /// <summary>Applies a function of one axis to several axes as if they were flattened.</summary>
    private static Tensor Flattened(Tensor x, long[] axes, Func<Tensor, long, Tensor> function)
    {
        if (axes is [var only])
        {
            return function(x, only);
        }

        long[] together = OperationDefinition.AllOr(axes, x);
        long[] others = [.. OperationDefinition.AllOr(null, x).Except(together)];
        long[] order = [.. others, .. together];
        Tensor moved = x.permute(order);
        Tensor flat = moved.reshape([.. others.Select(axis => x.shape[axis]), -1]);
        long[] back = new long[order.Length];
        for (int i = 0; i < order.Length; i++)
        {
            back[order[i]] = i;
        }

        return function(flat, -1).reshape(moved.shape).permute(back);
    }
}
