using System.Text.Json;
using System.Text.Json.Nodes;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Operations.Definitions;

/// <summary>Linear algebra on the last two axes.</summary>
internal static class LinearAlgebraOperations
{
    public static IEnumerable<OperationDefinition> All { get; } =
    [
        Of("Cholesky", "upper=False", (a, x) =>
        {
            bool upper = a.Bool("upper");
            return t => [upper ? linalg.cholesky(x.Of(t)).transpose(-2, -1) : linalg.cholesky(x.Of(t))];
        }),
        Of("CholeskyInverse", "upper=False", (a, x) =>
        {
            bool upper = a.Bool("upper");
            return t =>
            {
                Tensor lower = upper ? x.Of(t).transpose(-2, -1) : x.Of(t);
                return [linalg.inv(ProductOperations.MatMul(lower.tril(), lower.tril().transpose(-2, -1)))];
            };
        }),
        Of("Det", "", (_, x) => t => [linalg.det(x.Of(t))]),
        Of("Inv", "", (_, x) => t => [linalg.inv(x.Of(t))]),
        Of("Eig", "", (_, x) => t =>
        {
            (Tensor values, Tensor vectors) = linalg.eig(x.Of(t));
            return [values, vectors];
        }),
        Of("Eigh", "", (_, x) => t =>
        {
            (Tensor values, Tensor vectors) = linalg.eigh(x.Of(t));
            return [values, vectors];
        }),
        Of("LuFactor", "", (_, x) => t =>
        {
            (Tensor lu, Tensor? pivots) = linalg.lu_factor(x.Of(t));

            // Keras counts rows from 0, LAPACK from 1.
            return [lu, pivots! - Held(1)];
        }),
        Of("Qr", "mode='reduced'", (a, x) =>
        {
            linalg.QRMode mode = a.Choice("mode", "reduced", "complete") == "reduced" ? linalg.QRMode.Reduced : linalg.QRMode.Complete;
            return t =>
            {
                (Tensor q, Tensor r) = linalg.qr(x.Of(t), mode);
                return [q, r];
            };
        }),
        Of("SVD", "full_matrices=True, compute_uv=True", (a, x) =>
        {
            bool full = a.Bool("full_matrices");
            bool all = a.Bool("compute_uv");
            return t =>
            {
                if (!all)
                {
                    return [linalg.svdvals(x.Of(t))];
                }

                (Tensor u, Tensor s, Tensor vh) = linalg.svd(x.Of(t), full);
                return [u, s, vh];
            };
        }),
        Of("MatrixPower", "n", (a, x) =>
        {
            int n = a.Int("n");
            return t => [x.Of(t).matrix_power(n)];
        }),
        Of("MatrixRank", "tol=None", (a, x) =>
        {
            double? tolerance = a.OptionalDouble("tol");
            return t => [linalg.matrix_rank(x.Of(t), tolerance, tolerance is null ? null : 0).to_type(ScalarType.Int32)];
        }),
        Of("Pinv", "rcond=None", (a, x) =>
        {
            double? ratio = a.OptionalDouble("rcond");
            return t => [linalg.pinv(x.Of(t), null, ratio)];
        }),
        Of("Norm", "ord=None, axis=None, keepdims=False", Norm),
        Of("Logdet", "", (_, x) => t => [x.Of(t).logdet()], "math"),
        Of("Slogdet", "", (_, x) => t =>
        {
            (Tensor sign, Tensor log) = linalg.slogdet(x.Of(t));
            return [sign, log];
        }, "numpy"),
        new("linalg", "Solve", "", "a, b", a =>
        {
            OperationSource left = a.Tensor("a");
            OperationSource right = a.Tensor("b");
            return t => [linalg.solve(left.Of(t), right.Of(t))];
        }),
        new("linalg", "SolveTriangular", "lower=False", "a, b", a =>
        {
            OperationSource left = a.Tensor("a");
            OperationSource right = a.Tensor("b");
            bool upper = !a.Bool("lower");
            return t =>
            {
                bool isVector = right.Of(t).dim() == left.Of(t).dim() - 1;
                Tensor solved = linalg.solve_triangular(left.Of(t), isVector ? right.Of(t).unsqueeze(-1) : right.Of(t), upper);
                return [isVector ? solved.squeeze(-1) : solved];
            };
        }),
        new("linalg", "Lstsq", "rcond=None", "a, b", a =>
        {
            OperationSource left = a.Tensor("a");
            OperationSource right = a.Tensor("b");
            double? ratio = a.OptionalDouble("rcond");
            return t =>
            {
                Tensor x = ProductOperations.MatMul(linalg.pinv(left.Of(t), null, ratio), right.Of(t).dim() == 1 ? right.Of(t).unsqueeze(-1)
                    : right.Of(t));
                return [right.Of(t).dim() == 1 ? x.squeeze(-1) : x];
            };
        }),
    ];

    private static Func<Tensor[], Tensor[]> Norm(OperationArguments a, OperationSource x)
    {
        long[]? axes = a.Axes("axis");
        bool keep = a.Bool("keepdims");
        JsonNode? order = a.Value("ord");
        string? name = order is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
        if (name is "fro" or "nuc")
        {
            return t => [
                linalg.norm(ElementTypes.Floating(x.Of(t)), name, axes is null ? null : OperationDefinition.AllOr(axes, x.Of(t)), keep)];
        }

        double? number = a.OptionalDouble("ord");
        return t =>
        {
            Tensor floating = ElementTypes.Floating(x.Of(t));
            long[] places = OperationDefinition.AllOr(axes, floating);
            if (number is { } p && (axes is not null || floating.dim() <= 2))
            {
                return [linalg.norm(floating, p, places, keep)];
            }

            // Without an order, this is the norm of the flattened tensor.
            return [floating.Squared().sum(places, keepdim: keep).sqrt()];
        };
    }

    private static OperationDefinition Of(
        string className, string settings, Func<OperationArguments, OperationSource, Func<Tensor[], Tensor[]>> bind,
        string module = "linalg") =>
        new(module, className, settings, "x", a => bind(a, a.Tensor("x")));
}
