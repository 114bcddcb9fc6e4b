using Cairn.Data;
using Microsoft.ML;

namespace Cairn.DataView;

/// <summary>Converts ML.NET data to Cairn datasets.</summary>
public static class DataViewDatasets
{
    /// <summary>
    /// A dataset of the rows of a data view, which may be larger than memory and is read again for each epoch. A <c>DataFrame</c> of
    /// Microsoft.Data.Analysis is also a data view.
    /// </summary>
    /// <remarks>
    /// Columns hold numbers, booleans, keys (converted to class indices from 0) or vectors of numbers of fixed length. The values of the
    /// feature columns are concatenated into the input, <c>[rows, values]</c>. Rows keep the order of the view; shuffle them with
    /// <c>mlContext.Data.ShuffleRows(view)</c>.
    /// </remarks>
    /// <param name="view">The data.</param>
    /// <param name="target">
    /// The target column, <c>[rows]</c>; several columns or a vector column give <c>[rows, values]</c>. For a model with several outputs,
    /// pass columns by output name. Null for prediction.
    /// </param>
    /// <param name="features">
    /// The columns of the input, in order; for a model with several inputs, columns by input name. By default, all columns that are neither
    /// target nor weight.
    /// </param>
    /// <param name="sampleWeight">The column of the sample weights, or one column per output, by output name; none by default.</param>
    /// <param name="batchSize">Samples per batch, 1 or more; 32 by default. The last batch may be smaller.</param>
    /// <param name="prefetch">How many batches to read ahead on another thread; 2 by default.</param>
    /// <returns>A dataset for <c>Fit</c>, <c>Evaluate</c> and <c>Predict</c>.</returns>
    /// <exception cref="ArgumentException">A column does not exist, or has an unsupported type.</exception>
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
                : throw new ArgumentException("No column is left for the inputs.", nameof(features));
        }

        var inputs = new ColumnArrays(view.Schema, features, nameof(features), areRows: true);
        ColumnArrays? targets = target is null ? null : new ColumnArrays(view.Schema, target, nameof(target), areRows: false);
        ColumnArrays? weights = sampleWeight is null ? null
            : new ColumnArrays(view.Schema, sampleWeight, nameof(sampleWeight), areRows: false);
        if (weights?.All.FirstOrDefault(column => column.Width > 1) is { } vectors)
        {
            throw new ArgumentException($"The column '{vectors.Schema.Name}' holds vectors; sample weights are one number per row.",
                nameof(sampleWeight));
        }

        int? count = view.GetRowCount() is { } rows and > 0 ? checked((int)((rows + batchSize - 1) / batchSize)) : null;
        return Dataset.From(new DataViewBatches(view, inputs, targets, weights, batchSize), count, prefetch);
    }
}
