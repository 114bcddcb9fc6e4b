using Cairn.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// All steps of a GRU with tanh, sigmoid and the reset gate after the product, on the CPU: one matrix product per step and one pass over
/// memory for the rest, forward and backward.
/// </summary>
/// <remarks>
/// Takes the projected inputs <c>[steps, batch, 3 · units]</c>, the recurrent kernel, the recurrent bias or null, the state, the mask
/// (<c>[steps · batch]</c> or null for none) and whether the state is zero and needs no gradient. Returns the states at all steps
/// <c>[steps, batch, units]</c> and the last one. A masked step keeps the state.
/// </remarks>
internal sealed unsafe class GRUPass : autograd.MultiTensorFunction<GRUPass>
{
    private const string Counts = "counts";
    private const string FromZero = "fromZero";

    public override string Name => nameof(GRUPass);

    /// <summary>The outputs, recorded for autograd if gradients are needed.</summary>
    public static (Tensor All, Tensor[] Last) Run(Tensor projected, Tensor recurrent, Tensor? bias, Tensor state, bool[]? counts,
        bool fromZero)
    {
        if (is_grad_enabled())
        {
            List<Tensor> outputs = apply(projected, recurrent, bias!, state, counts!, fromZero);
            return (outputs[0], [outputs[1]]);
        }

        Walk walk = Forward(projected, recurrent, bias, state, counts, fromZero);
        return (walk.Outputs, [walk.Outputs[-1]]);
    }

    public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
    {
        bool[]? counts = (bool[]?)vars[4];
        bool fromZero = (bool)vars[5];
        Walk walk = Forward((Tensor)vars[0], (Tensor)vars[1], (Tensor?)vars[2], (Tensor)vars[3], counts, fromZero);
        ctx.set_materialize_grads(false);
        ctx.save_for_backward([walk.Gates, walk.Inner, walk.Outputs, (Tensor)vars[1], (Tensor)vars[3]]);
        ctx.save_data(Counts, counts!);
        ctx.save_data(FromZero, fromZero);
        ctx.save_data("hasBias", vars[2] is not null);
        return [walk.Outputs, walk.Outputs[-1].clone()];
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
    {
        using DisposeScope scope = NewDisposeScope();
        List<Tensor> saved = ctx.get_saved_variables();
        Tensor gates = saved[0], inner = saved[1], outputs = saved[2], recurrent = saved[3], h = saved[4].contiguous();
        bool[]? counts = (bool[]?)ctx.get_data(Counts);
        bool fromZero = (bool)ctx.get_data(FromZero);
        (long steps, long batch, int units) = (outputs.shape[0], outputs.shape[1], (int)outputs.shape[2]);
        Tensor? outer = grad_outputs[0].IsInvalid ? null : grad_outputs[0].contiguous();
        Tensor ofOutput = grad_outputs[1].IsInvalid ? zeros_like(h) : grad_outputs[1].clone().contiguous();
        Tensor ofInputs = empty_like(gates);
        Tensor ofInner = empty_like(gates);
        var back = PackedMatrix.With(recurrent.detach().contiguous(), transposed: true);
        float* allGates = Address(gates), allInner = Address(inner), allOfInputs = Address(ofInputs), allOfInner = Address(ofInner),
            allOutputs = Address(outputs);
        float* firstState = Address(h), outputSlopes = Address(ofOutput), outerSlopes = outer is null ? null : Address(outer);
        BatchParts.Run((int)batch, steps * batch * units * 3 * units, (first, count) =>
        {
            float* slope = outputSlopes + ((long)first * units);
            for (long t = steps - 1; t >= 0; t--)
            {
                long at = ((t * batch) + first) * units;
                float* before = t == 0 ? firstState + ((long)first * units) : allOutputs + at - (batch * units);
                for (long i = 0; outerSlopes is not null && i < (long)count * units; i++)
                {
                    slope[i] += outerSlopes[at + i];
                }

                for (int row = 0; row < count; row++)
                {
                    long place = (long)row * units, wide = 3 * (at + place);
                    if (counts is null || counts[(t * batch) + first + row])
                    {
                        GRUStep.Backward(allGates + wide, allInner + wide + (2 * units), before + place, slope + place, allOfInputs + wide,
                            allOfInner + wide, units);
                    }
                    else
                    {
                        new Span<float>(allOfInputs + wide, 3 * units).Clear();
                        new Span<float>(allOfInner + wide, 3 * units).Clear();
                    }
                }

                if (t > 0 || !fromZero)
                {
                    back.Add(allOfInner + (3 * at), slope, count);
                }
            }
        });

        Tensor ofRecurrent = fromZero ? zeros_like(recurrent) : h.t().mm(ofInner[0]);
        if (steps > 1)
        {
            ofRecurrent.addmm_(outputs.narrow(0, 0, steps - 1).view(-1, units).t(), ofInner.narrow(0, 1, steps - 1).view(-1, 3 * units));
        }

        Tensor? ofBias = (bool)ctx.get_data("hasBias") ? ofInner.sum([0L, 1L]).MoveToOuterDisposeScope() : null;
        ofInputs.MoveToOuterDisposeScope();
        ofRecurrent.MoveToOuterDisposeScope();
        ofOutput.MoveToOuterDisposeScope();
        return [ofInputs, ofRecurrent, ofBias!, fromZero ? null! : ofOutput, null!, null!];
    }

    private static Walk Forward(Tensor projected, Tensor recurrent, Tensor? bias, Tensor state, bool[]? counts, bool fromZero)
    {
        using DisposeScope scope = NewDisposeScope();
        (long steps, long batch, int units) = (projected.shape[0], projected.shape[1], (int)recurrent.shape[0]);
        Tensor gates = projected.detach().contiguous().clone();
        Tensor inner = bias is null ? zeros_like(gates) : bias.detach().expand(steps, batch, 3 * units).contiguous();
        Tensor outputs = empty(steps, batch, units);
        Tensor h = state.detach().contiguous();
        var forth = PackedMatrix.With(recurrent.detach().contiguous(), transposed: false);
        float* allGates = Address(gates), allInner = Address(inner), allOutputs = Address(outputs), firstState = Address(h);
        BatchParts.Run((int)batch, steps * batch * units * 3 * units, (first, count) =>
        {
            float* before = firstState + ((long)first * units);
            for (long t = 0; t < steps; t++)
            {
                long at = ((t * batch) + first) * units;
                float* next = allOutputs + at;
                if (t > 0 || !fromZero)
                {
                    forth.Add(before, allInner + (3 * at), count);
                }

                for (int row = 0; row < count; row++)
                {
                    long place = (long)row * units, wide = 3 * (at + place);
                    if (counts is null || counts[(t * batch) + first + row])
                    {
                        GRUStep.Forward(allGates + wide, allInner + wide, before + place, next + place, units);
                    }
                    else
                    {
                        new Span<float>(before + place, units).CopyTo(new Span<float>(next + place, units));
                    }
                }

                before = next;
            }
        });

        gates.MoveToOuterDisposeScope();
        inner.MoveToOuterDisposeScope();
        outputs.MoveToOuterDisposeScope();
        return new Walk(gates, inner, outputs);
    }

    private static float* Address(Tensor tensor) => (float*)TensorMemory.PointerTo(tensor);

    private sealed record Walk(Tensor Gates, Tensor Inner, Tensor Outputs);
}
