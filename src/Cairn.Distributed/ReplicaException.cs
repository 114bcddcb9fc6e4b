namespace Cairn.Distributed;

/// <summary>
/// Thrown when training in several processes can't start or continue: a process has failed or does not answer, the processes differ, or MPI
/// is missing. The message names the process and suggests what to do.
/// </summary>
public sealed class ReplicaException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What happened, and what to do.</param>
    /// <param name="rank">Index of the process that failed, or null if it is not known.</param>
    /// <param name="innerException">The exception it follows from, or null.</param>
    public ReplicaException(string message, int? rank = null, Exception? innerException = null)
        : base(message, innerException) => Rank = rank;

    /// <summary>Index of the process that failed; null if it is not known.</summary>
    public int? Rank { get; }
}
