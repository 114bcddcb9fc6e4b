using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Cairn.Distributed.Mpi;

/// <summary>
/// Exchanges through MPI. All exchanges are started and then tested until they end, so that none can outlast its deadline.
/// </summary>
internal sealed unsafe class MpiCollective : ICollective
{
    private const int Tag = 20_404;
    private const int SumTag = 1;
    private const int MessageBytes = 1024;
    private const byte Failed = 1;
    private const byte Waiting = 2;
    private const byte Left = 3;

    // One call of MPI takes a 32-bit count.
    internal const int MostNumbers = 1 << 28;
    private const int FirstTests = 100;
    private const int FirstLooks = 1000;

    // The first process may have results to save when the others are done.
    private const int LongerAtTheEnd = 10;
    // A process with a core of its own finds out sooner if it does not let go of it.
    private static readonly TimeSpan Spinning = TimeSpan.FromMicroseconds(200);
    private static readonly TimeSpan ListenEvery = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan AnswersWithin = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ForcedExitAfter = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan LastExchange = TimeSpan.FromSeconds(1);

    private readonly MpiLibrary library;
    private readonly HashSet<int> left = [];
    private readonly PeerSums? gradients;
    private readonly PeerSum? sum;
    private readonly SharedWindow? memory;
    private readonly SharedSum? sharedSum;
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

        memory = SharedWindow.Create(library, 2 * SharedSum.AreaBytes, sharesMemory);
        if (memory is null)
        {
            (gradients, sum) = (new PeerSums(library, null), new PeerSum(library, library.Abi.World));
            return;
        }

        // Sums and pending sums may overtake each other; each has memory of its own.
        sharedSum = new SharedSum(memory, library.Rank, library.Size, area: 0);
        gradients = new PeerSums(library, new SharedSum(memory, library.Rank, library.Size, area: 1));
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

        memory?.Free();
        library.Stop();
    }

    private void Leave(string purpose)
    {
        SendToAll(Left, purpose);
        for (long start = Stopwatch.GetTimestamp(); left.Count < Size - 1; Thread.Sleep(1))
        {
            Listen(null, purpose);
            if (Stopwatch.GetElapsedTime(start) is var waited && waited > Deadline * LongerAtTheEnd)
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
            sharedSum.Start(numbers, length, kind);
            Wait(sharedSum, (long)length * width, purpose);
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

    /// <summary>Waits until an exchange has ended.</summary>
    /// <exception cref="ReplicaException">A process failed or did not answer.</exception>
    internal void Wait(Exchange exchange, long bytes, string purpose)
    {
        try
        {
            // To look at shared memory takes a tenth of the time of a test by MPI.
            int first = exchange is SharedSum ? FirstLooks : FirstTests;
            for (int turn = 0; turn < first; turn++)
            {
                if (exchange.Advance())
                {
                    return;
                }
            }

            WaitLonger(exchange, bytes, purpose);
        }
        catch (ReplicaException exception)
        {
            failure ??= exception.Message;
            throw;
        }
    }

    private void WaitLonger(Exchange exchange, long bytes, string purpose)
    {
        long start = Stopwatch.GetTimestamp();

        // At 100 MB/s the data should have arrived.
        var busy = TimeSpan.FromMilliseconds(20 + (bytes / 100_000));
        TimeSpan listenAt = ListenEvery;
        TimeSpan? leftAt = null;
        bool spins = !SharesCores;
        for (int turn = 1; !exchange.Advance(); turn++)
        {
            if (!spins)
            {
                Thread.Yield();
            }
            else if (exchange is SharedSum)
            {
                // Two processes may be on one core that runs two threads.
                Thread.SpinWait(1);
            }

            if (turn % 64 != 0)
            {
                continue;
            }

            // Another process may wait for messages of exchanges that have ended here, also while this one looks at shared memory.
            library.Progress(Tag);
            TimeSpan waited = Stopwatch.GetElapsedTime(start);
            spins = spins && waited < Spinning;
            if (waited > busy)
            {
                Thread.Sleep(1);
            }

            if (waited > listenAt)
            {
                listenAt = waited + ListenEvery;
                Listen(null, purpose);
            }

            if (left.Count > 0 && waited > (leftAt ??= waited) + LastExchange)
            {
                throw new ReplicaException(
                    $"Rank {left.First()} of {Size} has ended its program while rank {Rank} waits in the exchange "
                    + $"of {purpose}: all ranks must call Fit equally often, on the same data.", left.First());
            }

            if (waited > Deadline)
            {
                throw Silence(purpose, waited);
            }
        }
    }

    /// <summary>Receives the messages of other processes.</summary>
    /// <param name="answers">Receives the processes that are also waiting; null if they were not asked.</param>
    /// <param name="purpose">What this process waits for.</param>
    private void Listen(Dictionary<int, string>? answers, string purpose)
    {
        byte* message = stackalloc byte[MessageBytes];
        for (int from = 0; from < Size; from++)
        {
            while (from != Rank && library.TryReceive(message, MessageBytes, from, Tag))
            {
                string text = Encoding.UTF8.GetString(message + 1, new Span<byte>(message + 1, MessageBytes - 1).IndexOf((byte)0));
                if (message[0] == Failed)
                {
                    throw new ReplicaException($"Rank {from} of {Size} has failed: {text}", from);
                }

                if (message[0] == Left)
                {
                    left.Add(from);
                }
                else if (answers is null)
                {
                    // Another process asks which ones are alive.
                    Send(Waiting, purpose, from);
                }
                else
                {
                    answers[from] = text;
                }
            }
        }
    }

    private ReplicaException Silence(string purpose, TimeSpan waited)
    {
        SendToAll(Waiting, purpose);
        var answers = new Dictionary<int, string>();
        long start = Stopwatch.GetTimestamp();
        while (answers.Count < Size - 1 && Stopwatch.GetElapsedTime(start) < AnswersWithin)
        {
            Thread.Sleep(10);
            Listen(answers, purpose);
        }

        int[] silent = [.. Enumerable.Range(0, Size).Where(rank => rank != Rank && !answers.ContainsKey(rank) && !left.Contains(rank))];
        string who = silent.Length > 0
            ? $"{(silent.Length == 1 ? "Rank" : "Ranks")} {string.Join(", ", silent)} of {Size} did not answer: stopped, out of reach over "
                + "the network, or busy for longer than the deadline. Look at its output and its machine"
            : $"The ranks wait for different things ({string.Join(", ", answers.Select(one => $"{one.Key}: {one.Value}"))}): they do not "
                + "run the same program on the same data, or one of them left a step early. Compare them";
        return new ReplicaException(
            FormattableString.Invariant($"Rank {Rank} waited {waited.TotalSeconds:F1} s in the exchange of {purpose}. {who}; ")
            + "Replicas.Deadline or CAIRN_DEADLINE (in seconds) lets exchanges take longer.",
            silent.Length > 0 ? silent[0] : null);
    }

    private void SendToAll(byte kind, string text)
    {
        for (int to = 0; to < Size; to++)
        {
            if (to != Rank)
            {
                Send(kind, text, to);
            }
        }
    }

    private void Send(byte kind, string text, int to)
    {
        // Never freed, since its arrival is not reported.
        byte* message = (byte*)NativeMemory.AllocZeroed(MessageBytes);
        message[0] = kind;
        Encoding.UTF8.GetEncoder().Convert(text, new Span<byte>(message + 1, MessageBytes - 2), flush: true, out _, out _, out _);
        library.StartSend(message, MessageBytes, to, Tag);
    }
}
