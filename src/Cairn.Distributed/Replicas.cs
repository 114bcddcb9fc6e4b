using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Cairn.Distributed.Mpi;
using Cairn.Native;
using static TorchSharp.torch;

namespace Cairn.Distributed;

/// <summary>The processes of a program that was started several times by <c>mpirun</c>, <c>mpiexec</c> or <c>srun</c>.</summary>
/// <remarks>
/// <code>
/// using var replicas = Replicas.Join();
/// model.Distribute(new DataParallel(replicas));
/// model.Fit(x, y, batchSize: 256);
/// </code>
/// Create it first, and dispose it last. All processes make the same exchanges in the same order. If one fails, the exchanges of the others
/// throw a <see cref="ReplicaException"/> within <see cref="Deadline"/>, and <see cref="Dispose"/> then ends the process.
/// </remarks>
public sealed class Replicas : IDisposable
{
    private const int LongestHost = 64;
    private const double DefaultDeadline = 60;

    private readonly ICollective collective;
    private readonly ProcessEnd? end;
    private bool disposed;

    /// <summary>Uses a communication library other than MPI.</summary>
    /// <param name="collective">The library, connected; it is disposed with this object.</param>
    public Replicas(ICollective collective)
    {
        ArgumentNullException.ThrowIfNull(collective);
        this.collective = collective;
        if (collective.Deadline <= TimeSpan.Zero)
        {
            collective.Deadline = DeadlineOf(Environment.GetEnvironmentVariable("CAIRN_DEADLINE"));
        }

        if (Size > 1)
        {
            end = new ProcessEnd(collective);
        }

        Hosts = ExchangeHosts();
        DivideCores();
    }

    /// <summary>
    /// Connects the processes that an MPI launcher started. Without a launcher there is one process, and no MPI library is needed.
    /// </summary>
    /// <param name="deadline">
    /// How long an exchange may wait for other processes; null (default) for the number of seconds in the environment variable
    /// CAIRN_DEADLINE, or 60.
    /// </param>
    /// <exception cref="ReplicaException">
    /// The MPI library is missing or belongs to another MPI than the launcher, or a process does not join.
    /// </exception>
    public static Replicas Join(TimeSpan? deadline = null)
    {
        if (deadline <= TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException(nameof(deadline), deadline, "The deadline must be longer than 0.");
        }

        Func<string, string?> variable = Environment.GetEnvironmentVariable;
        TimeSpan limit = deadline ?? DeadlineOf(variable("CAIRN_DEADLINE"));
        if (MpiLauncher.Find(variable) is not { } launcher)
        {
            return new Replicas(new SingleProcess { Deadline = limit });
        }

        using var joining = new TimeLimit(limit, FormattableString.Invariant(
            $"MPI did not start within {limit.TotalSeconds:F0} s: not all processes that {launcher.Name} started have called ")
            + "Replicas.Join, or they can't reach each other over the network.");
        var library = new MpiLibrary(launcher.Kind, variable("CAIRN_MPI_LIBRARY"));
        launcher.Check(library.Size, $"{library.File}: {library.Version}", variable);
        if (library.Size > 1)
        {
            var mpi = new MpiCollective(library, SharesMemory(variable("CAIRN_SHARED_MEMORY"))) { Deadline = limit };
            var replicas = new Replicas(mpi);
            mpi.SharesCores = replicas.ProcessesHere > ProcessEnd.OnlineCores();
            return replicas;
        }

        library.Stop();
        return new Replicas(new SingleProcess { Deadline = limit });
    }

    /// <summary>Index of this process, from 0.</summary>
    public int Rank => collective.Rank;

    /// <summary>Number of processes.</summary>
    public int Size => collective.Size;

    /// <summary>Name of this machine.</summary>
    public string Host => Hosts[Rank];

    /// <summary>Name of the machine of each process.</summary>
    public IReadOnlyList<string> Hosts { get; }

    /// <summary>The communication library and its version.</summary>
    public string Engine => collective.Engine;

    /// <summary>How long an exchange may wait for other processes; 60 seconds by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not longer than 0.</exception>
    public TimeSpan Deadline
    {
        get => collective.Deadline;
        set => collective.Deadline = value > TimeSpan.Zero
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "The deadline must be longer than 0.");
    }

    /// <summary>Adds up the numbers of all processes, in place, with the same bits in all of them.</summary>
    /// <param name="numbers">As many numbers in each process.</param>
    /// <exception cref="ReplicaException">A process failed or did not answer.</exception>
    public void AllReduce(Span<float> numbers) => collective.Sum(numbers, "numbers of the program");

    /// <inheritdoc cref="AllReduce(Span{float})"/>
    public void AllReduce(Span<double> numbers) => collective.Sum(numbers, "numbers of the program");

    /// <summary>Copies numbers of the first process to all others.</summary>
    /// <typeparam name="T">The type of the numbers.</typeparam>
    /// <param name="numbers">As many numbers in each process.</param>
    /// <exception cref="ReplicaException">A process failed or did not answer.</exception>
    public void Broadcast<T>(Span<T> numbers)
        where T : unmanaged => collective.Broadcast(MemoryMarshal.AsBytes(numbers), "numbers of the program");

    /// <summary>Waits until all processes have reached this call.</summary>
    /// <exception cref="ReplicaException">A process failed or did not answer.</exception>
    public void Barrier()
    {
        Span<double> one = [1];
        collective.Sum(one, "a barrier");
    }

    /// <summary>Disconnects, after waiting for the other processes. After a failure, ends the process with the exit code 1.</summary>
    public void Dispose()
    {
        if (!disposed)
        {
            disposed = true;
            end?.Dispose();
            collective.Dispose();
        }
    }

    internal ICollective Collective => collective;

    private int ProcessesHere => Hosts.Count(host => host == Host);

    /// <summary>Rank and machine of a process, for messages.</summary>
    internal string Describe(int rank) => $"rank {rank} ({Hosts[rank]})";

    private static TimeSpan DeadlineOf(string? seconds) => seconds is null or "" ? TimeSpan.FromSeconds(DefaultDeadline)
        : double.TryParse(seconds, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number is > 0 and < 1e6
        ? TimeSpan.FromSeconds(number)
        : throw new ReplicaException($"CAIRN_DEADLINE is '{seconds}'; it must be a number of seconds greater than 0.");

    private static bool SharesMemory(string? choice) => choice switch
    {
        null or "" or "1" => true,
        "0" => false,
        _ => throw new ReplicaException($"CAIRN_SHARED_MEMORY is '{choice}'; it must be 0 or 1."),
    };

    private string[] ExchangeHosts()
    {
        float[] letters = new float[Size * LongestHost];
        byte[] own = Encoding.UTF8.GetBytes(Environment.MachineName);
        for (int i = 0; i < Math.Min(own.Length, LongestHost); i++)
        {
            letters[(Rank * LongestHost) + i] = own[i];
        }

        collective.Sum(letters, "the names of the machines");
        return [.. letters.Chunk(LongestHost)
            .Select(host => Encoding.UTF8.GetString([.. host.TakeWhile(c => c != 0).Select(c => (byte)c)]))];
    }

    // Launchers bind a process to its cores, or let every process use all of them.
    private void DivideCores()
    {
        int here = ProcessesHere;
        if (here == 1 || Environment.GetEnvironmentVariable("OMP_NUM_THREADS") is { Length: > 0 })
        {
            return;
        }

        LibTorch.EnsureLoaded();
        int cores = Environment.ProcessorCount;
        set_num_threads(cores * here <= ProcessEnd.OnlineCores() ? cores : Math.Max(1, cores / here));
    }
}
