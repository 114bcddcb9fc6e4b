using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Cairn.Distributed.Mpi;

/// <content>Waiting until an exchange ends, a process reports a failure, or the deadline has passed.</content>
internal sealed unsafe partial class MpiCollective
{
    private const int FirstTests = 100;
    private const int FirstLooks = 1000;

    // A process with a core of its own finds out sooner if it does not let go of it.
    private static readonly TimeSpan Spinning = TimeSpan.FromMicroseconds(200);
    private static readonly TimeSpan ListenEvery = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan AnswersWithin = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LastExchange = TimeSpan.FromSeconds(1);

    /// <summary>Waits until an exchange has ended.</summary>
    /// <exception cref="ReplicaException">A process failed or did not answer.</exception>
    internal void Wait(Exchange exchange, long bytes, string purpose)
    {
        try
        {
            // To look at shared memory takes a tenth of the time of a test by MPI.
            int first = exchange.IsInMemory ? FirstLooks : FirstTests;
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
            else if (exchange.IsInMemory)
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
