using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>A snapshot that a <see cref="CheckpointWriter"/> writes: captured at one moment, written then or later.</summary>
internal interface ICheckpoint
{
    /// <summary>Captures the current state. Called on the training thread.</summary>
    /// <param name="read">
    /// Reads the values of a variable: without a copy for a synchronous save, as a copy for a save in the background.
    /// </param>
    void Capture(Func<Variable, WeightData> read);

    /// <summary>Writes the captured state, possibly on another thread. Called again if the first attempt failed.</summary>
    void Write();

    /// <summary>Called on the training thread after a failure that does not stop the training.</summary>
    void Failed(Exception exception);
}
