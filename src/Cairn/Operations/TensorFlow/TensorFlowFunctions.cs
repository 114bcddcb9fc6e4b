using System.Text.Json.Nodes;

namespace Cairn.Operations.TensorFlow;

/// <summary>TensorFlow functions by public name, and the equivalent Keras operations.</summary>
internal static class TensorFlowFunctions
{
    private static readonly (string Names, string ClassName)[] Binary =
    [
        ("math.add __operators__.add add", "Add"),
        ("math.subtract __operators__.sub subtract", "Subtract"),
        ("math.multiply __operators__.mul multiply", "Multiply"),
        ("math.truediv math.divide __operators__.truediv truediv divide realdiv", "Divide"),
        ("math.divide_no_nan", "DivideNoNan"),
        ("math.floordiv floordiv", "FloorDivide"),
        ("math.floormod math.mod floormod", "Mod"),
        ("math.pow pow", "Power"),
        ("math.maximum maximum", "Maximum"),
        ("math.minimum minimum", "Minimum"),
        ("math.greater greater", "Greater"),
        ("math.greater_equal greater_equal", "GreaterEqual"),
        ("math.less less", "Less"),
        ("math.less_equal less_equal", "LessEqual"),
        ("math.equal equal __operators__.eq", "Equal"),
        ("math.not_equal not_equal __operators__.ne", "NotEqual"),
        ("math.logical_and logical_and", "LogicalAnd"),
        ("math.logical_or logical_or", "LogicalOr"),
        ("math.logical_xor", "LogicalXor"),
        ("math.atan2 atan2", "Arctan2"),
        ("nn.bias_add", "Add"),
    ];

    private static readonly (string Names, string ClassName)[] Unary =
    [
        ("math.abs abs __operators__.abs", "Absolute"),
        ("math.negative negative __operators__.neg", "Negative"),
        ("math.exp exp", "Exp"),
        ("math.expm1", "Expm1"),
        ("math.log", "Log"),
        ("math.log1p", "Log1p"),
        ("math.sqrt sqrt", "Sqrt"),
        ("math.rsqrt", "Rsqrt"),
        ("math.square square", "Square"),
        ("math.reciprocal", "Reciprocal"),
        ("math.sin sin", "Sin"),
        ("math.cos cos", "Cos"),
        ("math.tan tan", "Tan"),
        ("math.sinh sinh", "Sinh"),
        ("math.cosh cosh", "Cosh"),
        ("math.asin asin", "Arcsin"),
        ("math.acos acos", "Arccos"),
        ("math.atan atan", "Arctan"),
        ("math.tanh tanh nn.tanh", "Tanh"),
        ("math.sigmoid sigmoid nn.sigmoid", "Sigmoid"),
        ("math.log_sigmoid", "LogSigmoid"),
        ("math.erf", "Erf"),
        ("math.ceil", "Ceil"),
        ("math.floor floor", "Floor"),
        ("math.round round math.rint", "Round"),
        ("math.sign sign", "Sign"),
        ("math.is_nan", "Isnan"),
        ("math.is_inf", "Isinf"),
        ("math.is_finite", "Isfinite"),
        ("math.logical_not logical_not", "LogicalNot"),
        ("math.softplus nn.softplus", "Softplus"),
        ("nn.softsign", "Softsign"),
        ("nn.relu", "Relu"),
        ("nn.relu6", "Relu6"),
        ("nn.selu", "Selu"),
        ("nn.elu", "Elu"),
        ("nn.silu nn.swish", "Silu"),
        ("zeros_like", "ZerosLike"),
        ("ones_like", "OnesLike"),
        ("identity", "Copy"),
        ("stop_gradient", "StopGradient"),
    ];

    private static readonly (string Names, string ClassName)[] Reductions =
    [
        ("math.reduce_mean reduce_mean", "Mean"),
        ("math.reduce_sum reduce_sum", "Sum"),
        ("math.reduce_max reduce_max", "Max"),
        ("math.reduce_min reduce_min", "Min"),
        ("math.reduce_prod reduce_prod", "Prod"),
        ("math.reduce_std", "Std"),
        ("math.reduce_variance", "Var"),
        ("math.reduce_all reduce_all", "All"),
        ("math.reduce_any reduce_any", "Any"),
        ("math.reduce_logsumexp reduce_logsumexp", "Logsumexp"),
        ("math.reduce_euclidean_norm", "Norm"),
    ];

    /// <summary>The replacement of each function; initialized after the tables above, which it uses.</summary>
    public static IReadOnlyDictionary<string, Func<TensorFlowCall, Operand[]>> Known { get; } = Collect();

    private static Dictionary<string, Func<TensorFlowCall, Operand[]>> Collect()
    {
        var known = new Dictionary<string, Func<TensorFlowCall, Operand[]>>(StringComparer.Ordinal);
        foreach ((string names, string className) in Binary)
        {
            Add(names, call => [call.Apply(className, null, call.First, Second(call))]);
        }

        foreach ((string names, string className) in Unary)
        {
            Add(names, call => [call.Apply(className, null, call.First)]);
        }

        foreach ((string names, string className) in Reductions)
        {
            Add(names, call =>
                [call.Apply(className,
                new JsonObject { ["axis"] = call.Plain("axis"), ["keepdims"] = call.Flag("keepdims") || call.Flag("keep_dims") },
                call.First)]);
        }

        TensorFlowShapes.AddTo(Add);
        TensorFlowMath.AddTo(Add);
        return known;

        void Add(string names, Func<TensorFlowCall, Operand[]> translate)
        {
            foreach (string name in names.Split(' '))
            {
                known.Add(name, translate);
            }
        }
    }

    private static Operand Second(TensorFlowCall call) =>
        call["y"] is { IsNone: false } y ? y : call["other"] is { IsNone: false } other ? other : call["bias"];
}
