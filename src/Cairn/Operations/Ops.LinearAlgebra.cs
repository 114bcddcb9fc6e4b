using System.Text.Json.Nodes;
using Cairn.Operations;

namespace Cairn;

public static partial class Ops
{
    /// <summary>The Cholesky factors of positive definite matrices. Keras: <c>ops.cholesky</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="upper">See Keras; false by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Cholesky(TensorLike x, bool upper = false) =>
        Apply("Cholesky", new JsonObject { ["upper"] = upper }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The inverses of matrices by their Cholesky factors. Keras: <c>ops.cholesky_inverse</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="upper">See Keras; false by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor CholeskyInverse(TensorLike x, bool upper = false) =>
        Apply("CholeskyInverse", new JsonObject { ["upper"] = upper }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The determinants. Keras: <c>ops.det</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Det(TensorLike x) =>
        Apply("Det", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The eigenvalues and eigenvectors of matrices. Keras: <c>ops.eig</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static IReadOnlyList<KerasTensor> Eig(TensorLike x) =>
        ApplyMany("Eig", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The eigenvalues and eigenvectors of symmetric matrices. Keras: <c>ops.eigh</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static IReadOnlyList<KerasTensor> Eigh(TensorLike x) =>
        ApplyMany("Eigh", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The inverses of matrices. Keras: <c>ops.inv</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Inv(TensorLike x) =>
        Apply("Inv", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The LU factors of matrices, and the rows that were exchanged. Keras: <c>ops.lu_factor</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static IReadOnlyList<KerasTensor> LuFactor(TensorLike x) =>
        ApplyMany("LuFactor", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The norms of vectors or matrices. Keras: <c>ops.norm</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="ord">See Keras. Keras' own choice by default.</param>
    /// <param name="axis">The axis, or the axes; negative ones count from the end. All of them by default.</param>
    /// <param name="keepdims">Whether the axes stay, with size 1; false by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Norm(TensorLike x, double? ord = null, Axes? axis = null, bool keepdims = false) =>
        Apply(
            "Norm",
            new JsonObject { ["ord"] = ord, ["axis"] = axis?.ToJson(), ["keepdims"] = keepdims },
            tensors => [x.ToOperand(tensors)]);

    /// <summary>The QR factors of matrices. Keras: <c>ops.qr</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="mode">See Keras; <c>reduced</c> by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static IReadOnlyList<KerasTensor> Qr(TensorLike x, string mode = "reduced") =>
        ApplyMany("Qr", new JsonObject { ["mode"] = mode }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The solutions of systems of linear equations. Keras: <c>ops.solve</c>.</summary>
    /// <param name="a">The tensor.</param>
    /// <param name="b">The right-hand side.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Solve(TensorLike a, TensorLike b) =>
        Apply("Solve", null, tensors => [a.ToOperand(tensors), b.ToOperand(tensors)]);

    /// <summary>The solutions of systems of linear equations with triangular matrices. Keras: <c>ops.solve_triangular</c>.</summary>
    /// <param name="a">The tensor.</param>
    /// <param name="b">The right-hand side.</param>
    /// <param name="lower">See Keras; false by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor SolveTriangular(TensorLike a, TensorLike b, bool lower = false) =>
        Apply("SolveTriangular", new JsonObject { ["lower"] = lower }, tensors => [a.ToOperand(tensors), b.ToOperand(tensors)]);

    /// <summary>The solutions of systems of linear equations with the least squares. Keras: <c>ops.lstsq</c>.</summary>
    /// <param name="a">The tensor.</param>
    /// <param name="b">The right-hand side.</param>
    /// <param name="rcond">See Keras. Keras' own choice by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Lstsq(TensorLike a, TensorLike b, double? rcond = null) =>
        Apply("Lstsq", new JsonObject { ["rcond"] = rcond }, tensors => [a.ToOperand(tensors), b.ToOperand(tensors)]);

    /// <summary>The ranks of matrices. Keras: <c>ops.matrix_rank</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="tol">See Keras. Keras' own choice by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor MatrixRank(TensorLike x, double? tol = null) =>
        Apply("MatrixRank", new JsonObject { ["tol"] = tol }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Matrices to a whole power. Keras: <c>ops.matrix_power</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="n">See Keras.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor MatrixPower(TensorLike x, int n) =>
        Apply("MatrixPower", new JsonObject { ["n"] = n }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The pseudoinverses of matrices. Keras: <c>ops.pinv</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="rcond">See Keras. Keras' own choice by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Pinv(TensorLike x, double? rcond = null) =>
        Apply("Pinv", new JsonObject { ["rcond"] = rcond }, tensors => [x.ToOperand(tensors)]);
}
