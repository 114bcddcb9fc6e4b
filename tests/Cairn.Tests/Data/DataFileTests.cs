using Cairn.Data;
using Cairn.Saving;
using Cairn.Tests.Saving;

namespace Cairn.Tests.Data;

/// <summary>Untrusted data files: errors name the problem.</summary>
public sealed class DataFileTests
{
    [Fact]
    public void A_file_that_is_shorter_than_it_claims_is_refused()
    {
        using var folder = new TemporaryFolder();
        NpyFile.Write(folder["x.npy"], NpyArray.FromSingles([6, 4], new float[24]));
        NpyFile.Write(folder["y.npy"], NpyArray.FromInt64s([6], new long[6]));
        using (FileStream file = File.OpenWrite(folder["x.npy"]))
        {
            file.SetLength(file.Length - 1);
        }

        Assert.Contains("needs 96 bytes; 95 follow",
            Assert.Throws<ModelFormatException>(() => Fit(Dataset.FromNpy(folder["x.npy"], folder["y.npy"]))).Message);
    }

    [Fact]
    public void Files_with_different_numbers_of_samples_are_refused()
    {
        using var folder = new TemporaryFolder();
        NpyFile.Write(folder["x.npy"], NpyArray.FromSingles([6, 4], new float[24]));
        NpyFile.Write(folder["y.npy"], NpyArray.FromInt64s([5], new long[5]));

        Assert.Contains("has 5", Assert.Throws<ArgumentException>(() => Fit(Dataset.FromNpy(folder["x.npy"], folder["y.npy"]))).Message);
    }

    [Fact]
    public void Bytes_and_doubles_become_the_types_of_the_model()
    {
        using var folder = new TemporaryFolder();
        NpyFile.Write(folder["x.npy"], new NpyArray(WeightType.UInt8, [2, 4], new byte[] { 0, 1, 2, 255, 4, 5, 6, 7 }));
        NpyFile.Write(folder["y.npy"], new NpyArray(WeightType.UInt8, [2], new byte[] { 2, 1 }));
        using Sequential model = SmallData.Model();

        float[] streamed = model.Predict(Dataset.FromNpy(folder["x.npy"]), verbose: 0).ToArray();

        Assert.Equal(model.Predict(new float[,] { { 0, 1, 2, 255 }, { 4, 5, 6, 7 } }, verbose: 0).ToArray(), streamed);
        Assert.Equal(
            model.Evaluate(new float[,] { { 0, 1, 2, 255 }, { 4, 5, 6, 7 } }, new[] { 2, 1 }, verbose: 0)["loss"],
            model.Evaluate(Dataset.FromNpy(folder["x.npy"], folder["y.npy"]), verbose: 0)["loss"]);
    }

    [Theory]
    [InlineData("a,b,c,d,y\n1,2,3,4,0\n1,2,3,4\n", "line 3: 4 values, but the header has 5 columns")]
    [InlineData("a,b,c,d,y\n1,2,3,4,0,9\n", "line 2: 6 values, but the header has 5 columns")]
    [InlineData("a,b,c,d,y\n1,2,x,4,0\n", "line 2, column 'c': 'x' is not a number")]
    [InlineData("a,b,c,d,y\n1,,3,4,0\n", "line 2, column 'b': the value is missing")]
    [InlineData("a,b,a,d,y\n", "has two columns named 'a'")]
    [InlineData("a,b,c,d,y\n", "but no rows")]
    [InlineData("", "is empty")]
    public void A_malformed_csv_file_is_named_by_line_and_column(string text, string message)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["data.csv"], text);

        Assert.Contains(message, Assert.Throws<FormatException>(() => Fit(Dataset.FromCsv(folder["data.csv"], "y"))).Message);
    }

    [Fact]
    public void A_column_that_is_not_there_is_named_with_the_nearest_one()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["data.csv"], "a,b,c,d,label\n1,2,3,4,0\n");

        Assert.Contains("Did you mean 'label'?",
            Assert.Throws<ArgumentException>(() => Fit(Dataset.FromCsv(folder["data.csv"], "lable"))).Message);
    }

    [Fact]
    public void Lines_longer_than_the_buffer_and_rows_of_many_batches_are_read_completely()
    {
        using var folder = new TemporaryFolder();
        string padding = new(' ', 300_000);
        File.WriteAllLines(folder["data.csv"], Enumerable.Range(0, 100).Select(i => $"{i},1,{(i == 50 ? padding : "")}2,3,{i % 3}")
            .Prepend("a,b,c,d,y"));
        using Sequential model = SmallData.Model();

        Assert.Equal(300, model.Predict(Dataset.FromCsv(folder["data.csv"], "y", batchSize: 7), verbose: 0).Length);
        Assert.Equal(300, model.Predict(Dataset.FromCsv(folder["data.csv"], null, ["a", "b", "c", "d"], batchSize: 7), verbose: 0).Length);
    }

    private static void Fit(Dataset data)
    {
        using Sequential model = SmallData.Model();
        model.Fit(data, verbose: 0);
    }
}
