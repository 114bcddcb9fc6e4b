using Cairn.Data;
using Cairn.DataView;
using Cairn.Tests.Training;
using Microsoft.Data.Analysis;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Cairn.Tests.Data;

public sealed class DataViewTests
{
    [Fact]
    public void A_data_frame_trains_as_the_same_data_in_arrays()
    {
        Assert.Equal(TrainedOnArrays(SmallData.Weight),
            Trained(Frame().ToDataset("label", sampleWeight: "weight", batchSize: SmallData.BatchSize)));
    }

    [Fact]
    public void Vectors_become_columns_and_keys_become_class_indices_from_0()
    {
        Assert.Equal(TrainedOnArrays(null), Trained(new Vectors().ToDataset("Label", batchSize: SmallData.BatchSize)));
    }

    [Fact]
    public void Columns_can_be_chosen_and_the_length_is_known()
    {
        using Sequential model = SmallData.Model();

        NDArray chosen = model.Predict(Frame().ToDataset(null, ["x0", "x1", "x2", "x3"], batchSize: 4), verbose: 0);

        Assert.Equal(model.Predict(SmallData.X, batchSize: 4, verbose: 0).ToArray(), chosen.ToArray());
    }

    [Fact]
    public void Columns_that_do_not_exist_or_hold_words_are_named()
    {
        Assert.Contains("no column 'lable'. Known: 'x0'",
            Assert.Throws<ArgumentException>("target", () => Frame().ToDataset("lable")).Message);
        var words = new DataFrame(new StringDataFrameColumn("word", ["a", "b"]), new SingleDataFrameColumn("y", [1f, 2f]));
        Assert.Contains("The column 'word' holds", Assert.Throws<ArgumentException>(() => words.ToDataset("y")).Message);
    }

    private static DataFrame Frame() => new(
        new DoubleDataFrameColumn("x0", Enumerable.Range(0, SmallData.Count).Select(i => (double)SmallData.X[i, 0])),
        new SingleDataFrameColumn("x1", Enumerable.Range(0, SmallData.Count).Select(i => SmallData.X[i, 1])),
        new Int32DataFrameColumn("label", SmallData.Y),
        new SingleDataFrameColumn("x2", Enumerable.Range(0, SmallData.Count).Select(i => SmallData.X[i, 2])),
        new SingleDataFrameColumn("weight", SmallData.Weight),
        new SingleDataFrameColumn("x3", Enumerable.Range(0, SmallData.Count).Select(i => SmallData.X[i, 3])));

    private static float[] Trained(Dataset data)
    {
        using Sequential model = SmallData.Model();
        model.Fit(data, epochs: 2, verbose: 0);
        return ReferenceRun.Flatten(model);
    }

    private static float[] TrainedOnArrays(float[]? weight)
    {
        using Sequential model = SmallData.Model();
        model.Fit(SmallData.X, SmallData.Y, batchSize: SmallData.BatchSize, epochs: 2, shuffle: false, verbose: 0, sampleWeight: weight);
        return ReferenceRun.Flatten(model);
    }

    /// <summary>A view as an ML.NET loader returns it: a feature vector and a key.</summary>
    private sealed class Vectors : IDataView
    {
        public Vectors()
        {
            var builder = new DataViewSchema.Builder();
            builder.AddColumn("Features", new VectorDataViewType(NumberDataViewType.Single, 4));
            builder.AddColumn("Label", new KeyDataViewType(typeof(uint), 3));
            Schema = builder.ToSchema();
        }

        public bool CanShuffle => false;

        public DataViewSchema Schema { get; }

        public long? GetRowCount() => null;

        public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => new Cursor(Schema);

        public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
            [GetRowCursor(columnsNeeded)];

        private sealed class Cursor(DataViewSchema schema) : DataViewRowCursor
        {
            private int row = -1;

            public override long Position => row;

            public override long Batch => 0;

            public override DataViewSchema Schema => schema;

            public override bool MoveNext() => ++row < SmallData.Count;

            public override bool IsColumnActive(DataViewSchema.Column column) => true;

            public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new DataViewRowId((ulong)row, 0);

            public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) =>
                (ValueGetter<TValue>)(Delegate)(column.Name == "Label"
                ? (ValueGetter<uint>)((ref uint key) => key = (uint)SmallData.Y[row] + 1)
                : (ValueGetter<VBuffer<float>>)((ref VBuffer<float> values) =>
                values = new VBuffer<float>(4, [.. Enumerable.Range(0, 4).Select(j => SmallData.X[row, j])])));
        }
    }
}
