using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>What a <see cref="CheckpointWriter"/> writes: described at one moment, written then or later.</summary>
internal interface ICheckpoint
{
    /// <summary>Describes what is there now; on the training thread.</summary>
    /// <param name="read">Reads the numbers of a variable: lends them, for a save at once, or copies them.</param>
    void Capture(Func<Variable, WeightData> read);

    /// <summary>Writes what was captured, perhaps on another thread; once more where the first attempt failed.</summary>
    void Write();

    /// <summary>Told about a failure that the training survives; on the training thread.</summary>
    void Failed(Exception exception);
}
