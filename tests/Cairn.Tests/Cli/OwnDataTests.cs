using System.Globalization;
using System.Text;
using Cairn.Data;
using Cairn.Tests.Saving;

namespace Cairn.Tests.Cli;

[Collection(nameof(CliCollection))]
public sealed class OwnDataTests
{
    [Fact]
    public void Text_targets_are_classes_that_evaluate_and_predict_know_by_name()
    {
        using var folder = new TemporaryFolder();
        // The class is the sign of a - b, which is linearly separable.
        File.WriteAllText(folder["points.csv"], Points(200, (a, b) => a > b ? "above" : "below"));

        string output = CommandResult.OutputOf("train", "--data", folder["points.csv"], "--target", "side", "--epochs", "25", "--out",
            folder.Folder);
        string evaluated = CommandResult.OutputOf("evaluate", folder["best_model.h5"], "--data", folder["points.csv"], "--target", "side");
        CommandResult.OutputOf("predict", folder["best_model.h5"], "--input", folder["points.csv"], "--target", "side", "--output",
            folder["out.csv"]);

        Assert.Contains("predict 'side', one of 2 classes (its values are text): above, below", output);
        Assert.True(double.Parse(CommandResult.Row(evaluated, "accuracy")[1], CultureInfo.InvariantCulture) > 0.9);
        string[] predicted = File.ReadAllLines(folder["out.csv"]);
        Assert.Equal("predicted,p(above),p(below)", predicted[0]);
        string[] truth = [.. File.ReadLines(folder["points.csv"]).Skip(1).Select(line => line.Split(',')[1])];
        Assert.True(predicted.Skip(1).Zip(truth).Count(pair => pair.First.StartsWith(pair.Second, StringComparison.Ordinal)) > 180);
    }

    [Fact]
    public void Rows_of_a_single_class_get_the_class_index_of_the_training()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["points.csv"], Points(100, (a, b) => a > b ? "above" : "below"));
        CommandResult.OutputOf("train", "--data", folder["points.csv"], "--target", "side", "--epochs", "15", "--out", folder.Folder);
        string[] lines = File.ReadAllLines(folder["points.csv"]);
        File.WriteAllLines(folder["some.csv"],
            lines.Where((line, index) => index == 0 || line.Contains("below", StringComparison.Ordinal)));

        string evaluated = CommandResult.OutputOf("evaluate", folder["best_model.h5"], "--data", folder["some.csv"], "--target", "side");

        // With new class indices, "below" would be class 0 and nearly every row wrong.
        Assert.True(double.Parse(CommandResult.Row(evaluated, "accuracy")[1], CultureInfo.InvariantCulture) > 0.8);
    }

    [Fact]
    public void Numbers_that_are_not_integers_are_regression_whatever_their_scale()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(
            folder["prices.csv"], Points(300, (a, b) => (200_000.5 + (10_000 * a) - (5_000 * b)).ToString(CultureInfo.InvariantCulture))
            .Replace(',', ';'));

        string output = CommandResult.OutputOf("train", "--data", folder["prices.csv"], "--target", "side", "--epochs", "30", "--out",
            folder.Folder);

        Assert.Contains("regression: predict 'side' (its values are not all integers)", output);
        // Predicting the mean would have an error of about 6,000, an unscaled model of 200,000.
        Assert.True(double.Parse(CommandResult.Row(output, "mae")[1], CultureInfo.InvariantCulture) < 2_000);
    }

    [Fact]
    public void The_task_can_be_requested()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["points.csv"], Points(60, (a, b) => a > b ? "1" : "0"));

        string output = CommandResult.OutputOf(
            "train", "--data", folder["points.csv"], "--target", "side", "--task", "regression", "--epochs", "1", "--out", folder.Folder);

        Assert.Contains("regression: predict 'side' (as requested)", output);
        Assert.Contains("mae", output);
    }

    [Fact]
    public void Npy_files_hold_images_and_labels()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(1);
        float[] pixels = new float[80 * 6 * 6];
        long[] labels = new long[80];
        for (int row = 0; row < 80; row++)
        {
            labels[row] = row % 2;
            for (int pixel = 0; pixel < 36; pixel++)
            {
                pixels[(row * 36) + pixel] = random.NextSingle() + (2 * labels[row]);
            }
        }

        NpyFile.Write(folder["x.npy"], NpyArray.FromSingles([80, 6, 6], pixels));
        NpyFile.Write(folder["y.npy"], NpyArray.FromInt64s([80], labels));

        string output = CommandResult.OutputOf("train", "--data", folder["x.npy"], "--target", folder["y.npy"], "--epochs", "6", "--out",
            folder.Folder);
        CommandResult.OutputOf("predict", folder["best_model.h5"], "--input", folder["x.npy"], "--output", folder["p.npy"]);

        Assert.Contains("Conv2D", CommandResult.OutputOf("inspect", folder["best_model.h5"]));
        Assert.Equal("1.0", CommandResult.Row(output, "accuracy")[1]);
        NpyArray predicted = NpyFile.Read(folder["p.npy"]);
        Assert.Equal([80, 2], predicted.Shape);
        using var model = Model.Load(folder["best_model.h5"]);
        Assert.Equal(model.Predict(NDArray.From(pixels, [80, 6, 6]), verbose: 0).ToArray(), predicted.ToSingles());
    }

    [Fact]
    public void A_file_sorted_by_class_gives_a_warning()
    {
        using var folder = new TemporaryFolder();
        string[] lines = Points(60, (a, b) => a > b ? "above" : "below").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        File.WriteAllLines(folder["points.csv"],
            [lines[0], .. lines[1..].OrderBy(line => line.Contains("below", StringComparison.Ordinal))]);

        var result = CommandResult.Of(
            "train", "--data", folder["points.csv"], "--target", "side", "--validation-split", "0.6", "--epochs", "1", "--out",
            folder.Folder);

        Assert.Equal(0, result.Code);
        Assert.Contains("only the validation rows contain 'below'", result.Error);
    }

    private static string Points(int rows, Func<double, double, string> side)
    {
        var random = new Random(7);
        var text = new StringBuilder("a,side,b\n");
        for (int row = 0; row < rows; row++)
        {
            double a = random.NextDouble(), b = random.NextDouble();
            text.Append(CultureInfo.InvariantCulture, $"{a},{side(a, b)},{b}\n");
        }

        return text.ToString();
    }
}
