using System.Numerics;
using System.Runtime.Intrinsics;
using Cairn.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// Scaled dot-product attention over short sequences on the CPU, in one pass forward and one backward: each thread takes whole heads, whose
/// scores stay in its cache.
/// </summary>
/// <remarks>
/// Takes query <c>[batch, targets, heads, size]</c>, key <c>[batch, sources, heads, size]</c>, value
/// <c>[batch, sources, heads, value size]</c>, and whether a target sees only sources up to its own position. Returns
/// <c>[batch, targets, heads, value size]</c>. The attention weights are kept for the backward pass, which is why sequences must be short.
/// If the gradients get gradients, they are computed with libtorch's operations. A head is computed by one thread, so the bits do not
/// depend on the threads.
/// </remarks>
internal sealed unsafe class AttentionPass : autograd.SingleTensorFunction<AttentionPass>
{
    // Weights of one head, and of all of them: 256 KB and 32 MB.
    private const long LongestSequences = 1 << 16;
    private const long MostWeights = 1 << 23;

    private const string Causal = "causal";

    public override string Name => nameof(AttentionPass);

    /// <summary>Whether the pass is meant for these tensors.</summary>
    public static bool Fits(Tensor query, Tensor key, Tensor value)
    {
        if (!PanelProduct.IsSupported || !IsPlain(query) || !IsPlain(key) || !IsPlain(value))
        {
            return false;
        }

        long scores = query.size(1) * PanelProduct.Padded((int)Math.Min(int.MaxValue / 2, key.size(1)));
        return scores is > 0 and <= LongestSequences && query.size(0) * query.size(2) * scores <= MostWeights && query.NumberOfElements > 0
            && value.NumberOfElements > 0;
    }

    /// <summary>Computes attention.</summary>
    public static Tensor Run(Tensor query, Tensor key, Tensor value, bool causal)
    {
        if (is_grad_enabled())
        {
            return apply(query, key, value, causal);
        }

        using DisposeScope scope = NewDisposeScope();
        return Forward(query.detach(), key.detach(), value.detach(), causal).Output.MoveToOuterDisposeScope();
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor query, Tensor key, Tensor value) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2]);
        (Tensor output, Tensor weights) = Forward(query.detach(), key.detach(), value.detach(), (bool)vars[3]);
        ctx.set_materialize_grads(false);
        ctx.save_for_backward([query, key, value, weights.MoveToOuterDisposeScope()]);
        ctx.save_data(Causal, vars[3]);
        return output.MoveToOuterDisposeScope();
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        if (grad_output.IsInvalid)
        {
            return [null!, null!, null!, null!];
        }

        using DisposeScope scope = NewDisposeScope();
        List<Tensor> saved = ctx.get_saved_variables();
        (Tensor ofQuery, Tensor ofKey, Tensor ofValue) = is_grad_enabled()
            ? InOperations(saved[0], saved[1], saved[2], grad_output, (bool)ctx.get_data(Causal))
            : Backward(saved[0].detach(), saved[1].detach(), saved[2].detach(), saved[3], grad_output.detach());
        return [ofQuery.MoveToOuterDisposeScope(), ofKey.MoveToOuterDisposeScope(), ofValue.MoveToOuterDisposeScope(), null!];
    }

    private static bool IsPlain(Tensor tensor) =>
        tensor.dtype == ScalarType.Float32 && tensor.device_type == DeviceType.CPU && tensor.dim() == 4;

    private static (Tensor Output, Tensor Weights) Forward(Tensor query, Tensor key, Tensor value, bool causal)
    {
        var shape = new AttentionShape(query, key, value);
        Tensor q = query.contiguous(), k = key.contiguous(), v = value.contiguous();
        Tensor output = empty(shape.Batch, shape.Targets, shape.Heads, shape.ValueSize);
        Tensor weights = empty(shape.Batch, shape.Heads, shape.Targets, shape.Padded);
        float* queries = Address(q), keys = Address(k), values = Address(v), results = Address(output), shares = Address(weights);
        RowBlocks.Run(shape.Batch * shape.Heads, 1, shape.Products, (first, _) =>
        {
            using var head = new AttentionHead(shape);
            float* own = shares + (first * (nint)shape.Scores);
            head.Multiply(queries + shape.QueryAt(first), shape.QueryRow, 1, shape.Targets, shape.Size,
                keys + shape.KeyAt(first), shape.KeyRow, shape.Sources, isTransposed: true, own, shape.Padded);
            for (int target = 0; target < shape.Targets; target++)
            {
                Softmax(own + (target * (nint)shape.Padded), causal ? Math.Min(shape.Sources, target + 1) : shape.Sources, shape);
            }

            head.Multiply(own, shape.Padded, 1, shape.Targets, shape.Sources,
                values + shape.ValueAt(first), shape.ValueRow, shape.ValueSize, isTransposed: false,
                results + shape.ResultAt(first), shape.ValueRow);
        });
        return (output, weights);
    }

    private static (Tensor Query, Tensor Key, Tensor Value) Backward(Tensor query, Tensor key, Tensor value, Tensor weights, Tensor slope)
    {
        var shape = new AttentionShape(query, key, value);
        Tensor q = query.contiguous(), k = key.contiguous(), v = value.contiguous(), g = slope.contiguous();
        Tensor ofQuery = empty(query.shape), ofKey = empty(key.shape), ofValue = empty(value.shape);
        float* queries = Address(q), keys = Address(k), values = Address(v), slopes = Address(g), shares = Address(weights);
        float* querySlopes = Address(ofQuery), keySlopes = Address(ofKey), valueSlopes = Address(ofValue);
        RowBlocks.Run(shape.Batch * shape.Heads, 1, 2 * shape.Products, (first, _) =>
        {
            using var head = new AttentionHead(shape);
            float* own = shares + (first * (nint)shape.Scores), result = slopes + shape.ResultAt(first), scores = head.Scores;
            int padded = shape.Padded;
            head.Multiply(own, 1, padded, shape.Sources, shape.Targets,
                result, shape.ValueRow, shape.ValueSize, isTransposed: false, valueSlopes + shape.ValueAt(first), shape.ValueRow);
            head.Multiply(result, shape.ValueRow, 1, shape.Targets, shape.ValueSize,
                values + shape.ValueAt(first), shape.ValueRow, shape.Sources, isTransposed: true, scores, padded);
            for (int target = 0; target < shape.Targets; target++)
            {
                SoftmaxBackward(own + (target * (nint)padded), scores + (target * (nint)padded), shape);
            }

            head.Multiply(scores, padded, 1, shape.Targets, shape.Sources,
                keys + shape.KeyAt(first), shape.KeyRow, shape.Size, isTransposed: false,
                querySlopes + shape.QueryAt(first), shape.QueryRow);
            head.Multiply(scores, 1, padded, shape.Sources, shape.Targets,
                queries + shape.QueryAt(first), shape.QueryRow, shape.Size, isTransposed: false,
                keySlopes + shape.KeyAt(first), shape.KeyRow);
        });
        return (ofQuery, ofKey, ofValue);
    }

    private static (Tensor Query, Tensor Key, Tensor Value) InOperations(
        Tensor query, Tensor key, Tensor value, Tensor slope, bool causal)
    {
        Scalar scale = HeldScalar.Held((float)(1 / Math.Sqrt(query.size(-1))));
        Tensor q = query.transpose(1, 2) * scale, k = key.transpose(1, 2), v = value.transpose(1, 2), g = slope.transpose(1, 2);
        Tensor scores = q.MatrixProduct(k.transpose(-1, -2));
        if (causal)
        {
            scores = where(ones(query.size(1), key.size(1), ScalarType.Bool).tril(), scores, tensor(float.NegativeInfinity));
        }

        Tensor shares = scores.softmax(-1), ofShares = g.MatrixProduct(v.transpose(-1, -2));
        Tensor ofScores = shares * ofShares.Plus((ofShares * shares).sum(-1, keepdim: true).negative());
        return (
            (ofScores.MatrixProduct(k) * scale).transpose(1, 2),
            ofScores.transpose(-1, -2).MatrixProduct(q).transpose(1, 2),
            shares.transpose(-1, -2).MatrixProduct(g).transpose(1, 2));
    }

    private static void Softmax(float* row, int count, in AttentionShape shape)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            AttentionRows<WideLanes, Vector512<float>>.Softmax(row, count, shape.Padded, shape.Scale);
        }
        else
        {
            AttentionRows<SystemLanes, Vector<float>>.Softmax(row, count, shape.Padded, shape.Scale);
        }
    }

    private static void SoftmaxBackward(float* shares, float* slope, in AttentionShape shape)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            AttentionRows<WideLanes, Vector512<float>>.Backward(shares, slope, shape.Padded, shape.Scale);
        }
        else
        {
            AttentionRows<SystemLanes, Vector<float>>.Backward(shares, slope, shape.Padded, shape.Scale);
        }
    }

    private static float* Address(Tensor tensor) => (float*)TensorMemory.PointerTo(tensor);
}
