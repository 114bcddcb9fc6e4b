using System.IO.Hashing;
using System.Runtime.InteropServices;
using Cairn.Callbacks;
using Cairn.Native;
using Cairn.Optimizers;
using Cairn.Saving.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Distributed;

/// <summary>The state that must be equal in all processes: the weights and the state of the optimizer.</summary>
internal static class ModelState
{
    private const int LargestPiece = 1 << 30;

    /// <summary>Sends the seed, the weights and the optimizer of the first process to all others.</summary>
    public static void Send(Replicas replicas, Model model)
    {
        Optimizer optimizer = model.Optimizer!;
        Span<long> numbers =
        [
            (long)model.ResolveSeed(), optimizer.Steps, optimizer.Inner.AveragesInWeights ? 1 : 0,
            BitConverter.DoubleToInt64Bits(optimizer.LearningRate),
        ];
        long seed = numbers[0];
        replicas.Collective.Broadcast(MemoryMarshal.AsBytes(numbers), "the seed");
        if (numbers[0] != seed)
        {
            model.Seed = numbers[0];
        }

        if (optimizer.Steps != numbers[1])
        {
            optimizer.Steps = numbers[1];
        }

        optimizer.Inner.AveragesInWeights = numbers[2] != 0;
        if (optimizer.Schedule is null)
        {
            optimizer.SetAnyLearningRate(BitConverter.Int64BitsToDouble(numbers[3]));
        }

        foreach (Variable variable in VariablesOf(model))
        {
            Send(replicas, variable);
        }
    }

    /// <summary>Compares all of it between the processes, bit for bit.</summary>
    /// <param name="replicas">The processes.</param>
    /// <param name="model">The model.</param>
    /// <param name="epoch">Index of the epoch that has ended.</param>
    /// <param name="withOptimizer">Whether all processes have the state of the optimizer.</param>
    /// <exception cref="ReplicaException">Something differs.</exception>
    public static void RequireEqual(Replicas replicas, Model model, int epoch, bool withOptimizer)
    {
        Variable[] variables = [.. withOptimizer ? VariablesOf(model) : model.Weights];
        ulong own = withOptimizer ? Convert.ToUInt64(Fingerprint.Of(model), 16)
            : XxHash64.HashToUInt64(MemoryMarshal.AsBytes<ulong>(Array.ConvertAll(variables, HashOf)));
        if (AllEqual(replicas, own, "the hash of the weights", out _))
        {
            return;
        }

        ulong[] hashes = Array.ConvertAll(variables, HashOf);
        ulong[] first = [.. hashes];
        replicas.Collective.Broadcast(MemoryMarshal.AsBytes(first.AsSpan()), "the hashes of the weights");
        int place = Enumerable.Range(0, hashes.Length).FirstOrDefault(i => hashes[i] != first[i], -1);
        double[] places = new double[replicas.Size];
        places[replicas.Rank] = place + 1;
        replicas.Collective.Sum(places, "the first weight that differs");
        int rank = Array.FindIndex(places, one => one > 0);
        string what = rank < 0 ? "the number of the optimizer's steps" : variables[(int)places[rank] - 1].Path;
        throw new ReplicaException(
            $"After epoch {epoch + 1} {(rank < 0 ? "the ranks" : $"{replicas.Describe(rank)} and {replicas.Describe(0)}")} differ "
                + $"in {what}. "
            + "A callback or a custom step did something in one process only, or with numbers of its own; it must do the same in all of "
            + "them (Params.Rank tells where it is).",
            rank < 0 ? null : rank);
    }

    /// <summary>Whether a number is the same in all processes.</summary>
    /// <param name="replicas">The processes.</param>
    /// <param name="number">The number here.</param>
    /// <param name="purpose">What it is, for messages.</param>
    /// <param name="different">The first process whose number is not that of the first one; 0 if there is none.</param>
    public static bool AllEqual(Replicas replicas, ulong number, string purpose, out int different)
    {
        double[] halves = new double[2 * replicas.Size];
        halves[2 * replicas.Rank] = (uint)number;
        halves[(2 * replicas.Rank) + 1] = (uint)(number >> 32);
        replicas.Collective.Sum(halves, purpose);
        different = 0;
        for (int rank = 1; rank < replicas.Size && different == 0; rank++)
        {
            different = halves[2 * rank] != halves[0] || halves[(2 * rank) + 1] != halves[1] ? rank : 0;
        }

        return different == 0;
    }

    private static IEnumerable<Variable> VariablesOf(Model model) => model.Weights.Concat(model.Optimizer!.SlotVariables);

    private static unsafe void Send(Replicas replicas, Variable variable)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        Tensor value = variable.Value.detach();
        Tensor near = TensorMemory.IsReachable(value) ? value : value.to(CPU).contiguous();
        byte* first = (byte*)TensorMemory.PointerTo(near);
        long bytes = near.NumberOfElements * near.ElementSize;
        for (long at = 0; at < bytes; at += LargestPiece)
        {
            replicas.Collective.Broadcast(new Span<byte>(first + at, (int)Math.Min(LargestPiece, bytes - at)),
                $"the weight {variable.Path}");
        }

        if (!ReferenceEquals(near, value))
        {
            value.copy_(near);
        }
    }

    private static ulong HashOf(Variable variable)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        var hash = new XxHash64();
        TensorMemory.AppendTo(hash, variable.Value.detach().to(CPU).contiguous());
        return hash.GetCurrentHashAsUInt64();
    }
}
