using static Cairn.Native.HeldScalar;
using static Cairn.Operations.OperationDefinition;
using static TorchSharp.torch;

namespace Cairn.Operations.Definitions;

/// <summary>Comparisons and selection by conditions.</summary>
internal static class ComparisonOperations
{
    public static IEnumerable<OperationDefinition> All { get; } =
    [
        Binary("Equal", (a, b) => a.eq(b)),
        Binary("NotEqual", (a, b) => a.ne(b)),
        Binary("Greater", (a, b) => a.gt(b)),
        Binary("GreaterEqual", (a, b) => a.ge(b)),
        Binary("Less", (a, b) => a.lt(b)),
        Binary("LessEqual", (a, b) => a.le(b)),
        Unary("numpy", "Isfinite", x => x.isfinite()),
        Unary("numpy", "Isinf", x => x.isinf()),
        Unary("numpy", "Isnan", x => x.isnan()),
        Unary("numpy", "Isneginf", x => x.isneginf()),
        Unary("numpy", "Isposinf", x => x.isposinf()),
        Unary("numpy", "Isreal", x => x.isreal()),
        new("numpy", "Isclose", "equal_nan=False", "x1, x2, rtol=1e-05, atol=1e-08", a =>
        {
            OperationSource first = a.Tensor("x1");
            OperationSource second = a.Tensor("x2");
            double relative = a.Double("rtol");
            double absolute = a.Double("atol");
            bool equalNaN = a.Bool("equal_nan");
            return t =>
            {
                (Tensor one, Tensor other) = ElementTypes.Together(first.Of(t), second.Of(t));
                return [one.isclose(other, relative, absolute, equalNaN)];
            };
        })
        {
            IsElementwise = true,
        },
        new("numpy", "AllClose", "rtol=1e-05, atol=1e-08, equal_nan=False", "x1, x2", a =>
        {
            OperationSource first = a.Tensor("x1");
            OperationSource second = a.Tensor("x2");
            double relative = a.Double("rtol");
            double absolute = a.Double("atol");
            bool equalNaN = a.Bool("equal_nan");
            return t =>
            {
                (Tensor one, Tensor other) = ElementTypes.Together(first.Of(t), second.Of(t));
                return [one.isclose(other, relative, absolute, equalNaN).all()];
            };
        }),
        new("numpy", "IsIn", "assume_unique=False, invert=False", "x1, x2", a =>
        {
            OperationSource first = a.Tensor("x1");
            OperationSource second = a.Tensor("x2");
            bool unique = a.Bool("assume_unique");
            bool invert = a.Bool("invert");
            return t =>
            {
                (Tensor one, Tensor other) = ElementTypes.Together(first.Of(t), second.Of(t));
                return [one.isin(other, unique, invert)];
            };
        }),
        new("numpy", "Where", "", "condition, x1=None, x2=None", a => a.IsNone("x1") ? Places(a.Tensor("condition")) : Choice(a))
            { IsElementwise = true },
        new("numpy", "Select", "", "condlist, choicelist, default=0", a =>
        {
            OperationSource[] conditions = a.Tensors("condlist");
            OperationSource[] choices = a.Tensors("choicelist");
            OperationSource fallback = a.Tensor("default");
            if (conditions.Length != choices.Length || conditions.Length == 0)
            {
                throw a.Wrong("choicelist", $"{conditions.Length} tensors");
            }

            return t =>
            {
                Tensor chosen = fallback.Of(t);
                for (int i = conditions.Length - 1; i >= 0; i--)
                {
                    chosen = Chosen(conditions[i].Of(t), choices[i].Of(t), chosen);
                }

                return [chosen];
            };
        })
        {
            IsElementwise = true,
        },
    ];

    /// <summary>Keras: <c>where</c>; nonzero values are true.</summary>
    public static Tensor Chosen(Tensor condition, Tensor yes, Tensor no)
    {
        (Tensor one, Tensor other) = ElementTypes.Together(yes, no);
        return where(condition.dtype == ScalarType.Bool ? condition : condition.ne(Held(0)), one, other);
    }

    private static Func<Tensor[], Tensor[]> Choice(OperationArguments a)
    {
        OperationSource condition = a.Tensor("condition");
        OperationSource yes = a.Tensor("x1");
        OperationSource no = a.Tensor("x2");
        return t => [Chosen(condition.Of(t), yes.Of(t), no.Of(t))];
    }

    private static Func<Tensor[], Tensor[]> Places(OperationSource condition) => t => throw new ArgumentException(
        "where with only a condition has an output size that depends on the data, which a graph does not support; pass x1 and x2.");
}
