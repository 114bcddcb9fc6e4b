using System.Runtime.CompilerServices;
using Cairn.Callbacks;
using Cairn.Data;

namespace Cairn;

// With a class as the type, class weights can be written as classWeight: new() { [1] = 5 }.
public abstract partial class Model
{
    /// <inheritdoc cref="Fit(NDArrays, NDArrays?, int, int, Verbosity, IEnumerable{Callback}?, double, ValueTuple{NDArrays, NDArrays?}?, bool, IReadOnlyDictionary{int, double}?, NDArrays?, int, int?, int?, int?, ValidationFrequency?, NDArrays?, long?, bool, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public History Fit(
        NDArrays x,
        NDArrays y,
        Dictionary<int, double>? classWeight,
        int batchSize = 32,
        int epochs = 1,
        Verbosity verbose = default,
        IEnumerable<Callback>? callbacks = null,
        double validationSplit = 0,
        (NDArrays X, NDArrays? Y)? validationData = null,
        bool shuffle = true,
        NDArrays? sampleWeight = null,
        int initialEpoch = 0,
        int? stepsPerEpoch = null,
        int? validationSteps = null,
        int? validationBatchSize = null,
        ValidationFrequency? validationFreq = null,
        NDArrays? validationSampleWeight = null,
        long? seed = null,
        bool allowNaN = false,
        CancellationToken cancellationToken = default) => Fit(
        x, y, batchSize, epochs, verbose, callbacks, validationSplit, validationData, shuffle,
        (IReadOnlyDictionary<int, double>?)classWeight, sampleWeight, initialEpoch, stepsPerEpoch, validationSteps, validationBatchSize,
        validationFreq, validationSampleWeight, seed, allowNaN, cancellationToken);

    /// <inheritdoc cref="Fit(Dataset, int, Verbosity, IEnumerable{Callback}?, Dataset?, bool, IReadOnlyDictionary{int, double}?, int, int?, int?, ValidationFrequency?, long?, bool, CancellationToken)"/>
    public History Fit(
        Dataset data,
        Dictionary<int, double>? classWeight,
        int epochs = 1,
        Verbosity verbose = default,
        IEnumerable<Callback>? callbacks = null,
        Dataset? validationData = null,
        bool shuffle = true,
        int initialEpoch = 0,
        int? stepsPerEpoch = null,
        int? validationSteps = null,
        ValidationFrequency? validationFreq = null,
        long? seed = null,
        bool allowNaN = false,
        CancellationToken cancellationToken = default) => Fit(
        data, epochs, verbose, callbacks, validationData, shuffle, (IReadOnlyDictionary<int, double>?)classWeight, initialEpoch,
        stepsPerEpoch, validationSteps, validationFreq, seed, allowNaN, cancellationToken);

    /// <inheritdoc cref="TrainOnBatch(NDArrays, NDArrays?, NDArrays?, IReadOnlyDictionary{int, double}?)"/>
    public Logs TrainOnBatch(NDArrays x, NDArrays y, Dictionary<int, double>? classWeight) =>
        TrainOnBatch(x, y, null, (IReadOnlyDictionary<int, double>?)classWeight);
}
