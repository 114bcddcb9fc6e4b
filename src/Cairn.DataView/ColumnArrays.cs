using Cairn.Data;
using Microsoft.ML;

namespace Cairn.DataView;

/// <summary>The columns that form the arrays of a batch: the inputs of a model, its targets or its weights.</summary>
internal sealed class ColumnArrays
{
    private readonly IReadOnlyList<string> names;
    private readonly Column[][] groups;
    private readonly bool areRows;

    /// <summary>Finds the columns.</summary>
    /// <param name="schema">The schema of the data.</param>
    /// <param name="columns">The names of the columns.</param>
    /// <param name="argument">The argument name, for messages.</param>
    /// <param name="areRows">Whether an array with one number per sample still has two axes, <c>[samples, 1]</c>.</param>
    /// <exception cref="ArgumentException">A column does not exist, or is not numeric.</exception>
    public ColumnArrays(DataViewSchema schema, Columns columns, string argument, bool areRows)
    {
        names = columns.Names;
        groups = [.. columns.Groups.Select(group => group.Select(name => Column.Of(schema, name, argument)).ToArray())];
        this.areRows = areRows;
    }

    /// <summary>The columns of all arrays.</summary>
    public IEnumerable<Column> All => groups.SelectMany(group => group);

    /// <summary>Reads the columns of the rows that the cursor visits.</summary>
    /// <param name="cursor">The rows.</param>
    /// <param name="batchSize">Maximum number of samples in a batch.</param>
    public Filling Begin(DataViewRow cursor, int batchSize) => new(this, cursor, batchSize);

    private static int Width(Column[] group) => group.Sum(column => column.Width);

    /// <summary>The arrays of the batch being read.</summary>
    internal sealed class Filling(ColumnArrays columns, DataViewRow cursor, int batchSize)
    {
        private readonly Action<Memory<float>>[][] readers =
            [.. columns.groups.Select(group => group.Select(column => column.Reader(cursor)).ToArray())];
        private float[][] values = [];

        /// <summary>Reads the cursor's current row.</summary>
        /// <param name="row">Its index in the batch; 0 starts a new batch.</param>
        public void Add(int row)
        {
            if (row == 0)
            {
                values = [.. columns.groups.Select(group => new float[batchSize * Width(group)])];
            }

            for (int i = 0; i < readers.Length; i++)
            {
                Column[] group = columns.groups[i];
                int at = row * Width(group);
                for (int j = 0; j < group.Length; at += group[j++].Width)
                {
                    readers[i][j](values[i].AsMemory(at, group[j].Width));
                }
            }
        }

        /// <summary>The arrays, keyed by name if the columns were.</summary>
        public NDArrays ToArrays(int rows)
        {
            NDArray[] arrays = [.. values.Select((numbers, i) => Array(numbers, rows, Width(columns.groups[i])))];
            if (columns.names.Count == 0)
            {
                return arrays[0];
            }

            var named = new NDArrays();
            foreach ((string name, NDArray array) in columns.names.Zip(arrays))
            {
                named[name] = array;
            }

            return named;
        }

        private NDArray Array(float[] numbers, int rows, int width) =>
            NDArray.From(numbers.AsMemory(0, rows * width), width == 1 && !columns.areRows ? [rows] : [rows, width]);
    }
}
