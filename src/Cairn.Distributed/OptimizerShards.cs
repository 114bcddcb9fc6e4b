using Cairn.Native;
using Cairn.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Distributed;

/// <summary>
/// The state of an optimizer, divided among the processes (ZeRO, stage 1): each updates its variables and sends them to the others. Within
/// an epoch the other processes have no memory for their state.
/// </summary>
internal sealed class OptimizerShards : IOptimizerShards, IDisposable
{
    private const int PieceBytes = 1 << 30;

    private readonly Replicas replicas;
    private readonly Optimizer optimizer;
    private readonly Dictionary<Variable, int> owners = [];
    private readonly long[] loads;
    private byte[] buffer = [];
    private Reach whole = Reach.All;

    /// <summary>Divides the work; the state is divided after the first update.</summary>
    /// <param name="replicas">The processes.</param>
    /// <param name="optimizer">The optimizer that updates weights, with its whole state in all processes.</param>
    public OptimizerShards(Replicas replicas, Optimizer optimizer)
    {
        (this.replicas, this.optimizer) = (replicas, optimizer);
        loads = new long[replicas.Size];
        foreach (Variable variable in optimizer.Variables)
        {
            OwnerOf(variable);
        }

        optimizer.Shards = this;
    }

    /// <summary>Which processes have the whole state.</summary>
    private enum Reach
    {
        /// <summary>None.</summary>
        None,

        /// <summary>The first.</summary>
        First,

        /// <summary>All.</summary>
        All,
    }

    /// <inheritdoc/>
    public bool Owns(Variable variable) => OwnerOf(variable) == replicas.Rank;

    /// <inheritdoc/>
    public void Updated(IReadOnlyList<Variable> variables)
    {
        for (int rank = 0; rank < replicas.Size; rank++)
        {
            Exchange(rank, [.. variables.Where(variable => OwnerOf(variable) == rank)]);
        }

        foreach ((Variable variable, _, Variable state) in optimizer.StateBySlot)
        {
            if (!Owns(variable))
            {
                state.MoveElsewhere();
            }
        }

        whole = Reach.None;
    }

    /// <summary>Gives the first process, or all, the whole state, until the next update.</summary>
    public void Gather(bool everywhere)
    {
        Reach needed = everywhere ? Reach.All : Reach.First;
        if (whole >= needed)
        {
            return;
        }

        foreach ((Variable variable, _, Variable state) in optimizer.StateBySlot)
        {
            if (everywhere || replicas.Rank == 0)
            {
                state.MoveHere();
            }

            Exchange(OwnerOf(variable), [state]);
        }

        whole = needed;
    }

    public void Dispose() => optimizer.Shards = null;

    private int OwnerOf(Variable variable)
    {
        if (!owners.TryGetValue(variable, out int owner))
        {
            owner = Array.IndexOf(loads, loads.Min());
            loads[owner] += variable.Value.NumberOfElements;
            owners.Add(variable, owner);
        }

        return owner;
    }

    // Several variables are one message.
    private void Exchange(int from, Variable[] variables)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        for (int first = 0; first < variables.Length;)
        {
            int end = first;
            long bytes = 0;
            while (end < variables.Length && (end == first || bytes + BytesOf(variables[end]) <= PieceBytes))
            {
                bytes += BytesOf(variables[end++]);
            }

            int length = checked((int)bytes);
            if (buffer.Length < length)
            {
                buffer = new byte[length];
            }

            if (from == replicas.Rank)
            {
                Copy(variables.AsSpan(first, end - first), write: true);
            }

            replicas.Collective.Broadcast(buffer.AsSpan(0, length), "the optimizer's state", from);
            if (from != replicas.Rank)
            {
                Copy(variables.AsSpan(first, end - first), write: false);
            }

            first = end;
        }
    }

    private void Copy(ReadOnlySpan<Variable> variables, bool write)
    {
        int at = 0;
        foreach (Variable variable in variables)
        {
            Span<byte> place = buffer.AsSpan(at, (int)BytesOf(variable));
            at += place.Length;
            if (variable.IsElsewhere)
            {
                continue;
            }

            Tensor value = variable.Value.detach();
            Tensor near = TensorMemory.IsReachable(value) ? value : value.to(CPU).contiguous();
            if (write)
            {
                near.bytes.CopyTo(place);
                continue;
            }

            place.CopyTo(near.bytes);
            if (!ReferenceEquals(near, value))
            {
                value.copy_(near);
            }
        }
    }

    private static long BytesOf(Variable variable) => variable.Value.NumberOfElements * variable.Value.ElementSize;
}
