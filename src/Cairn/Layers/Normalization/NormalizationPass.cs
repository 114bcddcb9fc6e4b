using Cairn.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Batch normalization by <see cref="ChannelNormalization"/>, recorded for autograd.</summary>
/// <remarks>Gradients that are themselves to be differentiated are computed with libtorch.</remarks>
internal sealed unsafe class NormalizationPass : autograd.MultiTensorFunction<NormalizationPass>
{
    /// <summary>The <see cref="AppContext"/> switch with which a program opts out, by setting it to false.</summary>
    public const string Switch = "Cairn.NormalizationPass";

    private const string CallKey = "call";
    private const string Needed = "needed";

    public override string Name => nameof(NormalizationPass);

    /// <summary>Whether the processor has the instructions, and the program has not opted out.</summary>
    public static bool IsOn => PanelProduct.IsSupported && !OptOut.IsChosen(Switch);

    /// <summary>Whether the tensors are ones that this function computes with.</summary>
    public static bool Takes(Tensor x, Tensor? gamma, Tensor? beta) => IsOn && x.NumberOfElements > 0 && IsPlain(x)
        && x.size(-1) <= int.MaxValue / 64 && (gamma is null || IsPlain(gamma)) && (beta is null || IsPlain(beta));

    /// <summary>The normalized input, recorded for autograd if gradients are needed.</summary>
    /// <param name="x">The input, channels last.</param>
    /// <param name="gamma">The scale, or null.</param>
    /// <param name="beta">The shift, or null.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <returns>The result, and mean and biased variance of the channels.</returns>
    public static (Tensor Result, Tensor Mean, Tensor Variance) Run(Tensor x, Tensor? gamma, Tensor? beta, double epsilon)
    {
        var call = new Call(epsilon, x.size(-1));
        Tensor y = is_grad_enabled() && (x.requires_grad || gamma?.requires_grad == true || beta?.requires_grad == true)
            ? apply(x, gamma!, beta!, call)[0]
            : call.Compute(x, gamma, beta);
        return (y, call.Mean, call.Variance);
    }

    public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
    {
        (Tensor x, Tensor? gamma, Tensor? beta) = ((Tensor)vars[0], (Tensor?)vars[1], (Tensor?)vars[2]);
        var call = (Call)vars[3];
        Tensor y = call.Compute(x, gamma, beta);
        ctx.save_for_backward(gamma is null ? [x, call.Mean, call.Inverse] : [x, call.Mean, call.Inverse, gamma]);
        ctx.save_data(CallKey, call.Epsilon);
        ctx.save_data(Needed, new[] { x.requires_grad, gamma?.requires_grad == true, beta?.requires_grad == true });
        return [y];
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
    {
        List<Tensor> saved = ctx.get_saved_variables();
        bool[] needed = (bool[])ctx.get_data(Needed);
        (Tensor x, Tensor? gamma) = (saved[0], saved.Count > 3 ? saved[3] : null);
        using DisposeScope scope = NewDisposeScope();
        Tensor?[] found = is_grad_enabled()
            ? Ordinary(x, gamma, grad_outputs[0], (double)ctx.get_data(CallKey), needed)
            : Gradients(x, gamma, saved[1], saved[2], grad_outputs[0].contiguous(), needed);
        foreach (Tensor? tensor in found)
        {
            tensor?.MoveToOuterDisposeScope();
        }

        return [.. found.Select(tensor => tensor!), null!];
    }

    private static bool IsPlain(Tensor tensor) => tensor.dtype == ScalarType.Float32 && TensorMemory.IsReachable(tensor);

    private static Tensor?[] Gradients(Tensor x, Tensor? gamma, Tensor mean, Tensor inverse, Tensor slopes, bool[] needed)
    {
        long channels = x.size(-1);
        Tensor?[] found = [needed[0] ? empty(x.shape) : null, needed[1] ? empty(channels) : null, needed[2] ? empty(channels) : null];
        ChannelNormalization.Backward(
            Address(x), null, Address(slopes), x.NumberOfElements / channels, (int)channels, Address(gamma), Address(mean),
            Address(inverse), Address(found[1]), Address(found[2]), Address(found[0]), null);
        GC.KeepAlive(x);
        GC.KeepAlive(gamma);
        GC.KeepAlive(mean);
        GC.KeepAlive(inverse);
        GC.KeepAlive(slopes);
        return found;
    }

    /// <summary>The gradients in libtorch's operations, which can be differentiated.</summary>
    private static Tensor?[] Ordinary(Tensor x, Tensor? gamma, Tensor slopes, double epsilon, bool[] needed)
    {
        Tensor rows = x.reshape(-1, x.size(-1));
        Tensor shift = zeros(x.size(-1), requires_grad: needed[2]);
        Tensor y = rows.size(0) == 1 ? SingleValue.Normalize(rows, gamma, shift, -1)
            : nn.functional.batch_norm(rows, null, null, gamma, shift, training: true, momentum: 0, eps: epsilon);
        return RecordedGradients.Of(
            y, [needed[0] ? x : null, needed[1] ? gamma : null, needed[2] ? shift : null], slopes.reshape(rows.shape));
    }

    private static float* Address(Tensor? tensor) => tensor is null ? null : (float*)TensorMemory.PointerTo(tensor);

    /// <summary>One call, and the statistics that it finds.</summary>
    private sealed class Call(double epsilon, long channels)
    {
        public double Epsilon => epsilon;

        public Tensor Mean { get; } = empty(channels);

        public Tensor Variance { get; } = empty(channels);

        public Tensor Inverse { get; } = empty(channels);

        public Tensor Compute(Tensor x, Tensor? gamma, Tensor? beta)
        {
            Tensor y = empty(x.shape);
            ChannelNormalization.Forward(
                Address(x), x.NumberOfElements / channels, (int)channels, Address(gamma), Address(beta), epsilon, null, false, Address(y),
                Address(Mean), Address(Variance), Address(Inverse));
            GC.KeepAlive(x);
            GC.KeepAlive(gamma);
            GC.KeepAlive(beta);
            return y;
        }
    }
}
