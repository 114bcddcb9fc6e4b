using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace Cairn.Operations.Definitions;

/// <summary>Products of matrices and vectors.</summary>
internal static class ProductOperations
{
    public static IEnumerable<OperationDefinition> All { get; } =
    [
        Pair("Matmul", MatMul),
        Pair("Dot", Dot),
        Pair("Inner", (a, b) => a.dim() == 0 || b.dim() == 0 ? a.mul(b) : a.inner(b)),
        Pair("Outer", (a, b) => a.reshape(-1).outer(b.reshape(-1))),
        Pair("Vdot", (a, b) => a.reshape(-1).vdot(b.reshape(-1))),
        Pair("Kron", (a, b) => a.kron(b)),
        Pair("CDist", (a, b) => (a.unsqueeze(-2) - b.unsqueeze(-3)).Squared().sum(-1).sqrt(), module: "math", parameters: "x, y"),
        new("numpy", "Cross", "axisa=-1, axisb=-1, axisc=-1, axis=None", "x1, x2", a =>
        {
            OperationSource first = a.Tensor("x1");
            OperationSource second = a.Tensor("x2");
            (long one, long other, long result) = a.OptionalLong("axis") is { } axis ? (axis, axis, axis)
                : (a.Long("axisa"), a.Long("axisb"), a.Long("axisc"));
            return t =>
            {
                (Tensor x1, Tensor x2) = ElementTypes.Together(first.Of(t), second.Of(t));
                return [Cross(x1.movedim([one], [-1]), x2.movedim([other], [-1]), result)];
            };
        }),
        new("numpy", "Tensordot", "axes=2", "x1, x2", a =>
        {
            OperationSource first = a.Tensor("x1");
            OperationSource second = a.Tensor("x2");
            long count = 0;
            long[]? left = null;
            long[] right = [];
            if (a.Value("axes") is JsonArray { Count: 2 } pair)
            {
                left = Axes(pair[0], a);
                right = Axes(pair[1], a);
            }
            else
            {
                count = a.Long("axes");
            }

            return t =>
            {
                (Tensor x1, Tensor x2) = ElementTypes.Together(first.Of(t), second.Of(t));
                return [left is null ? x1.tensordot(x2, count)
                    : x1.tensordot(x2, OperationDefinition.AllOr(left, x1), OperationDefinition.AllOr(right, x2))];
            };
        }),
        new("numpy", "Einsum", "subscripts", "*operands", a =>
        {
            OperationSource[] operands = a.Tensors("operands");
            string subscripts = a.String("subscripts");
            return t => [einsum(subscripts, JoiningOperations.Alike(operands, t))];
        }),
        new("numpy", "Correlate", "mode='valid'", "x1, x2", a =>
        {
            OperationSource first = a.Tensor("x1");
            OperationSource second = a.Tensor("x2");
            string mode = a.Choice("mode", "valid", "same", "full");
            return t =>
            {
                (Tensor x1, Tensor x2) = ElementTypes.Together(first.Of(t), second.Of(t));
                return [Correlate(ElementTypes.Floating(x1), ElementTypes.Floating(x2), mode)];
            };
        }),
        new("numpy", "Corrcoef", "", "x", a =>
        {
            OperationSource x = a.Tensor("x");
            return t => [ElementTypes.Floating(x.Of(t)).corrcoef()];
        }),
    ];

    /// <summary>The product of matrices, batches of matrices, or vectors.</summary>
    /// <remarks>TorchSharp's <c>matmul</c> terminates the process if the sizes are incompatible.</remarks>
    public static Tensor MatMul(Tensor a, Tensor b)
    {
        if (a.dim() == 0 || b.dim() == 0)
        {
            throw new ArgumentException("a matrix product needs tensors with at least one axis");
        }

        Tensor left = a.dim() == 1 ? a.unsqueeze(0) : a;
        Tensor right = b.dim() == 1 ? b.unsqueeze(1) : b;
        if (left.shape[^1] != right.shape[^2])
        {
            throw new ArgumentException($"matrices of shapes {(Shape)a.shape} and {(Shape)b.shape} can't be multiplied");
        }

        Tensor product = einsum("...ij,...jk->...ik", left, right);
        product = a.dim() == 1 ? product.squeeze(-2) : product;
        return b.dim() == 1 ? product.squeeze(-1) : product;
    }

    private static OperationDefinition Pair(string className, Func<Tensor, Tensor, Tensor> function, string module = "numpy",
        string parameters = "x1, x2") =>
        new(module, className, "", parameters, a =>
        {
            OperationSource first = a.Tensor(a.Parameters[0].Name);
            OperationSource second = a.Tensor(a.Parameters[1].Name);
            return t =>
            {
                (Tensor x1, Tensor x2) = ElementTypes.Together(first.Of(t), second.Of(t));
                return [function(x1, x2)];
            };
        });

    private static Tensor Dot(Tensor a, Tensor b) => a.dim() == 0 || b.dim() == 0 ? a.mul(b)
        : b.dim() == 1 ? a.tensordot(b, [a.dim() - 1], [0])
        : a.tensordot(b, [a.dim() - 1], [b.dim() - 2]);

    private static Tensor Cross(Tensor a, Tensor b, long axis)
    {
        if (a.shape[^1] == 3 && b.shape[^1] == 3)
        {
            return linalg.cross(a, b, -1).movedim([-1], [axis]);
        }

        if (a.shape[^1] == 2 && b.shape[^1] == 2)
        {
            return (a.select(-1, 0) * b.select(-1, 1)) - (a.select(-1, 1) * b.select(-1, 0));
        }

        Tensor wideA = a.shape[^1] == 2 ? nn.functional.pad(a, [0, 1]) : a;
        Tensor wideB = b.shape[^1] == 2 ? nn.functional.pad(b, [0, 1]) : b;
        return linalg.cross(wideA, wideB, -1).movedim([-1], [axis]);
    }

    private static Tensor Correlate(Tensor a, Tensor b, string mode)
    {
        long n = a.shape[0];
        long m = b.shape[0];
        Tensor full = nn.functional.conv1d(a.reshape(1, 1, n), b.reshape(1, 1, m), padding: m - 1).reshape(-1);
        long length = mode switch
        {
            "valid" => Math.Max(n, m) - Math.Min(n, m) + 1,
            "same" => n,
            _ => full.shape[0],
        };
        return full.narrow(0, (full.shape[0] - length) / 2, length);
    }

    private static long[] Axes(JsonNode? node, OperationArguments a) => node switch
    {
        JsonArray list =>
            [.. list.Select(item => item is JsonValue value && value.TryGetValue(out long axis) ? axis : throw a.Wrong("axes", "axes"))],
        JsonValue value when value.TryGetValue(out long axis) => [axis],
        _ => throw a.Wrong("axes", "axes"),
    };
}
