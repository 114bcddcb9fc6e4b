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
    /// <param name="target">
    /// The column of the targets, <c>[rows]</c>, or several or a vector, <c>[rows, values]</c>; for a model with several outputs, by their
    /// names; null for prediction.
    /// </param>
    /// <param name="features">The columns of the input in their order; for a model with several inputs, by their names; all that are neither target nor weight by default.</param>
    /// <param name="sampleWeight">The column of the samples' weights, or one for each output by its name; none by default.</param>
    /// <param name="batchSize">Samples a batch, 1 or more; 32 by default. The last batch takes what is left.</param>
    /// <param name="prefetch">How many batches are read ahead of the training, on another thread; 2 by default.</param>
    /// <returns>What <c>Fit</c>, <c>Evaluate</c> and <c>Predict</c> take.</returns>
    /// <exception cref="ArgumentException">A column does not exist, or holds something else.</exception>
    public static Dataset ToDataset(
        this IDataView view, Columns? target, Columns? features = null, Columns? sampleWeight = null, int batchSize = 32, int prefetch = 2)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        if (features is null)
        {
            string[] rest =
            [
                .. view.Schema.Where(c => !c.IsHidden).Select(c => c.Name)
                    .Where(name => target?.Contains(name) != true && sampleWeight?.Contains(name) != true),
            ];
            features = rest.Length > 0 ? Columns.Create(rest)
                : throw new ArgumentException("There is no column for the inputs.", nameof(features));
        }

        var inputs = new ColumnArrays(view.Schema, features, nameof(features), areRows: true);
        ColumnArrays? targets = target is null ? null : new ColumnArrays(view.Schema, target, nameof(target), areRows: false);
        ColumnArrays? weights = sampleWeight is null ? null
            : new ColumnArrays(view.Schema, sampleWeight, nameof(sampleWeight), areRows: false);
        if (weights?.All.FirstOrDefault(column => column.Width > 1) is { } vectors)
        {
            throw new ArgumentException($"The column '{vectors.Schema.Name}' holds vectors; the weights are one number a row.",
                nameof(sampleWeight));
        }

        int? count = view.GetRowCount() is { } rows and > 0 ? checked((int)((rows + batchSize - 1) / batchSize)) : null;
        return Dataset.From(new DataViewBatches(view, inputs, targets, weights, batchSize), count, prefetch);
    }
}
