namespace Cairn.Distributed;

/// <summary>
/// The operations of a communication library that data-parallel training needs. <see cref="Replicas.Join"/> uses MPI; another
/// implementation, for example on NCCL or Gloo, is passed to the constructor of <see cref="Replicas"/>.
/// </summary>
/// <remarks>
/// All processes call the same members in the same order, from one thread at a time. A member that waits for other processes does so until
/// the deadline, and then throws a <see cref="ReplicaException"/> that names those that did not answer.
/// </remarks>
public interface ICollective : IDisposable
{
    /// <summary>The library and its version, for messages.</summary>
    string Engine { get; }

    /// <summary>Index of this process, from 0.</summary>
    int Rank { get; }

    /// <summary>Number of processes.</summary>
    int Size { get; }

    /// <summary>How long an exchange may wait for the other processes.</summary>
    TimeSpan Deadline { get; set; }

    /// <summary>Adds up the numbers of all processes, in place, with the same bits in all of them.</summary>
    /// <param name="numbers">As many numbers in each process.</param>
    /// <param name="purpose">What is exchanged, for messages.</param>
    void Sum(Span<float> numbers, string purpose);

    /// <inheritdoc cref="Sum(Span{float}, string)"/>
    void Sum(Span<double> numbers, string purpose);

    /// <summary>Starts to add up the numbers of all processes, so that this process can go on computing meanwhile.</summary>
    /// <remarks>
    /// All processes start these sums in the same order. Other members may be called before one ends, by some processes earlier than by
    /// others. If it is not implemented, the sum is made at once, in 32 bits.
    /// </remarks>
    /// <param name="numbers">As many numbers in each process; they are used until the sum has ended.</param>
    /// <param name="format">The format to send and add up.</param>
    /// <param name="purpose">What is exchanged, for messages.</param>
    IPendingSum BeginSum(Memory<float> numbers, GradientFormat format, string purpose)
    {
        Sum(numbers.Span, purpose);
        return CompletedSum.Instance;
    }

    /// <summary>Copies bytes of one process to all others.</summary>
    /// <param name="bytes">As many bytes in each process.</param>
    /// <param name="purpose">What is exchanged, for messages.</param>
    /// <param name="from">Index of the process whose bytes are copied.</param>
    void Broadcast(Span<byte> bytes, string purpose, int from = 0);

    /// <summary>Tells the other processes that this one has failed, without waiting for them. Their next exchange throws.</summary>
    /// <param name="message">What happened.</param>
    void Fail(string message);

    /// <summary>Ends this process at once and, as far as the library can, all others.</summary>
    /// <param name="exitCode">The exit code.</param>
    void Abort(int exitCode);
}
