using System.Numerics;
using System.Runtime.CompilerServices;
using Cairn.Native;
using Cairn.Replication;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Distributed.Mpi;

/// <summary>
/// Memory that two processes of one host share for the gradients of a model. Each computes its gradients there, and adds up both while it
/// updates the weights, so that no gradient is copied.
/// </summary>
/// <remarks>
/// The processes have told each other that all gradients of a step are complete before they add them up. When one has read all of them, it
/// announces the number of steps in the first line of its part; the other process overwrites its gradients only after that.
/// </remarks>
internal sealed unsafe class SharedGradients : Exchange, IStretchedSums, IDisposable
{
    /// <summary>The elements of a stretch: its gradients, sums and weights stay in the first-level cache.</summary>
    public const int Block = 2048;

    private readonly MpiCollective collective;
    private readonly SharedWindow window;
    private readonly int rank;
    private readonly byte* own;
    private readonly byte* other;
    private readonly Dictionary<Variable, (long Place, Tensor Whole)> places = [];
    private readonly float* sums;

    private (long Place, long Length)[] gradients = [];
    private float ownFactor;
    private float otherFactor;
    private int at;
    private long offset;

    // Steps whose gradients have been added up here.
    private long ended;

    /// <summary>Uses a window; all processes then wait for each other once.</summary>
    /// <param name="collective">Waits for the other process.</param>
    /// <param name="window">The memory, of <see cref="BytesFor"/> for the variables.</param>
    /// <param name="variables">The variables, in the same order in both processes.</param>
    /// <param name="sums">Room for the sums of a stretch.</param>
    public SharedGradients(MpiCollective collective, SharedWindow window, IReadOnlyList<Variable> variables, float* sums)
    {
        (this.collective, this.window) = (collective, window);
        this.sums = sums;
        rank = collective.Rank;
        own = window.Part(rank);
        other = window.Part(1 - rank);
        Ended(own) = 0;
        long place = MemoryLine.Bytes;
        foreach (Variable variable in variables)
        {
            if (!IsPossible(variable))
            {
                continue;
            }

            places.Add(variable, (place, TensorOfMemory.At((float*)(own + place), variable.Stored.shape).DetachFromDisposeScope()));
            place += BytesOf(variable);
        }
    }

    public override bool IsInMemory => true;

    public int Length => Block;

    /// <summary>The memory that variables need.</summary>
    public static long BytesFor(IEnumerable<Variable> variables) =>
        MemoryLine.Bytes + variables.Where(IsPossible).Sum(BytesOf);

    /// <summary>A tensor for the gradient of a variable, after the other process has read the one before; null if there is none.</summary>
    public Tensor? NewGradient(Variable variable)
    {
        if (!places.TryGetValue(variable, out (long Place, Tensor Whole) one))
        {
            return null;
        }

        if (!Advance())
        {
            collective.Wait(this, sizeof(long), "the gradients of the step before");
        }

        return one.Whole.alias();
    }

    /// <summary>Whether the gradients of all these variables are here.</summary>
    public bool HasAll(ReadOnlySpan<Variable> variables)
    {
        foreach (Variable variable in variables)
        {
            if (!places.TryGetValue(variable, out (long Place, Tensor Whole) one) || !IsGradientAt(one.Place, variable))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Begins the sums of a step, whose gradients are complete in both processes.</summary>
    /// <param name="variables">The variables, in the order of the sums.</param>
    /// <param name="share">What the gradients of this process are multiplied by; 0 if they have no effect, even if not finite.</param>
    /// <param name="shareOfOther">The same of the other process.</param>
    public IStretchedSums Begin(Variable[] variables, float share, float shareOfOther)
    {
        gradients = Array.ConvertAll(variables, variable => (places[variable].Place, variable.Stored.NumberOfElements));
        (ownFactor, otherFactor) = (share, shareOfOther);
        (at, offset) = (0, 0);
        SkipEnds();
        return this;
    }

    public float* Next(int count)
    {
        long place = gradients[at].Place + (offset * sizeof(float));
        float* ofOwn = (float*)(own + place), ofOther = (float*)(other + place);
        if (rank == 0)
        {
            Add(ofOwn, ownFactor, ofOther, otherFactor, sums, count);
        }
        else
        {
            Add(ofOther, otherFactor, ofOwn, ownFactor, sums, count);
        }

        collective.SharedStretchesAdded++;
        offset += count;
        SkipEnds();
        return sums;
    }

    /// <summary>Whether the other process has read the gradients of all steps so far.</summary>
    public override bool Advance() => Volatile.Read(ref Ended(other)) >= ended;

    /// <summary>Gives the memory back, to be used again; no variable has a gradient there any more.</summary>
    public void Dispose()
    {
        foreach ((Variable variable, (long place, Tensor whole)) in places)
        {
            // A callback may have disposed the model at the end of its training.
            if (!variable.Stored.IsInvalid && IsGradientAt(place, variable))
            {
                variable.Stored.grad = null;
            }

            whole.Dispose();
        }

        collective.TakeBack(window);
    }

    private static bool IsPossible(Variable variable) => variable.Stored.NumberOfElements > 0;

    // Whole lines.
    private static long BytesOf(Variable variable) =>
        (variable.Stored.NumberOfElements * sizeof(float) + MemoryLine.Bytes - 1) / MemoryLine.Bytes * MemoryLine.Bytes;

    private static ref long Ended(byte* part) => ref Unsafe.AsRef<long>(part);

    private bool IsGradientAt(long place, Variable variable) =>
        variable.Stored.grad is { } gradient && TensorMemory.PointerTo(gradient) == own + place;

    private void SkipEnds()
    {
        while (at < gradients.Length && offset == gradients[at].Length)
        {
            (at, offset) = (at + 1, 0);
        }

        if (at == gradients.Length)
        {
            Volatile.Write(ref Ended(own), ++ended);
        }
    }

    // Gradients multiplied by 0 are not read.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(float* a, float factorOfA, float* b, float factorOfB, float* sums, int count)
    {
        if (factorOfA == 0 || factorOfB == 0)
        {
            float factor = factorOfA + factorOfB;
            float* numbers = factorOfA == 0 ? b : a;
            for (int i = 0; i < count; i++)
            {
                sums[i] = factor == 0 ? 0 : (numbers[i] * factor) + 0f;
            }

            return;
        }

        int width = Vector<float>.Count, whole = 0;
        Vector<float> ofA = new(factorOfA), ofB = new(factorOfB);
        for (; whole <= count - width; whole += width)
        {
            ((Vector.Load(a + whole) * ofA) + (Vector.Load(b + whole) * ofB)).Store(sums + whole);
        }

        for (; whole < count; whole++)
        {
            sums[whole] = (a[whole] * factorOfA) + (b[whole] * factorOfB);
        }
    }
}
