namespace Cairn.Tests.Documents;

public sealed class DataDocumentTests
{
    [Fact]
    public void The_program_of_the_guide_to_data_trains_on_every_kind_of_them()
    {
        using var folder = new Saving.TemporaryFolder();
        var program = new DocumentProgram(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Documents", "data.md")));

        string output = program.Run(folder.Folder);

        Assert.Contains("loss, price_loss, sold_accuracy, sold_loss", output);
        Assert.Contains("(4, 2)", output);
        Assert.True(File.Exists(folder["network.weights.h5"]));
    }
}
