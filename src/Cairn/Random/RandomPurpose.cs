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

    /// <summary>As <see cref="Noise"/>, in a validation; the index is the training step before it, the batch follows.</summary>
    ValidationNoise = 5,

    /// <summary>As <see cref="Mask"/>, in a validation.</summary>
    ValidationMask = 6,

    /// <summary>
    /// As <see cref="Noise"/>, in an evaluation or prediction; the index is the number of those before it, the batch follows.
    /// </summary>
    InferenceNoise = 7,

    /// <summary>As <see cref="Mask"/>, in an evaluation or prediction.</summary>
    InferenceMask = 8,
}
