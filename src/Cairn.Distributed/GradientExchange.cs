using System.Numerics;
using System.Runtime.InteropServices;
using Cairn.Native;
using Cairn.Replication;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Distributed;

/// <summary>
/// The exchange of a step: gradients, changes of moving statistics, and votes, in one buffer. Its end has a place for each process, so that
/// no process can mistake the numbers of another step for its own.
/// </summary>
internal sealed unsafe class GradientExchange : IDisposable
{
    private const int NumberOfVotes = 2;

    // Integers up to here are exact.
    private const long MostSteps = 1 << 24;

    private readonly Replicas replicas;
    private readonly Variable[] statistics;
    private readonly float[][] before;
    private readonly long statisticsLength;
    private float* buffer;
    private long capacity;

    public GradientExchange(Replicas replicas, Model model)
    {
        this.replicas = replicas;
        statistics = [.. model.Weights.Where(variable => !variable.Trainable && variable.Value.is_floating_point())];
        before = Array.ConvertAll(statistics, variable => new float[variable.Value.NumberOfElements]);
        statisticsLength = before.Sum(numbers => (long)numbers.Length);
    }

    /// <summary>Notes the moving statistics as they are in all processes.</summary>
    public void BeginStep()
    {
        for (int i = 0; i < statistics.Length; i++)
        {
            Copy(statistics[i], before[i]);
        }
    }

    /// <summary>Exchanges.</summary>
    /// <param name="share">The rows of this process.</param>
    /// <param name="variables">The variables of the optimizer, in the same order in all processes.</param>
    /// <param name="votes">The votes of this process.</param>
    /// <param name="step">Number of this exchange.</param>
    /// <returns>The combined votes of all processes.</returns>
    public Votes Run(BatchShare share, Variable[] variables, Votes votes, long step)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        long length = variables.Sum(variable => variable.Value.NumberOfElements) + statisticsLength + variables.Length + NumberOfVotes
            + replicas.Size;
        Reserve(length);
        float weight = (float)share.Weight;
        long at = 0;
        foreach (Variable variable in variables)
        {
            Span<float> place = Place(ref at, variable.Value.NumberOfElements);
            Write(variable.Value.grad, weight, place);
        }

        for (int i = 0; i < statistics.Length; i++)
        {
            WriteChange(statistics[i], before[i], weight, Place(ref at, before[i].Length));
        }

        Span<float> flags = Place(ref at, variables.Length);
        for (int i = 0; i < variables.Length; i++)
        {
            flags[i] = variables[i].Value.grad is null ? 0 : 1;
        }

        Span<float> votesOfAll = Place(ref at, NumberOfVotes);
        (votesOfAll[0], votesOfAll[1]) = (votes.Stop ? 1 : 0, votes.Cancel ? 1 : 0);
        Span<float> stepOfEach = Place(ref at, replicas.Size);
        stepOfEach.Clear();
        stepOfEach[replicas.Rank] = step % MostSteps;

        replicas.Collective.Sum(new Span<float>(buffer, checked((int)length)), $"the gradients of step {step}");

        RequireSameStep(stepOfEach, step);
        at = 0;
        for (int i = 0; i < variables.Length; i++)
        {
            Span<float> place = Place(ref at, variables[i].Value.NumberOfElements);
            if (flags[i] > 0)
            {
                Read(variables[i], place);
            }
        }

        for (int i = 0; i < statistics.Length; i++)
        {
            ReadChange(statistics[i], before[i], Place(ref at, before[i].Length));
        }

        return new Votes(Stop: votesOfAll[0] > 0, Cancel: votesOfAll[1] > 0);
    }

    public void Dispose()
    {
        NativeMemory.Free(buffer);
        buffer = null;
        capacity = 0;
    }

    private static void Write(Tensor? gradient, float weight, Span<float> place)
    {
        // A row that stands in has no effect, also if it is not finite.
        if (gradient is null || weight == 0)
        {
            place.Clear();
            return;
        }

        Tensor plain = IsPlain(gradient) ? gradient : gradient.to(ScalarType.Float32).to(CPU).contiguous();
        Scale(TensorMemory.SpanOf<float>(plain), weight, place);
    }

    private static void Read(Variable variable, Span<float> sum)
    {
        Tensor value = variable.Value;
        if (value.grad is { } gradient && IsPlain(gradient))
        {
            sum.CopyTo(TensorMemory.SpanOf<float>(gradient));
            return;
        }

        Tensor whole = empty(value.shape, ScalarType.Float32);
        sum.CopyTo(TensorMemory.SpanOf<float>(whole));
        value.grad = whole.to(value.dtype).to(value.device).DetachFromDisposeScope();
    }

    // The change is exchanged, not the value, so that what did not change stays as it is, bit for bit.
    private static void WriteChange(Variable variable, float[] before, float weight, Span<float> place)
    {
        if (weight == 0)
        {
            place.Clear();
            return;
        }

        Copy(variable, place);
        for (int i = 0; i < before.Length; i++)
        {
            place[i] = (place[i] - before[i]) * weight;
        }
    }

    private static void ReadChange(Variable variable, float[] before, Span<float> change)
    {
        for (int i = 0; i < before.Length; i++)
        {
            before[i] += change[i];
        }

        if (IsPlain(variable.Value))
        {
            before.CopyTo(TensorMemory.SpanOf<float>(variable.Value));
        }
        else
        {
            variable.Value.copy_(tensor(before, variable.Value.shape));
        }
    }

    private static void Copy(Variable variable, Span<float> place)
    {
        if (IsPlain(variable.Value))
        {
            TensorMemory.SpanOf<float>(variable.Value).CopyTo(place);
        }
        else
        {
            variable.ToFloats().CopyTo(place);
        }
    }

    private static bool IsPlain(Tensor value) => value.dtype == ScalarType.Float32 && TensorMemory.IsReachable(value);

    private static void Scale(ReadOnlySpan<float> numbers, float factor, Span<float> place)
    {
        int vectors = numbers.Length - (numbers.Length % Vector<float>.Count);
        ReadOnlySpan<Vector<float>> from = MemoryMarshal.Cast<float, Vector<float>>(numbers[..vectors]);
        Span<Vector<float>> to = MemoryMarshal.Cast<float, Vector<float>>(place[..vectors]);
        var factors = new Vector<float>(factor);
        for (int i = 0; i < from.Length; i++)
        {
            to[i] = from[i] * factors;
        }

        for (int i = vectors; i < numbers.Length; i++)
        {
            place[i] = numbers[i] * factor;
        }
    }

    private Span<float> Place(ref long at, long length)
    {
        var place = new Span<float>(buffer + at, checked((int)length));
        at += length;
        return place;
    }

    private void Reserve(long length)
    {
        if (length > capacity)
        {
            NativeMemory.Free(buffer);
            buffer = (float*)NativeMemory.Alloc((nuint)length, sizeof(float));
            capacity = length;
        }
    }

    private void RequireSameStep(ReadOnlySpan<float> steps, long step)
    {
        for (int rank = 0; rank < steps.Length; rank++)
        {
            // The steps themselves are less far from each other than the numbers can tell.
            long ahead = (long)Math.IEEERemainder((long)steps[rank] - (step % MostSteps), MostSteps);
            if (ahead != 0)
            {
                throw new ReplicaException(
                    $"{replicas.Describe(rank)} is at step {step + ahead}, and {replicas.Describe(replicas.Rank)} at step {step}: "
                    + "they do not run the same program on the same data.",
                    rank);
            }
        }
    }
}
