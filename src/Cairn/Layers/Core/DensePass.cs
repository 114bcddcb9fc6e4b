using Cairn.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// The product of many rows with a small kernel, a bias and relu on the CPU in one pass, and its gradients in two. Rows are divided among
/// threads; neither their number nor that of the threads changes any bit.
/// </summary>
/// <remarks>
/// Takes the input <c>[..., inputs]</c>, the kernel <c>[inputs, outputs]</c>, the bias or null, whether relu follows, and which of the
/// three need gradients. If the gradients get gradients, they are computed with libtorch's operations.
/// </remarks>
internal sealed unsafe class DensePass : autograd.SingleTensorFunction<DensePass>
{
    // Below, a product takes less time than the calls around it. A kernel is packed for each call by one thread, which must not count.
    private const long LeastProducts = 2_000_000;
    private const long LeastRows = 128;
    private const long LargestKernel = 1 << 20;
    private const int LeastWidth = 8;

    // Rows whose inputs stay in the first cache while the panels of the kernel pass.
    private const int Block = 32;

    private const string IsRelu = "isRelu";
    private const string Needed = "needed";

    public override string Name => nameof(DensePass);

    /// <summary>Whether the pass can compute a product faster than libtorch.</summary>
    public static bool Fits(Tensor x, Tensor kernel, Tensor? bias)
    {
        if (!PanelProduct.IsSupported || x.dim() < 3 || kernel.dim() != 2 || !IsPlain(x) || !IsPlain(kernel)
            || (bias is not null && !IsPlain(bias)))
        {
            return false;
        }

        (long inputs, long outputs) = (kernel.size(0), kernel.size(1));
        long rows = inputs == 0 ? 0 : x.NumberOfElements / inputs;
        return x.size(-1) == inputs && (bias is null || bias.NumberOfElements == outputs) && rows is >= LeastRows and <= int.MaxValue
            && Math.Min(inputs, outputs) >= LeastWidth && inputs * outputs <= LargestKernel && rows * inputs * outputs >= LeastProducts;
    }

    /// <summary>Computes the product.</summary>
    /// <param name="x">The input, for which the pass fits.</param>
    /// <param name="kernel">The kernel.</param>
    /// <param name="bias">The bias, or null.</param>
    /// <param name="isRelu">Whether relu follows.</param>
    /// <returns>The output, <c>[..., outputs]</c>.</returns>
    public static Tensor Run(Tensor x, Tensor kernel, Tensor? bias, bool isRelu) => is_grad_enabled()
        ? apply(x, kernel, bias!, isRelu, (bool[])[x.requires_grad, kernel.requires_grad, bias?.requires_grad == true])
        : Product(x, kernel, bias, isRelu);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        (Tensor x, Tensor kernel) = ((Tensor)vars[0], (Tensor)vars[1]);
        bool isRelu = (bool)vars[3];
        Tensor y = Product(x, kernel, (Tensor?)vars[2], isRelu);
        ctx.set_materialize_grads(false);
        ctx.save_for_backward(isRelu ? [x, kernel, y] : [x, kernel]);
        ctx.save_data(IsRelu, isRelu);
        ctx.save_data(Needed, vars[4]);
        return y;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        if (grad_output.IsInvalid)
        {
            return [null!, null!, null!, null!, null!];
        }

        using DisposeScope scope = NewDisposeScope();
        List<Tensor> saved = ctx.get_saved_variables();
        Tensor? y = (bool)ctx.get_data(IsRelu) ? saved[2] : null;
        bool[] needed = (bool[])ctx.get_data(Needed);
        Tensor?[] gradients = is_grad_enabled()
            ? InOperations(saved[0], saved[1], y, grad_output, needed)
            : InPasses(saved[0].detach(), saved[1].detach(), y?.detach(), grad_output, needed);
        foreach (Tensor? gradient in gradients)
        {
            gradient?.MoveToOuterDisposeScope();
        }

        return [gradients[0]!, gradients[1]!, gradients[2]!, null!, null!];
    }

    private static bool IsPlain(Tensor tensor) => tensor.dtype == ScalarType.Float32 && tensor.device_type == DeviceType.CPU;

    private static Tensor Product(Tensor x, Tensor kernel, Tensor? bias, bool isRelu)
    {
        using DisposeScope scope = NewDisposeScope();
        (int inputs, int outputs) = ((int)kernel.size(0), (int)kernel.size(1));
        Tensor given = x.detach().contiguous();
        Tensor y = empty([.. x.shape[..^1], outputs]);
        var packed = PackedMatrix.With(kernel.detach().contiguous(), transposed: false, bias?.detach().contiguous());
        float* from = Address(given), to = Address(y);
        RowBlocks.Run((int)(x.NumberOfElements / inputs), Block, (long)inputs * outputs, (row, count) =>
        {
            float* result = to + ((nint)row * outputs);
            packed.Set(from + ((nint)row * inputs), result, count);
            if (isRelu)
            {
                Rectification.Apply(result, (long)count * outputs);
            }
        });

        return y.MoveToOuterDisposeScope();
    }

    private static Tensor?[] InPasses(Tensor x, Tensor kernel, Tensor? y, Tensor slope, bool[] needed)
    {
        (int inputs, int outputs) = ((int)kernel.size(0), (int)kernel.size(1));
        int rows = (int)(x.NumberOfElements / inputs);
        Tensor given = x.contiguous(), slopes = slope.detach().contiguous();
        Tensor? ofInput = needed[0] ? empty(x.shape) : null;
        Tensor? ofKernel = needed[1] ? empty(inputs, outputs) : null, ofBias = needed[2] ? empty(outputs) : null;
        Tensor kept = y is null ? slopes : empty(rows, outputs);
        PackedMatrix back = needed[0] ? PackedMatrix.With(kernel.contiguous(), transposed: true) : default;
        float* from = Address(slopes), to = Address(kept), output = y is null ? null : Address(y),
            result = ofInput is null ? null : Address(ofInput);
        if (y is not null || ofInput is not null)
        {
            RowBlocks.Run(rows, Block, (long)inputs * outputs, (row, count) =>
            {
                nint at = (nint)row * outputs;
                if (output != null)
                {
                    Rectification.Mask(from + at, output + at, to + at, (long)count * outputs);
                }

                if (result != null)
                {
                    back.Set(to + at, result + ((nint)row * inputs), count);
                }
            });
        }

        if (ofKernel is not null || ofBias is not null)
        {
            KernelGradient.Compute(to, rows, outputs, ofBias is null ? null : Address(ofBias), ofKernel is null ? []
                : [new GradientInput { Rows = Address(given), Features = inputs, Gradient = Address(ofKernel) }]);
        }

        return [ofInput, ofKernel, ofBias];
    }

    private static Tensor?[] InOperations(Tensor x, Tensor kernel, Tensor? y, Tensor slope, bool[] needed)
    {
        Tensor kept = y is null ? slope : slope * y.gt(HeldScalar.Held(0));
        Tensor rows = kept.reshape(-1, kept.size(-1));
        return
        [
            needed[0] ? kept.MatrixProduct(kernel.t()) : null,
            needed[1] ? x.reshape(-1, x.size(-1)).t().mm(rows) : null,
            needed[2] ? rows.sum([0L]) : null,
        ];
    }

    private static float* Address(Tensor tensor) => (float*)TensorMemory.PointerTo(tensor);
}
