using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Cairn.Distributed.Mpi;
using Cairn.Native;
using Cairn.Replication;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Distributed;

/// <summary>
/// The exchange of a step: gradients, changes of moving statistics, and votes, in as few messages as possible. Its end has a place for each
/// process, so that no process can mistake the numbers of another step for its own.
/// </summary>
internal sealed partial class GradientExchange : IDisposable
{
    private const int NumberOfVotes = 2;

    // What is exchanged before gradients that are added up in stretches, and then the share of each process.
    private const int TakesStretches = 0;
    private const int IsShared = 1;
    private const int WantsMemory = 2;
    private const int Shares = 3;

    // Of each process: its step, and the rows and the checksum of its batch.
    private const int Checks = 3;

    // Integers up to here are exact.
    private const long MostSteps = 1 << 24;

    private readonly Replicas replicas;
    private readonly GradientFormat format;
    private readonly Variable[] statistics;
    private readonly float[][] before;
    private readonly List<IPendingSum> underWay = [];
    private readonly long controlLength;
    private readonly MpiCollective? stretching;
    private readonly float[] head;
    private readonly HashSet<Variable> wanting = [];
    private SharedGradients? shared;
    private bool hasAsked;
    private ExchangePlan? plan;
    private NativeNumbers? buffer;
    private int capacity;

    public GradientExchange(Replicas replicas, Model model, GradientFormat format)
    {
        (this.replicas, this.format) = (replicas, format);
        statistics = [.. model.Weights.Where(variable => !variable.Trainable && variable.Value.is_floating_point())];
        before = Array.ConvertAll(statistics, variable => new float[variable.Value.NumberOfElements]);
        controlLength = before.Sum(numbers => (long)numbers.Length) + NumberOfVotes + (Checks * replicas.Size);
        stretching = format == GradientFormat.Float32 && replicas.Collective is MpiCollective { AddsInStretches: true } mpi ? mpi : null;
        head = new float[stretching is null ? 0 : Shares + replicas.Size + controlLength];
    }

    /// <summary>Whether the model has moving statistics.</summary>
    public bool HasStatistics => statistics.Length > 0;

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
    /// <param name="votes">The votes of this process; receives those of all processes.</param>
    /// <param name="step">Number of this exchange.</param>
    /// <param name="takesStretches">Whether the optimizer of this process can take the sums one stretch after the other.</param>
    /// <returns>The sums, if the optimizers of all processes are to take them so; else null.</returns>
    public IStretchedSums? Run(BatchShare share, Variable[] variables, ref Votes votes, long step, Func<bool> takesStretches)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        EndWatch();
        float weight = (float)share.Weight;
        if (stretching is null)
        {
            votes = RunWhole(variables, share, votes, step);
            return null;
        }

        // Through shared memory, a small sum before the others costs next to nothing.
        bool takes = arrived is null && takesStretches();
        WriteHead(takes, variables, weight);
        Span<float> control = head.AsSpan(Shares + replicas.Size);
        WriteControl(control, share, votes, step);
        replicas.Collective.Sum(head, $"the votes of step {step}");
        votes = ReadControl(control, share, step);
        if (head[TakesStretches] != replicas.Size)
        {
            RunWhole(variables, share, votes, step);
            return null;
        }

        if (head[IsShared] == replicas.Size)
        {
            return shared!.Begin(variables, weight, head[Shares + 1 - replicas.Rank]);
        }

        if (head[WantsMemory] == replicas.Size)
        {
            (shared, hasAsked) = (stretching.ShareGradients(variables), true);
        }

        return stretching.BeginStretches(Array.ConvertAll(variables, PlaceOf), weight, $"the gradients of step {step}");
    }

    /// <summary>A tensor for the gradient of a variable in memory that the processes share, or null.</summary>
    public Tensor? NewGradient(Variable variable)
    {
        if (stretching is not null && arrived is null && !hasAsked)
        {
            wanting.Add(variable);
        }

        return arrived is null ? shared?.NewGradient(variable) : null;
    }

    private void WriteHead(bool takes, Variable[] variables, float weight)
    {
        head[TakesStretches] = takes ? 1 : 0;
        head[IsShared] = takes && shared?.HasAll(variables) == true ? 1 : 0;

        // It costs memory, and is worth it only if all gradients of a step are there.
        head[WantsMemory] = wanting.Count == variables.Length && Array.TrueForAll(variables, wanting.Contains) ? 1 : 0;
        head.AsSpan(Shares, replicas.Size).Clear();
        head[Shares + replicas.Rank] = weight;
        wanting.Clear();
    }

    private static unsafe GradientPlace PlaceOf(Variable variable)
    {
        Tensor gradient = variable.Value.grad!;
        return new GradientPlace((float*)TensorMemory.PointerTo(gradient), gradient.NumberOfElements);
    }

    // All sums are made before the first update. The votes are among them, unless they have been exchanged before.
    private Votes RunWhole(Variable[] variables, BatchShare share, Votes votes, long step)
    {
        float weight = (float)share.Weight;
        ExchangePlan now = Prepare(variables);
        Span<float> control = Numbers(now.Control, controlLength);
        if (stretching is null)
        {
            WriteControl(control, share, votes, step);
        }

        for (int i = underWay.Count; i < now.Pieces.Count; i++)
        {
            Write(now, now.Pieces[i], weight);
            Begin(now.Pieces[i], step);
        }

        if (now.ControlIsSeparate && stretching is null)
        {
            underWay.Add(replicas.Collective.BeginSum(
                Memory(now.Control, controlLength), GradientFormat.Float32, $"the votes of step {step}"));
        }

        for (int i = 0; i < now.Pieces.Count; i++)
        {
            underWay[i].Wait();
            Read(now, now.Pieces[i]);
        }

        if (underWay.Count > now.Pieces.Count)
        {
            underWay[^1].Wait();
        }

        underWay.Clear();
        Forget();
        return stretching is null ? ReadControl(control, share, step) : votes;
    }

    public void Dispose()
    {
        shared?.Dispose();
        foreach (Variable variable in arrived is null ? [] : plan!.Variables)
        {
            variable.ExchangeCopy(null);
        }

        Forget();

        // MPI may still write to it if an exchange has failed; the process then ends.
        if (underWay.Count == 0)
        {
            ((IDisposable?)buffer)?.Dispose();
        }
        else
        {
            buffer?.Keep();
        }
    }

    private void Begin(ExchangePlan.Piece piece, long step) => underWay.Add(
        replicas.Collective.BeginSum(Memory(piece.Start, piece.Length), format, $"the gradients of step {step}"));

    private void Write(ExchangePlan now, ExchangePlan.Piece piece, float weight)
    {
        for (int i = piece.First; i < piece.End; i++)
        {
            if (!IsWritten(i))
            {
                Write(now, i, now.Variables[i].Value.grad, weight);
            }
        }
    }

    private void Write(ExchangePlan now, int variable, Tensor? gradient, float weight)
    {
        Numbers(now.FlagOf(variable), 1)[0] = gradient is null ? 0 : 1;
        Span<float> place = Numbers(now.PlaceOf(variable), now.Variables[variable].Value.NumberOfElements);

        // A row that stands in has no effect, also if it is not finite.
        if (gradient is null || weight == 0)
        {
            place.Clear();
            return;
        }

        Tensor plain = IsPlain(gradient) ? gradient : gradient.to(ScalarType.Float32).to(CPU).contiguous();
        Scale(TensorMemory.SpanOf<float>(plain), weight, place);
    }

    private void Read(ExchangePlan now, ExchangePlan.Piece piece)
    {
        for (int i = piece.First; i < piece.End; i++)
        {
            if (Numbers(now.FlagOf(i), 1)[0] > 0)
            {
                Tensor value = now.Variables[i].Value;
                value.grad = GradientOf(value, now.PlaceOf(i));
            }
        }
    }

    // The optimizer reads the sums where they are; the next step replaces them.
    private Tensor GradientOf(Tensor value, long place)
    {
        Tensor sum = buffer!.View(place, value.shape, value.NumberOfElements);
        return IsPlain(value) ? sum : sum.to(value.dtype).to(value.device);
    }

    private void WriteControl(Span<float> control, BatchShare share, Votes votes, long step)
    {
        float weight = (float)share.Weight;
        int at = 0;
        for (int i = 0; i < statistics.Length; i++)
        {
            WriteChange(statistics[i], before[i], weight, control.Slice(at, before[i].Length));
            at += before[i].Length;
        }

        (control[at], control[at + 1]) = (votes.Stop ? 1 : 0, votes.Cancel ? 1 : 0);
        Span<float> ofEach = control[(at + NumberOfVotes)..];
        ofEach.Clear();
        Span<float> own = ofEach.Slice(Checks * replicas.Rank, Checks);
        (own[0], own[1], own[2]) = (step % MostSteps, share.Total % MostSteps, share.Content);
    }

    private Votes ReadControl(ReadOnlySpan<float> control, BatchShare share, long step)
    {
        int at = before.Sum(numbers => numbers.Length);
        RequireSame(control[(at + NumberOfVotes)..], share, step);
        var votes = new Votes(Stop: control[at] > 0, Cancel: control[at + 1] > 0);
        at = 0;
        for (int i = 0; i < statistics.Length; i++)
        {
            ReadChange(statistics[i], before[i], control.Slice(at, before[i].Length));
            at += before[i].Length;
        }

        return votes;
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

    private static void ReadChange(Variable variable, float[] before, ReadOnlySpan<float> change)
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

    /// <summary>Multiplies numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Scale(ReadOnlySpan<float> numbers, float factor, Span<float> place)
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

    private Memory<float> Memory(long start, long length) => buffer!.Memory.Slice(checked((int)start), checked((int)length));

    private Span<float> Numbers(long start, long length) => buffer!.GetSpan().Slice(checked((int)start), checked((int)length));

    private ExchangePlan Prepare(Variable[] variables)
    {
        if (plan is null || !plan.Variables.AsSpan().SequenceEqual(variables))
        {
            bool controlIsSeparate = format != GradientFormat.Float32 || stretching is not null;
            plan = new ExchangePlan(variables, controlLength, controlIsSeparate);
            (isFirst, isImpossible) = (true, false);
        }

        if (plan.Length > capacity)
        {
            ((IDisposable?)buffer)?.Dispose();
            capacity = checked((int)plan.Length);
            buffer = new NativeNumbers(capacity);
        }

        return plan;
    }

    private void RequireSame(ReadOnlySpan<float> ofEach, BatchShare share, long step)
    {
        for (int rank = 0; rank < replicas.Size; rank++)
        {
            ReadOnlySpan<float> other = ofEach.Slice(Checks * rank, Checks);

            // The steps themselves are less far from each other than the numbers can tell.
            long ahead = (long)Math.IEEERemainder((long)other[0] - (step % MostSteps), MostSteps);
            string? difference = ahead != 0 ? $"is at step {step + ahead}, and {replicas.Describe(replicas.Rank)} at step {step}"
                : other[1] != share.Total % MostSteps
                ? $"has a batch of {other[1]} rows in step {step}, and {replicas.Describe(replicas.Rank)} one of {share.Total} rows"
                : other[2] != share.Content
                ? $"has other numbers in the batch of step {step} than {replicas.Describe(replicas.Rank)}"
                : null;
            if (difference is not null)
            {
                throw new ReplicaException(
                    $"{replicas.Describe(rank)} {difference}: they do not run the same program on the same data.", rank);
            }
        }
    }
}
