namespace Cairn.Training;

/// <summary>What random numbers are used for; each purpose has its own sequence.</summary>
internal enum RandomPurpose : ulong
{
    /// <summary>Initial values of weights; the index is the number of the weight in its model.</summary>
    Initialization = 1,

    /// <summary>The order of the samples; the index is the epoch.</summary>
    Shuffling = 2,

    /// <summary>The seed of libtorch's generator; the index is the training step.</summary>
    Noise = 3,

    /// <summary>Dropout; the index is the training step.</summary>
    Mask = 4,

    /// <summary>Same as <see cref="Noise"/>, in validation; the index is the last training step, followed by the batch.</summary>
    ValidationNoise = 5,

    /// <summary>Same as <see cref="Mask"/>, in validation.</summary>
    ValidationMask = 6,

    /// <summary>
    /// Same as <see cref="Noise"/>, in evaluation or prediction; the index is the number of earlier calls, followed by the batch.
    /// </summary>
    InferenceNoise = 7,

    /// <summary>Same as <see cref="Mask"/>, in evaluation or prediction.</summary>
    InferenceMask = 8,
}
