namespace Cairn.Distributed;

/// <summary>A sum that was started and may not have ended yet; see <see cref="ICollective.BeginSum"/>.</summary>
public interface IPendingSum
{
    /// <summary>Drives the exchange without waiting.</summary>
    void Advance();

    /// <summary>Waits until the sum is in place.</summary>
    /// <exception cref="ReplicaException">A process failed or did not answer.</exception>
    void Wait();
}
