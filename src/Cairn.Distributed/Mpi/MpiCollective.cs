using System.Diagnostics;
using Cairn.Replication;

namespace Cairn.Distributed.Mpi;

/// <summary>
/// Exchanges through MPI. All exchanges are started and then tested until they end, so that none can outlast its deadline.
/// </summary>
internal sealed unsafe partial class MpiCollective : ICollective
{
    private const int Tag = 20_404;
    private const int SumTag = 1;
    private const int MessageBytes = 1024;
    private const byte Failed = 1;
    private const byte Waiting = 2;
    private const byte Left = 3;

    // One call of MPI takes a 32-bit count.
    internal const int MostNumbers = 1 << 28;

    // The first process may have results to save when the others are done.
    private const int LongerAtTheEnd = 10;
    private static readonly TimeSpan ForcedExitAfter = TimeSpan.FromSeconds(2);

    private readonly MpiLibrary library;
    private readonly HashSet<int> left = [];
    private readonly PeerSums? gradients;
    private readonly PeerSum? sum;
    private readonly SharedWindow? memory;
    private readonly SharedSum? sharedSum;
    private readonly SharedStretches? stretches;
    private readonly List<SharedWindow> idle = [];
    private string? failure;

    /// <summary>Uses MPI, which has been started; all processes call this.</summary>
    /// <param name="library">MPI.</param>
    /// <param name="sharesMemory">Whether processes on one host may add up numbers in memory that they share.</param>
    public MpiCollective(MpiLibrary library, bool sharesMemory)
    {
        this.library = library;
        if (library.Size > PeerSum.MostProcesses)
        {
            return;
        }

        long sums = 2 * SharedSum.AreaBytes;
        memory = SharedWindow.Create(library, sums + (library.Size == 2 ? SharedStretches.AreaBytes : 0), sharesMemory);
        if (memory is null)
        {
            (gradients, sum) = (new PeerSums(library, null), new PeerSum(library, library.Abi.World));
            return;
        }

        // Sums and pending sums may overtake each other; each has memory of its own.
        sharedSum = new SharedSum(memory, library.Rank, library.Size, area: 0);
        gradients = new PeerSums(library, new SharedSum(memory, library.Rank, library.Size, area: 1));
        stretches = library.Size == 2 ? new SharedStretches(this, memory, sums) : null;
    }

    public string Engine => $"{library.Version} ({library.Abi.Name} interface, {library.File})";

    public int Rank => library.Rank;

    public int Size => library.Size;

    public TimeSpan Deadline { get; set; }

    /// <summary>Whether sums are made in memory that the processes share.</summary>
    public bool SharesMemory => memory is not null;

    /// <summary>Whether this machine has more processes than cores.</summary>
    public bool SharesCores { get; set; }

    public void Sum(Span<float> numbers, string purpose)
    {
        fixed (float* first = numbers)
        {
            Sum((byte*)first, numbers.Length, NumberKind.Float32, purpose);
        }
    }

    public void Sum(Span<double> numbers, string purpose)
    {
        fixed (double* first = numbers)
        {
            Sum((byte*)first, numbers.Length, NumberKind.Float64, purpose);
        }
    }

    public IPendingSum BeginSum(Memory<float> numbers, GradientFormat format, string purpose)
    {
        RequireWhole();
        return new MpiPendingSum(this, library, gradients, numbers, format, purpose);
    }

    /// <summary>Whether gradients can be added up while the optimizer updates the weights.</summary>
    public bool AddsInStretches => stretches is not null;

    /// <summary>How many stretches have been added up; for tests.</summary>
    public long StretchesAdded => stretches?.Count ?? 0;

    /// <summary>How many stretches have been added up where the gradients were computed; for tests.</summary>
    public long SharedStretchesAdded { get; set; }

    /// <summary>How much memory has been created for gradients, in bytes for each process; for tests.</summary>
    public long GradientMemory { get; private set; }

    /// <summary>Called when all processes have left, before MPI ends; for tests.</summary>
    public Action? HasLeft { get; set; }

    /// <summary>Begins sums of gradients that are taken one stretch after the other, if <see cref="AddsInStretches"/>.</summary>
    /// <param name="gradients">The gradients, of the same lengths in both processes.</param>
    /// <param name="factor">What those of this process are multiplied by.</param>
    /// <param name="purpose">What is exchanged, for messages.</param>
    public IStretchedSums BeginStretches(GradientPlace[] gradients, float factor, string purpose)
    {
        RequireWhole();
        stretches!.Start(gradients, factor, purpose);
        return stretches;
    }

    /// <summary>
    /// Gives memory for the gradients of a model that both processes read, if <see cref="AddsInStretches"/>. Both call this; both get
    /// memory or none.
    /// </summary>
    /// <param name="variables">The variables, in the same order in both processes.</param>
    public SharedGradients? ShareGradients(IReadOnlyList<Variable> variables)
    {
        const string purpose = "the size of shared memory for gradients";
        long bytes = SharedGradients.BytesFor(variables);
        int index = idle.FindIndex(one => one.Bytes >= bytes && one.Bytes / 2 <= bytes);
        Span<double> same = [bytes, index, idle.Count];
        Sum(same, purpose);
        if (same[0] != Size * (double)bytes || same[1] != Size * index || same[2] != Size * idle.Count)
        {
            return null;
        }

        if (TakeOrCreate(index, bytes) is not { } window)
        {
            return null;
        }

        var given = new SharedGradients(this, window, variables, stretches!.Room);
        Sum(same, purpose);
        return given;
    }

    /// <summary>Takes memory of gradients back, to be given again.</summary>
    public void TakeBack(SharedWindow window) => idle.Add(window);

    public void Broadcast(Span<byte> bytes, string purpose, int from = 0)
    {
        fixed (byte* first = bytes)
        {
            for (int at = 0; at < bytes.Length; at += MostNumbers)
            {
                nint request;
                int count = Math.Min(MostNumbers, bytes.Length - at);
                RequireWhole();
                library.StartBroadcast(first + at, count, from, &request);
                Wait(new RequestExchange(library, request, purpose), count, purpose);
            }
        }
    }

    public void Fail(string message)
    {
        if (failure is null)
        {
            failure = message;
            SendToAll(Failed, message);
        }
    }

    public void Abort(int exitCode)
    {
        Console.Out.Flush();
        Console.Error.Flush();

        // MPI_Abort may wait for processes that are gone, and may leave those of other machines alive.
        var forced = new Thread(() =>
        {
            Thread.Sleep(ForcedExitAfter);
            ProcessEnd.ExitNow(exitCode);
        })
        { IsBackground = true, Name = "Cairn: forced exit" };
        forced.Start();
        library.Abort(exitCode);
        ProcessEnd.ExitNow(exitCode);
    }

    public void Dispose()
    {
        // After a failure MPI can't be ended in good order.
        if (failure is not null)
        {
            Abort(1);
        }

        // MPI_Finalize waits without end for a process that is gone.
        try
        {
            Leave("the end of the program");
        }
        catch (ReplicaException exception)
        {
            Console.Error.WriteLine(exception.Message);
            Abort(1);
        }

        HasLeft?.Invoke();
        using TimeLimit limit = LimitOf("the end of MPI");
        FreeIdle();
        memory?.Free();
        library.Stop();
    }

    private SharedWindow? TakeOrCreate(int index, long bytes)
    {
        if (index >= 0)
        {
            SharedWindow taken = idle[index];
            idle.RemoveAt(index);
            return taken;
        }

        using TimeLimit limit = LimitOf("shared memory");
        FreeIdle();
        SharedWindow? created = memory!.Another(bytes);
        GradientMemory += created is null ? 0 : bytes;
        return created;
    }

    // Of calls that can't be tested.
    private TimeLimit LimitOf(string what) => new(Deadline, FormattableString.Invariant(
        $"Rank {Rank} waited {Deadline.TotalSeconds:F0} s for {what}; another rank has failed or is stopped."));

    private void FreeIdle()
    {
        idle.ForEach(window => window.Free());
        idle.Clear();
    }

    private void Leave(string purpose)
    {
        SendToAll(Left, purpose);
        for (long start = Stopwatch.GetTimestamp(); left.Count < Size - 1; Thread.Sleep(1))
        {
            Listen(null, purpose);
            if (Stopwatch.GetElapsedTime(start) is var waited && waited / LongerAtTheEnd > Deadline)
            {
                throw Silence(purpose, waited);
            }
        }
    }

    private void Sum(byte* numbers, int length, NumberKind kind, string purpose)
    {
        RequireWhole();
        int width = kind.Width();
        if (sharedSum is not null)
        {
            if (!sharedSum.TryAdd(numbers, length, kind))
            {
                Wait(sharedSum, (long)length * width, purpose);
            }

            return;
        }

        if (sum is not null)
        {
            sum.Start(numbers, length, kind, SumTag);
            Wait(sum, (long)length * width, purpose);
            return;
        }

        for (int at = 0; at < length; at += MostNumbers)
        {
            nint request;
            int count = Math.Min(MostNumbers, length - at);
            library.StartSum(
                numbers + ((long)at * width), count, kind == NumberKind.Float32 ? library.Abi.Float : library.Abi.Double, &request);
            Wait(new RequestExchange(library, request, purpose), (long)count * width, purpose);
        }
    }

    private void RequireWhole()
    {
        if (failure is not null)
        {
            throw new ReplicaException($"No further exchange is possible: {failure}");
        }
    }
}
