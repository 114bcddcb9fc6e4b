using Cairn.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// All steps of an LSTM with tanh and sigmoid on the CPU: one <see cref="RecurrentProduct"/> per step and one pass over memory for the
/// rest, forward and backward. libtorch needs a dozen operations per step for the same.
/// </summary>
/// <remarks>
/// Takes the projected inputs <c>[steps, batch, 4 · units]</c>, the recurrent kernel, the two states, the mask (<c>[steps · batch]</c> or
/// null for none) and whether the states are zero and need no gradients. Returns the states at all steps <c>[steps, batch, units]</c> and
/// the last two. A masked step keeps the states.
/// </remarks>
internal sealed unsafe class LSTMPass : autograd.MultiTensorFunction<LSTMPass>
{
    private const string Counts = "counts";
    private const string FromZero = "fromZero";

    public override string Name => nameof(LSTMPass);

    /// <summary>The outputs, recorded for autograd if gradients are needed.</summary>
    public static (Tensor All, Tensor[] Last) Run(Tensor projected, Tensor recurrent, Tensor[] states, bool[]? counts, bool fromZero)
    {
        if (is_grad_enabled())
        {
            List<Tensor> outputs = apply(projected, recurrent, states[0], states[1], counts!, fromZero);
            return (outputs[0], [outputs[1], outputs[2]]);
        }

        Walk walk = Forward(projected, recurrent, states, counts, fromZero);
        return (walk.Outputs, [walk.Outputs[-1], walk.Carries[-1]]);
    }

    public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
    {
        bool[]? counts = (bool[]?)vars[4];
        bool fromZero = (bool)vars[5];
        Walk walk = Forward((Tensor)vars[0], (Tensor)vars[1], [(Tensor)vars[2], (Tensor)vars[3]], counts, fromZero);
        ctx.set_materialize_grads(false);
        ctx.save_for_backward([walk.Gates, walk.Carries, walk.Bent, walk.Outputs, (Tensor)vars[1], (Tensor)vars[2], (Tensor)vars[3]]);
        ctx.save_data(Counts, counts!);
        ctx.save_data(FromZero, fromZero);
        return [walk.Outputs, walk.Outputs[-1].clone(), walk.Carries[-1].clone()];
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
    {
        using DisposeScope scope = NewDisposeScope();
        List<Tensor> saved = ctx.get_saved_variables();
        Tensor gates = saved[0], carries = saved[1], bent = saved[2], outputs = saved[3], recurrent = saved[4], h = saved[5].contiguous(),
            c = saved[6].contiguous();
        bool[]? counts = (bool[]?)ctx.get_data(Counts);
        bool fromZero = (bool)ctx.get_data(FromZero);
        (long steps, long batch, int units) = (outputs.shape[0], outputs.shape[1], (int)outputs.shape[2]);
        Tensor? outer = grad_outputs[0].IsInvalid ? null : grad_outputs[0].contiguous();
        Tensor ofOutput = grad_outputs[1].IsInvalid ? zeros_like(h) : grad_outputs[1].clone().contiguous();
        Tensor ofCarry = grad_outputs[2].IsInvalid ? zeros_like(c) : grad_outputs[2].clone().contiguous();
        Tensor slopes = empty_like(gates);
        var back = RecurrentProduct.With(recurrent.detach().contiguous(), transposed: true);
        float* allGates = Address(gates), allCarries = Address(carries), allBent = Address(bent), allSlopes = Address(slopes);
        float* firstCarry = Address(c), outputSlopes = Address(ofOutput), carrySlopes = Address(ofCarry),
            outerSlopes = outer is null ? null : Address(outer);
        BatchParts.Run((int)batch, steps * batch * units * 4 * units, (first, count) =>
        {
            for (long t = steps - 1; t >= 0; t--)
            {
                long at = ((t * batch) + first) * units;
                float* output = outputSlopes + ((long)first * units), carry = carrySlopes + ((long)first * units);
                float* before = t == 0 ? firstCarry + ((long)first * units) : allCarries + at - (batch * units);
                if (outerSlopes is not null)
                {
                    Add(outerSlopes + at, output, (long)count * units);
                }

                for (int row = 0; row < count; row++)
                {
                    long place = (long)row * units;
                    float* rowSlopes = allSlopes + (4 * (at + place));
                    if (counts is null || counts[(t * batch) + first + row])
                    {
                        LSTMStep.Backward(
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
            }
        });

        Tensor ofRecurrent = fromZero ? zeros_like(recurrent) : h.t().mm(slopes[0]);
        if (steps > 1)
        {
            ofRecurrent.addmm_(outputs.narrow(0, 0, steps - 1).view(-1, units).t(), slopes.narrow(0, 1, steps - 1).view(-1, 4 * units));
        }

        Out(slopes, ofRecurrent, ofOutput, ofCarry);
        return [slopes, ofRecurrent, fromZero ? null! : ofOutput, fromZero ? null! : ofCarry, null!, null!];
    }

    private static Walk Forward(Tensor projected, Tensor recurrent, Tensor[] states, bool[]? counts, bool fromZero)
    {
        using DisposeScope scope = NewDisposeScope();
        (long steps, long batch, int units) = (projected.shape[0], projected.shape[1], (int)recurrent.shape[0]);
        Tensor gates = projected.detach().contiguous().clone();
        Tensor carries = empty(steps, batch, units);
        Tensor bent = empty(steps, batch, units);
        Tensor outputs = empty(steps, batch, units);
        Tensor h = states[0].detach().contiguous(), c = states[1].detach().contiguous();
        var forth = RecurrentProduct.With(recurrent.detach().contiguous(), transposed: false);
        float* allGates = Address(gates), allCarries = Address(carries), allBent = Address(bent), allOutputs = Address(outputs);
        float* firstOutput = Address(h), firstCarry = Address(c);
        BatchParts.Run((int)batch, steps * batch * units * 4 * units, (first, count) =>
        {
            float* output = firstOutput + ((long)first * units), carry = firstCarry + ((long)first * units);
            for (long t = 0; t < steps; t++)
            {
                long at = ((t * batch) + first) * units;
                float* nextOutput = allOutputs + at, nextCarry = allCarries + at;
                if (t > 0 || !fromZero)
                {
                    forth.Add(output, allGates + (4 * at), count);
                }

                for (int row = 0; row < count; row++)
                {
                    long place = (long)row * units;
                    if (counts is null || counts[(t * batch) + first + row])
                    {
                        LSTMStep.Forward(allGates + (4 * (at + place)), carry + place, nextCarry + place, allBent + at + place,
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

        Out(gates, carries, bent, outputs);
        return new Walk(gates, carries, bent, outputs);
    }

    private static void Out(params ReadOnlySpan<Tensor> tensors)
    {
        foreach (Tensor tensor in tensors)
        {
            tensor.MoveToOuterDisposeScope();
        }
    }

    private static void Add(float* from, float* to, long count)
    {
        for (long i = 0; i < count; i++)
        {
            to[i] += from[i];
        }
    }

    private static float* Address(Tensor tensor) => (float*)TensorMemory.PointerTo(tensor);

    private sealed record Walk(Tensor Gates, Tensor Carries, Tensor Bent, Tensor Outputs);
}
