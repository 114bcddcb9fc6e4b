using System.IO.Compression;
using Cairn.Data;

namespace Cairn.Tests.Documents;

public sealed class DataDocumentTests
{
    [Fact]
    public void The_program_of_the_data_guide_trains_on_every_kind_of_data()
    {
        using var folder = new Saving.TemporaryFolder();
        NpyFile.Write(folder["x.npy"], NpyArray.FromSingles([4, 2], new float[] { 0, 0, 0, 1, 1, 0, 1, 1 }));
        NpyFile.Write(folder["y.npy"], NpyArray.FromInt64s([4], new long[] { 0, 1, 1, 0 }));
        using (ZipArchive archive = ZipFile.Open(folder["points.npz"], ZipArchiveMode.Create))
        {
            archive.CreateEntryFromFile(folder["x.npy"], "x.npy");
            archive.CreateEntryFromFile(folder["y.npy"], "y.npy", CompressionLevel.NoCompression);
        }

        var program = new DocumentProgram(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Documents", "data.md")));

        string output = program.Run(folder.Folder);

        Assert.Contains("loss, price_loss, sold_accuracy, sold_loss", output);
        Assert.Contains("(4, 2)", output);
        Assert.Contains("True\n", output);
        Assert.DoesNotContain("False\n", output);
        Assert.True(File.Exists(folder["network.weights.h5"]));
    }
}
