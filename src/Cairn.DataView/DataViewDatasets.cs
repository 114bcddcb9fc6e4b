using Cairn.Data;
using Microsoft.ML;

namespace Cairn.DataView;

/// <summary>Data of ML.NET as datasets of Cairn.</summary>
public static class DataViewDatasets
{
    /// <summary>
    /// The rows of a data view, which may be larger than memory, read anew for each epoch. A <c>DataFrame</c> of Microsoft.Data.Analysis is
    /// a data view, too.
    /// </summary>
    /// <remarks>
    /// Columns hold numbers, booleans, keys (which become classes counted from 0) or vectors of numbers of a known length. The inputs are their
    /// values side by side, <c>[rows, values]</c>. Rows come in the view's order; <c>mlContext.Data.ShuffleRows(view)</c> gives another.
    /// </remarks>
    /// <param name="view">The data.</param>
    /// <param name="target">The column of the targets; null for prediction.</param>
    /// <param name="features">The columns of the inputs in their order; all but the target and the weight by default.</param>
    /// <param name="sampleWeight">The column of the samples' weights; none by default.</param>
    /// <param name="batchSize">Samples a batch, 1 or more; 32 by default. The last batch takes what is left.</param>
    /// <param name="prefetch">How many batches are read ahead of the training, on another thread; 2 by default.</param>
    /// <returns>What <c>Fit</c>, <c>Evaluate</c> and <c>Predict</c> take.</returns>
    /// <exception cref="ArgumentException">A column does not exist, or holds something else.</exception>
    public static Dataset ToDataset(
        this IDataView view, string? target, IReadOnlyList<string>? features = null, string? sampleWeight = null, int batchSize = 32, int prefetch = 2)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        Column[] inputs = features is null
            ? [.. view.Schema.Where(c => !c.IsHidden && c.Name != target && c.Name != sampleWeight).Select(c => new Column(c))]
            : [.. features.Select(name => Column.Of(view.Schema, name, nameof(features)))];
        if (inputs.Length == 0) throw new ArgumentException("There is no column for the inputs.", nameof(features));
        Column? labels = target is null ? null : Column.Of(view.Schema, target, nameof(target));
        Column? weights = sampleWeight is null ? null : Column.Of(view.Schema, sampleWeight, nameof(sampleWeight));
        if (labels is { Width: > 1 }) throw new ArgumentException($"The column '{target}' holds vectors; the targets are one number a row.", nameof(target));
        if (weights is { Width: > 1 }) throw new ArgumentException($"The column '{sampleWeight}' holds vectors; the weights are one number a row.", nameof(sampleWeight));
        int? count = view.GetRowCount() is { } rows and > 0 ? checked((int)((rows + batchSize - 1) / batchSize)) : null;
        return Dataset.From(new DataViewBatches(view, inputs, labels, weights, batchSize), count, prefetch);
    }
}
