using System.Text.Json.Nodes;
using Cairn.Operations;

namespace Cairn;

public static partial class Ops
{
    /// <summary>Computes the Cholesky decomposition of positive definite matrices. Keras: <c>ops.cholesky</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="upper">Whether to use upper-triangular factors; false by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Cholesky(TensorLike x, bool upper = false) =>
        Apply("Cholesky", new JsonObject { ["upper"] = upper }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Computes the inverses of matrices from their Cholesky factors. Keras: <c>ops.cholesky_inverse</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="upper">Whether to use upper-triangular factors; false by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor CholeskyInverse(TensorLike x, bool upper = false) =>
        Apply("CholeskyInverse", new JsonObject { ["upper"] = upper }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Computes the determinants of square matrices. Keras: <c>ops.det</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Det(TensorLike x) =>
        Apply("Det", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Computes the eigenvalues and eigenvectors of square matrices. Keras: <c>ops.eig</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static IReadOnlyList<KerasTensor> Eig(TensorLike x) =>
        ApplyMany("Eig", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Computes the eigenvalues and eigenvectors of symmetric matrices. Keras: <c>ops.eigh</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static IReadOnlyList<KerasTensor> Eigh(TensorLike x) =>
        ApplyMany("Eigh", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Computes the inverses of square matrices. Keras: <c>ops.inv</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Inv(TensorLike x) =>
        Apply("Inv", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Computes the LU decomposition of square matrices, with the pivot indices. Keras: <c>ops.lu_factor</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static IReadOnlyList<KerasTensor> LuFactor(TensorLike x) =>
        ApplyMany("LuFactor", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Computes vector or matrix norms. Keras: <c>ops.norm</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="ord">The order of the norm; optional.</param>
    /// <param name="axis">The axis or axes; negative axes count from the end. All axes by default.</param>
    /// <param name="keepdims">Whether to keep the reduced axes with size 1; false by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Norm(TensorLike x, double? ord = null, Axes? axis = null, bool keepdims = false) =>
        Apply(
            "Norm",
            new JsonObject { ["ord"] = ord, ["axis"] = axis?.ToJson(), ["keepdims"] = keepdims },
            tensors => [x.ToOperand(tensors)]);

    /// <summary>Computes the QR decomposition of matrices. Keras: <c>ops.qr</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="mode"><c>reduced</c> (default) or <c>complete</c>.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static IReadOnlyList<KerasTensor> Qr(TensorLike x, string mode = "reduced") =>
        ApplyMany("Qr", new JsonObject { ["mode"] = mode }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Solves systems of linear equations. Keras: <c>ops.solve</c>.</summary>
    /// <param name="a">The tensor.</param>
    /// <param name="b">The right-hand side.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Solve(TensorLike a, TensorLike b) =>
        Apply("Solve", null, tensors => [a.ToOperand(tensors), b.ToOperand(tensors)]);

    /// <summary>Solves systems of linear equations with triangular matrices. Keras: <c>ops.solve_triangular</c>.</summary>
    /// <param name="a">The tensor.</param>
    /// <param name="b">The right-hand side.</param>
    /// <param name="lower">Whether to use the lower triangle; false by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor SolveTriangular(TensorLike a, TensorLike b, bool lower = false) =>
        Apply("SolveTriangular", new JsonObject { ["lower"] = lower }, tensors => [a.ToOperand(tensors), b.ToOperand(tensors)]);

    /// <summary>Computes the least-squares solutions of systems of linear equations. Keras: <c>ops.lstsq</c>.</summary>
    /// <param name="a">The tensor.</param>
    /// <param name="b">The right-hand side.</param>
    /// <param name="rcond">The cutoff for small singular values; optional.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Lstsq(TensorLike a, TensorLike b, double? rcond = null) =>
        Apply("Lstsq", new JsonObject { ["rcond"] = rcond }, tensors => [a.ToOperand(tensors), b.ToOperand(tensors)]);

    /// <summary>Computes the ranks of matrices. Keras: <c>ops.matrix_rank</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="tol">The tolerance for small singular values; optional.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor MatrixRank(TensorLike x, double? tol = null) =>
        Apply("MatrixRank", new JsonObject { ["tol"] = tol }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Raises square matrices to an integer power. Keras: <c>ops.matrix_power</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="n">The exponent.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor MatrixPower(TensorLike x, int n) =>
        Apply("MatrixPower", new JsonObject { ["n"] = n }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Computes the pseudo-inverses of matrices. Keras: <c>ops.pinv</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="rcond">The cutoff for small singular values; optional.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Pinv(TensorLike x, double? rcond = null) =>
        Apply("Pinv", new JsonObject { ["rcond"] = rcond }, tensors => [x.ToOperand(tensors)]);
}
