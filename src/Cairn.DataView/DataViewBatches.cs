using System.Collections;
using Cairn.Data;
using Microsoft.ML;

namespace Cairn.DataView;

/// <summary>The rows of a data view, batch by batch; each enumeration has its own cursor.</summary>
internal sealed class DataViewBatches(IDataView view, ColumnArrays inputs, ColumnArrays? targets, ColumnArrays? weights, int batchSize)
    : IEnumerable<Batch>
{
    public IEnumerator<Batch> GetEnumerator()
    {
        IEnumerable<Column> columns = new[] { inputs, targets, weights }.OfType<ColumnArrays>().SelectMany(arrays => arrays.All);
        using DataViewRowCursor cursor = view.GetRowCursor(columns.Select(column => column.Schema).DistinctBy(column => column.Index));
        ColumnArrays.Filling x = inputs.Begin(cursor, batchSize);
        ColumnArrays.Filling? y = targets?.Begin(cursor, batchSize);
        ColumnArrays.Filling? w = weights?.Begin(cursor, batchSize);
        bool more = cursor.MoveNext();
        while (more)
        {
            int rows = 0;
            for (; rows < batchSize && more; rows++, more = cursor.MoveNext())
            {
                x.Add(rows);
                y?.Add(rows);
                w?.Add(rows);
            }

            yield return new Batch(x.ToArrays(rows), y?.ToArrays(rows), w?.ToArrays(rows));
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
