using System.Numerics;
using System.Runtime.Intrinsics;
using Cairn.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// All steps of an LSTM with tanh and sigmoid on the CPU: own products for inputs and states (<see cref="PackedMatrix"/>), and one pass
/// over memory per step for the rest, forward and backward. libtorch needs a dozen operations per step for the same.
/// </summary>
/// <remarks>
/// Takes the inputs <c>[steps, batch, features]</c>, the kernel, the bias or null, the recurrent kernel, the two states, the mask
/// (<c>[steps · batch]</c> or null for none), whether the states are zero and need no gradients, and which of inputs, kernel, bias and
/// recurrent kernel need gradients. Returns the states at all steps <c>[steps, batch, units]</c> and the last two. A masked step keeps the
/// states.
/// </remarks>
internal sealed unsafe class LSTMPass : autograd.MultiTensorFunction<LSTMPass>
{
    private const string Counts = "counts";
    private const string FromZero = "fromZero";
    private const string Needed = "needed";

    public override string Name => nameof(LSTMPass);

    /// <summary>The outputs, recorded for autograd if gradients are needed.</summary>
    public static (Tensor All, Tensor[] Last) Run(
        Tensor x, Tensor kernel, Tensor? bias, Tensor recurrent, Tensor[] states, bool[]? counts, bool fromZero)
    {
        if (is_grad_enabled())
        {
            bool[] needed = [x.requires_grad, kernel.requires_grad, bias?.requires_grad == true, recurrent.requires_grad];
            List<Tensor> outputs = apply(x, kernel, bias!, recurrent, states[0], states[1], counts!, fromZero, needed);
            return (outputs[0], [outputs[1], outputs[2]]);
        }

        Walk walk = Forward(x, kernel, bias, recurrent, states, counts, fromZero);
        return (walk.Outputs, [walk.Outputs[-1], walk.Carries[-1]]);
    }

    public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
    {
        (Tensor x, Tensor kernel, Tensor recurrent) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[3]);
        Tensor[] states = [(Tensor)vars[4], (Tensor)vars[5]];
        bool[]? counts = (bool[]?)vars[6];
        bool fromZero = (bool)vars[7];
        Walk walk = Forward(x, kernel, (Tensor?)vars[2], recurrent, states, counts, fromZero);
        ctx.set_materialize_grads(false);
        ctx.save_for_backward([walk.Inputs, walk.Gates, walk.Carries, walk.Bent, walk.Outputs, kernel, recurrent, .. states]);
        ctx.save_data(Counts, counts!);
        ctx.save_data(FromZero, fromZero);
        ctx.save_data(Needed, vars[8]);
        return [walk.Outputs, walk.Outputs[-1].clone(), walk.Carries[-1].clone()];
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
    {
        using DisposeScope scope = NewDisposeScope();
        List<Tensor> saved = ctx.get_saved_variables();
        Tensor inputs = saved[0], gates = saved[1], carries = saved[2], bent = saved[3], outputs = saved[4], kernel = saved[5],
            recurrent = saved[6], h = saved[7].contiguous(), c = saved[8].contiguous();
        bool[]? counts = (bool[]?)ctx.get_data(Counts);
        bool fromZero = (bool)ctx.get_data(FromZero);
        (int steps, int batch, int units) = ((int)outputs.shape[0], (int)outputs.shape[1], (int)outputs.shape[2]);
        int features = (int)inputs.shape[2];
        Tensor? outer = grad_outputs[0].IsInvalid ? null : grad_outputs[0].contiguous();
        Tensor ofOutput = grad_outputs[1].IsInvalid ? zeros_like(h) : grad_outputs[1].clone().contiguous();
        Tensor ofCarry = grad_outputs[2].IsInvalid ? zeros_like(c) : grad_outputs[2].clone().contiguous();
        Tensor slopes = empty_like(gates);
        bool[] needed = (bool[])ctx.get_data(Needed);
        Tensor? ofInputs = needed[0] ? empty(steps, batch, features) : null, ofKernel = needed[1] ? empty(features, 4 * units) : null;
        Tensor? ofBias = needed[2] ? empty(4 * units) : null, ofRecurrent = needed[3] ? empty(units, 4 * units) : null;
        var back = PackedMatrix.With(recurrent.detach().contiguous(), transposed: true);
        PackedMatrix toInputs = ofInputs is null ? default : PackedMatrix.With(kernel.detach().contiguous(), transposed: true);
        float* allGates = Address(gates), allCarries = Address(carries), allBent = Address(bent), allSlopes = Address(slopes);
        float* firstCarry = Address(c), outputSlopes = Address(ofOutput), carrySlopes = Address(ofCarry),
            outerSlopes = Address(outer), inputSlopes = Address(ofInputs);
        BatchParts.Run(batch, (long)steps * batch * units * 4 * units, (first, count) =>
        {
            for (long t = steps - 1; t >= 0; t--)
            {
                long sample = (t * batch) + first, at = sample * units;
                float* output = outputSlopes + ((long)first * units), carry = carrySlopes + ((long)first * units);
                float* before = t == 0 ? firstCarry + ((long)first * units) : allCarries + at - ((long)batch * units);
                if (outerSlopes is not null)
                {
                    Addition.Add(outerSlopes + at, output, (long)count * units);
                }

                for (int row = 0; row < count; row++)
                {
                    long place = (long)row * units;
                    float* rowSlopes = allSlopes + (4 * (at + place));
                    if (counts is null || counts[sample + row])
                    {
                        StepBackward(
                            allGates + (4 * (at + place)), before + place, allBent + at + place, output + place, carry + place,
                            rowSlopes, units);
                        new Span<float>(output + place, units).Clear();
                    }
                    else
                    {
                        new Span<float>(rowSlopes, 4 * units).Clear();
                    }
                }

                if (t > 0 || !fromZero)
                {
                    back.Add(allSlopes + (4 * at), output, count);
                }

                if (inputSlopes is not null)
                {
                    toInputs.Set(allSlopes + (4 * at), inputSlopes + (sample * features), count);
                }
            }
        });

        KernelGradient.Compute(
            allSlopes, steps * batch, 4 * units, Address(ofBias),
            new GradientInput { Rows = Address(inputs), Features = features, Gradient = Address(ofKernel) },
            new GradientInput
            {
                Rows = Address(outputs),
                Features = units,
                Before = fromZero ? null : Address(h),
                RowsBefore = batch,
                Gradient = Address(ofRecurrent),
            });
        Out(ofInputs, ofKernel, ofBias, ofRecurrent, ofOutput, ofCarry);
        return
        [
            ofInputs!, ofKernel!, ofBias!, ofRecurrent!, fromZero ? null! : ofOutput, fromZero ? null! : ofCarry, null!, null!, null!,
        ];
    }

    private static Walk Forward(
        Tensor x, Tensor kernel, Tensor? bias, Tensor recurrent, Tensor[] states, bool[]? counts, bool fromZero)
    {
        using DisposeScope scope = NewDisposeScope();
        (int steps, int batch, int units) = ((int)x.shape[0], (int)x.shape[1], (int)recurrent.shape[0]);
        int features = (int)x.shape[2];
        Tensor inputs = empty(steps, batch, features);
        Tensor gates = empty(steps, batch, 4 * units);
        Tensor carries = empty(steps, batch, units);
        Tensor bent = empty(steps, batch, units);
        Tensor outputs = empty(steps, batch, units);
        var given = SequenceRows.Of(x);
        Tensor h = states[0].detach().contiguous(), c = states[1].detach().contiguous();
        var ofInputs = PackedMatrix.With(kernel.detach().contiguous(), transposed: false, bias?.detach().contiguous());
        var forth = PackedMatrix.With(recurrent.detach().contiguous(), transposed: false);
        float* allInputs = Address(inputs), allGates = Address(gates), allCarries = Address(carries), allBent = Address(bent),
            allOutputs = Address(outputs);
        float* firstOutput = Address(h), firstCarry = Address(c);
        BatchParts.Run(batch, (long)steps * batch * units * 4 * units, (first, count) =>
        {
            float* output = firstOutput + ((long)first * units), carry = firstCarry + ((long)first * units);
            for (long t = 0; t < steps; t++)
            {
                long sample = (t * batch) + first, at = sample * units;
                float* nextOutput = allOutputs + at, nextCarry = allCarries + at, input = allInputs + (sample * features);
                given.Copy(t, first, count, input);
                ofInputs.Set(input, allGates + (4 * at), count);
                if (t > 0 || !fromZero)
                {
                    forth.Add(output, allGates + (4 * at), count);
                }

                for (int row = 0; row < count; row++)
                {
                    long place = (long)row * units;
                    if (counts is null || counts[sample + row])
                    {
                        StepForward(allGates + (4 * (at + place)), carry + place, nextCarry + place, allBent + at + place,
                            nextOutput + place, units);
                    }
                    else
                    {
                        new Span<float>(output + place, units).CopyTo(new Span<float>(nextOutput + place, units));
                        new Span<float>(carry + place, units).CopyTo(new Span<float>(nextCarry + place, units));
                    }
                }

                output = nextOutput;
                carry = nextCarry;
            }
        });

        Out(inputs, gates, carries, bent, outputs);
        return new Walk(inputs, gates, carries, bent, outputs);
    }

    private static void StepForward(float* gates, float* carryBefore, float* carry, float* bent, float* output, int units)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            LSTMStep<WideLanes, Vector512<float>>.Forward(gates, carryBefore, carry, bent, output, units);
        }
        else
        {
            LSTMStep<SystemLanes, Vector<float>>.Forward(gates, carryBefore, carry, bent, output, units);
        }
    }

    private static void StepBackward(
        float* gates, float* carryBefore, float* bent, float* outputSlope, float* carrySlope, float* slopes, int units)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            LSTMStep<WideLanes, Vector512<float>>.Backward(gates, carryBefore, bent, outputSlope, carrySlope, slopes, units);
        }
        else
        {
            LSTMStep<SystemLanes, Vector<float>>.Backward(gates, carryBefore, bent, outputSlope, carrySlope, slopes, units);
        }
    }

    private static void Out(params ReadOnlySpan<Tensor?> tensors)
    {
        foreach (Tensor? tensor in tensors)
        {
            tensor?.MoveToOuterDisposeScope();
        }
    }

    private static float* Address(Tensor? tensor) => tensor is null ? null : (float*)TensorMemory.PointerTo(tensor);

    private sealed record Walk(Tensor Inputs, Tensor Gates, Tensor Carries, Tensor Bent, Tensor Outputs);
}
