using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Runs a cell over the steps of a batch of sequences. Keras: <c>backend.rnn</c>.</summary>
internal static class RecurrentWalk
{
    /// <summary>Computes all steps in order.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="sequences">Inputs, <c>[batch, steps, ...]</c>.</param>
    /// <param name="states">The initial states.</param>
    /// <param name="mask">The mask, <c>[batch, steps]</c>, true at unmasked steps, or null for none. Masked steps keep the states and
    /// repeat the previous output.</param>
    /// <param name="mode">The direction, whether to return all outputs, and whether masked outputs are zero.</param>
    /// <param name="startsAtZero">Whether the initial states are zero.</param>
    /// <param name="context">The context of the call.</param>
    /// <returns>The last output or all outputs, and the final states.</returns>
    public static (Tensor Output, Tensor[] States) Along(
        RNNCell cell, Tensor sequences, Tensor[] states, Tensor? mask, RecurrentMode mode, bool startsAtZero, CallContext context)
    {
        Tensor inOrder = InOrder(sequences, mode);
        Tensor? masked = mask is null ? null : InOrder(mask, mode);
        if (cell.TryWalk(inOrder, states, masked, startsAtZero, context) is { } walk)
        {
            return (Outputs(walk.All, walk.Last[0], masked, mode, startsAtZero), walk.Last);
        }

        CellRun run = cell.Begin(sequences.shape[0], context);
        Tensor[] steps = run.Project(inOrder).unbind(0);
        Tensor[]? counts = masked?.unbind(0);
        var outputs = new Tensor[mode.ReturnSequences ? steps.Length : 1];
        Tensor? before = null;
        for (int t = 0; t < steps.Length; t++)
        {
            (Tensor output, Tensor[] next) = run.Step(steps[t], states);
            if (counts is not null)
            {
                // A state that starts at zero and is also the output is masked once.
                bool isState = ReferenceEquals(output, next[0]) && startsAtZero && !mode.ZeroOutputForMask;
                Tensor[] earlier = states;
                states = [.. next.Select((state, i) => Choose(counts[t], state, earlier[i]))];
                output = isState ? states[0]
                    : Choose(counts[t], output, mode.ZeroOutputForMask || before is null ? zeros_like(output) : before);
            }
            else
            {
                states = next;
            }

            before = output;
            outputs[mode.ReturnSequences ? t : 0] = output;
        }

        return (mode.ReturnSequences ? stack(outputs, 1) : outputs[0], states);
    }

    // A masked step keeps the previous state and output; before the first unmasked step, the state is the initial one and the output is
    // zero.
    private static Tensor Outputs(Tensor all, Tensor last, Tensor? mask, RecurrentMode mode, bool startsAtZero)
    {
        if (mask is not null && (mode.ZeroOutputForMask || !startsAtZero))
        {
            Tensor counts = mode.ZeroOutputForMask ? mask : mask.to(ScalarType.Int32).cumsum(0).gt(Held(0));
            if (mode.ReturnSequences)
            {
                all = all * counts.unsqueeze(-1);
            }
            else
            {
                last = last * counts[-1].unsqueeze(-1);
            }
        }

        return mode.ReturnSequences ? all.transpose(0, 1) : last;
    }

    private static Tensor InOrder(Tensor sequences, RecurrentMode mode)
    {
        Tensor steps = sequences.transpose(0, 1);
        return mode.GoBackwards ? steps.flip(0) : steps;
    }

    private static Tensor Choose(Tensor counts, Tensor now, Tensor before)
    {
        while (counts.dim() < now.dim())
        {
            counts = counts.unsqueeze(-1);
        }

        return where(counts, now, before);
    }
}
