using System.Runtime.CompilerServices;
using Cairn.Callbacks;
using Cairn.Data;

namespace Cairn;

// Streamed training data with validation arrays: the most common combination in Keras.
public abstract partial class Model
{
    /// <inheritdoc cref="Fit(Dataset, int, Verbosity, IEnumerable{Callback}?, Dataset?, bool, IReadOnlyDictionary{int, double}?, int, int?, int?, ValidationFrequency?, long?, bool, CancellationToken)"/>
    [OverloadResolutionPriority(-1)]
    public History Fit(
        Dataset data,
        int epochs = 1,
        Verbosity verbose = default,
        IEnumerable<Callback>? callbacks = null,
        (NDArrays X, NDArrays? Y)? validationData = null,
        bool shuffle = true,
        IReadOnlyDictionary<int, double>? classWeight = null,
        int initialEpoch = 0,
        int? stepsPerEpoch = null,
        int? validationSteps = null,
        ValidationFrequency? validationFreq = null,
        long? seed = null,
        bool allowNaN = false,
        CancellationToken cancellationToken = default) => Fit(
        data, epochs, verbose, callbacks, Held(validationData), shuffle, classWeight, initialEpoch, stepsPerEpoch, validationSteps,
        validationFreq, seed, allowNaN, cancellationToken);

    /// <inheritdoc cref="Fit(Dataset, int, Verbosity, IEnumerable{Callback}?, Dataset?, bool, IReadOnlyDictionary{int, double}?, int, int?, int?, ValidationFrequency?, long?, bool, CancellationToken)"/>
    [OverloadResolutionPriority(-1)]
    public History Fit(
        IEnumerable<Batch> data,
        int epochs = 1,
        Verbosity verbose = default,
        IEnumerable<Callback>? callbacks = null,
        (NDArrays X, NDArrays? Y)? validationData = null,
        IReadOnlyDictionary<int, double>? classWeight = null,
        int initialEpoch = 0,
        int? stepsPerEpoch = null,
        int? validationSteps = null,
        ValidationFrequency? validationFreq = null,
        long? seed = null,
        bool allowNaN = false,
        CancellationToken cancellationToken = default) => Fit(
        Dataset.From(data), epochs, verbose, callbacks, Held(validationData), shuffle: false, classWeight, initialEpoch, stepsPerEpoch,
        validationSteps, validationFreq, seed, allowNaN, cancellationToken);

    /// <inheritdoc cref="Fit(Dataset, int, Verbosity, IEnumerable{Callback}?, Dataset?, bool, IReadOnlyDictionary{int, double}?, int, int?, int?, ValidationFrequency?, long?, bool, CancellationToken)"/>
    [OverloadResolutionPriority(-1)]
    public History Fit(
        IAsyncEnumerable<Batch> data,
        int epochs = 1,
        Verbosity verbose = default,
        IEnumerable<Callback>? callbacks = null,
        (NDArrays X, NDArrays? Y)? validationData = null,
        IReadOnlyDictionary<int, double>? classWeight = null,
        int initialEpoch = 0,
        int? stepsPerEpoch = null,
        int? validationSteps = null,
        ValidationFrequency? validationFreq = null,
        long? seed = null,
        bool allowNaN = false,
        CancellationToken cancellationToken = default) => Fit(
        Dataset.From(data), epochs, verbose, callbacks, Held(validationData), shuffle: false, classWeight, initialEpoch, stepsPerEpoch,
        validationSteps, validationFreq, seed, allowNaN, cancellationToken);

    private static Dataset? Held((NDArrays X, NDArrays? Y)? arrays) => arrays is { } held ? Dataset.From(held.X, held.Y) : null;
}
