using Cairn.Data;
using Cairn.Replication;
using Cairn.Training;
using static TorchSharp.torch;

namespace Cairn.Distributed.Tests;

/// <summary>Rows and random numbers are divided without a rest.</summary>
public sealed class ShareTests
{
    [Theory]
    [InlineData(16, 4)]
    [InlineData(17, 4)]
    [InlineData(3, 4)]
    [InlineData(1, 3)]
    public void Every_row_belongs_to_one_process(int rows, int count)
    {
        var owned = new List<long>();
        double weight = 0;
        for (int rank = 0; rank < count; rank++)
        {
            var share = BatchShare.Of(new Alone(rank, count), rows);
            weight += share.Weight;
            Assert.InRange(share.First + share.Count, 1, rows);
            if (!share.IsStandIn)
            {
                owned.AddRange(Enumerable.Range((int)share.First, (int)share.Count).Select(row => (long)row));
            }
        }

        Assert.Equal(Enumerable.Range(0, rows).Select(row => (long)row), owned);
        Assert.Equal(1, weight, 1e-12);
    }

    [Theory]
    [InlineData(10, 0, 10)]
    [InlineData(11, 3, 4)]
    [InlineData(11, 4, 7)]
    [InlineData(7, 6, 1)]
    [InlineData(8, 5, 0)]
    public unsafe void A_part_of_a_mask_has_the_numbers_of_the_whole(int total, int first, int count)
    {
        var whole = new RandomStream(3, RandomPurpose.Mask, 5);
        RandomStream part = whole;
        float[] expected = new float[total];
        float[] actual = new float[count];
        fixed (float* all = expected, some = actual)
        {
            whole.FillMask(all, total, 0.7, 1.5f);
            part.FillMask(some, total, first, count, 0.7, 1.5f);
        }

        Assert.Equal(expected[first..(first + count)], actual);
        Assert.Equal(whole.NextBits(), part.NextBits());
    }

    [Theory]
    [InlineData(2, 4, false)]
    [InlineData(3, 4, true)]
    [InlineData(3, 2, false)]
    [InlineData(4, 5, true)]
    [InlineData(2, 100, true)]
    public void A_process_reads_the_numbers_of_its_own_rows_of_a_text_file(int count, int batchSize, bool endsLine)
    {
        const int rows = 11;
        using var folder = new WorkFolder();
        for (int rank = 0; rank < count; rank++)
        {
            // The rows of the others are no numbers. In the last batch, which they are is known at its end; blank lines are no rows.
            int whole = rows / batchSize * batchSize;
            (long Row, BatchShare Share)[] own = [.. Enumerable.Range(0, (rows + batchSize - 1) / batchSize).SelectMany(batch =>
            {
                int first = batch * batchSize;
                var share = BatchShare.Of(new Alone(rank, count), Math.Min(batchSize, rows - first));
                return Enumerable.Range(0, (int)share.Count).Select(i => (first + share.First + i, share));
            })];
            string[] lines = [.. Enumerable.Range(0, rows).Select(row => row >= whole || own.Any(one => one.Row == row)
                ? $"{row},\"{row * 2}\"" : "others,\"no, numbers\"")];
            string file = folder.File($"{rank}.csv");
            File.WriteAllText(file, $"x,y\r\n{string.Join("\r\n\r\n", lines)}{(endsLine ? "\r\n" : "")}");
            var layout = new BatchLayout(
                ["x"], ["y"], [ScalarType.Float32], [ScalarType.Float32], CPU, Replication: new Alone(rank, count));
            using BatchSource source = Dataset.FromCsv(file, "y", batchSize: batchSize).Open(layout);
            for (int pass = 0; pass < 2; pass++)
            {
                var read = new List<(long Row, BatchShare Share)>();
                source.BeginPass(null);
                while (source.MoveNext())
                {
                    Batch batch = source.Current;
                    float[] x = batch.X.data<float>().ToArray();
                    Assert.Equal(x.Select(one => one * 2), batch.Y!.data<float>().ToArray());
                    read.AddRange(x.Select(one => ((long)one, batch.Share!)));
                }

                Assert.Equal(own.Select(one => (one.Row, one.Share.First, one.Share.Total, one.Share.IsStandIn)),
                    read.Select(one => (one.Row, one.Share.First, one.Share.Total, one.Share.IsStandIn)));
            }
        }
    }

    private sealed class Alone(int rank, int count) : IReplication
    {
        public int Rank => rank;

        public int Count => count;

        public void Sum(Span<float> numbers)
        {
        }

        public void BeginStep(BatchShare share, bool training)
        {
        }

        public void EndStep(BatchShare share)
        {
        }

        public void Failed(Exception exception)
        {
        }

        public IStretchedSums? SumGradients(BatchShare share, IEnumerable<Variable> variables, Func<bool> takesStretches) => null;

        public TorchSharp.torch.Tensor? NewGradient(Variable variable) => null;

        public bool IsWatched(Variable variable) => false;

        public bool TryTake(Variable variable, TorchSharp.torch.Tensor gradient) => false;
    }
}
