using Cairn.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>A convolution by <see cref="PatchConvolution"/> with its gradients, recorded for autograd.</summary>
/// <remarks>
/// libtorch's convolutions want the channels first: each converts its samples and slopes, and allocates for it. Gradients that are
/// themselves to be differentiated are computed with libtorch.
/// </remarks>
internal sealed unsafe class ConvolutionPass : autograd.MultiTensorFunction<ConvolutionPass>
{
    /// <summary>The <see cref="AppContext"/> switch with which a program opts out, by setting it to false.</summary>
    public const string Switch = "Cairn.ConvolutionPass";

    private const string Plan = "plan";
    private const string Needed = "needed";

    public override string Name => nameof(ConvolutionPass);

    /// <summary>Whether the processor has the instructions, and the program has not opted out.</summary>
    public static bool IsOn => PanelProduct.IsSupported && !OptOut.IsChosen(Switch);

    /// <summary>Whether the tensors are ones that this function computes with.</summary>
    public static bool Takes(Tensor x, Tensor kernel, Tensor? bias) =>
        IsOn && IsPlain(x) && IsPlain(kernel) && (bias is null || IsPlain(bias));

    /// <summary>The result, recorded for autograd if gradients are needed.</summary>
    public static Tensor Run(PatchLayer layer, Tensor x, Tensor kernel, Tensor? bias)
    {
        x = x.contiguous();
        kernel = kernel.contiguous();
        return is_grad_enabled() && (x.requires_grad || kernel.requires_grad || bias?.requires_grad == true)
            ? apply(x, kernel, bias!, layer)[0]
            : layer.Compute(x, kernel, bias);
    }

    public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
    {
        (Tensor x, Tensor kernel, Tensor? bias) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor?)vars[2]);
        var layer = (PatchLayer)vars[3];
        Tensor y = layer.Compute(x, kernel, bias);
        List<Tensor> saved = bias is null ? [x, kernel] : [x, kernel, bias];
        if (layer.Rectifies)
        {
            saved.Add(y);
        }

        ctx.save_for_backward(saved);
        ctx.save_data(Plan, layer);
        ctx.save_data(Needed, new[] { x.requires_grad, kernel.requires_grad, bias?.requires_grad == true });
        return [y];
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
    {
        List<Tensor> saved = ctx.get_saved_variables();
        var layer = (PatchLayer)ctx.get_data(Plan);
        bool[] needed = (bool[])ctx.get_data(Needed);
        Tensor? result = layer.Rectifies ? saved[^1] : null;
        Tensor? bias = saved.Count > (layer.Rectifies ? 3 : 2) ? saved[2] : null;
        using DisposeScope scope = NewDisposeScope();
        Tensor?[] found;
        if (is_grad_enabled())
        {
            Tensor y = layer.Ordinary(saved[0], saved[1], bias);
            found = RecordedGradients.Of(y, [.. needed.Select((isNeeded, i) => isNeeded ? saved[i] : null)], grad_outputs[0]);
        }
        else
        {
            found = layer.Gradients(saved[0], saved[1], result, grad_outputs[0].contiguous(), needed);
        }

        foreach (Tensor? tensor in found)
        {
            tensor?.MoveToOuterDisposeScope();
        }

        return [.. found.Select(tensor => tensor!), null!];
    }

    private static bool IsPlain(Tensor tensor) => tensor.dtype == ScalarType.Float32 && tensor.device_type == DeviceType.CPU;
}
