using System.Collections;
using Cairn.Data;
using Microsoft.ML;

namespace Cairn.DataView;

/// <summary>The rows of a data view, batch by batch; each enumeration has a cursor of its own.</summary>
internal sealed class DataViewBatches(IDataView view, Column[] inputs, Column? target, Column? weight, int batchSize) : IEnumerable<Batch>
{
    private readonly int width = inputs.Sum(column => column.Width);

    public IEnumerator<Batch> GetEnumerator()
    {
        Column[] columns = [.. inputs, .. new[] { target, weight }.OfType<Column>()];
        using DataViewRowCursor cursor = view.GetRowCursor(columns.Select(column => column.Schema).DistinctBy(column => column.Index));
        Action<Memory<float>>[] readers = [.. inputs.Select(column => column.Reader(cursor))];
        Action<Memory<float>>? readTarget = target?.Reader(cursor);
        Action<Memory<float>>? readWeight = weight?.Reader(cursor);
        bool more = cursor.MoveNext();
        while (more)
        {
            var x = new float[batchSize * width];
            float[]? y = target is null ? null : new float[batchSize];
            float[]? w = weight is null ? null : new float[batchSize];
            int rows = 0;
            for (; rows < batchSize && more; rows++, more = cursor.MoveNext())
            {
                int at = rows * width;
                for (int i = 0; i < inputs.Length; i++)
                {
                    readers[i](x.AsMemory(at, inputs[i].Width));
                    at += inputs[i].Width;
                }

                readTarget?.Invoke(y.AsMemory(rows, 1));
                readWeight?.Invoke(w.AsMemory(rows, 1));
            }

            yield return new Batch(NDArray.From(x.AsMemory(0, rows * width), [rows, width]), y?[..rows], w?[..rows]);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
