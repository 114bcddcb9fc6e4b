using Cairn.Callbacks;
using Cairn.Plotting;
using Cairn.Tests.Callbacks;
using SkiaSharp;

namespace Cairn.Tests.Plotting;

public sealed class HistoryPlottingTests
{
    private static readonly SKColor Reduced = SKColor.Parse("#8a5fbf");
    private static readonly SKColor Saved = SKColor.Parse("#2b9348");
    private static readonly SKColor FirstLine = SKColor.Parse("#1f5fa8");

    [Fact]
    public void A_plot_of_the_requested_size_shows_the_lines_and_the_markers()
    {
        using var folder = new Saving.TemporaryFolder();
        History history = Run(folder, 4, 3, 3, 2);
        history.Plot(folder["new/history.png"], "digits", width: 900, height: 700);
        using var picture = SKBitmap.Decode(folder["new/history.png"]);
        Assert.Equal((900, 700), (picture.Width, picture.Height));
        Assert.True(Count(picture, FirstLine) > 500);

        // A dashed line through both panels in the third of four epochs: all its pixels, except the legend's, are right of the middle.
        Assert.True(Count(picture, Reduced) > 200);
        Assert.True(Count(picture, Saved) > 50);
        Assert.True(Columns(picture, Reduced).Count(x => x > 500) > Columns(picture, Reduced).Count(x => x <= 500));
    }

    [Fact]
    public void Several_runs_are_plotted_side_by_side_on_the_same_axes()
    {
        using var folder = new Saving.TemporaryFolder();
        new Dictionary<string, History> { ["falling"] = Run(folder, 4, 3, 2, 1), ["flat"] = Run(folder, 4, 4, 4, 4) }
            .Plot(folder["runs.png"]);
        using var picture = SKBitmap.Decode(folder["runs.png"]);
        Assert.Equal((1600, 1000), (picture.Width, picture.Height));

        // On its own axes, a constant loss would be in the middle of its panel; on the shared axes it is at the top.
        int[] Rows(int from, int to) =>
            [.. Enumerable.Range(0, 450)
            .Where(y => Enumerable.Range(from, to - from).Count(x => picture.GetPixel(x, y) == FirstLine) > 200)];
        Assert.Empty(Rows(0, 800));
        Assert.NotEmpty(Rows(800, 1600));
        Assert.All(Rows(800, 1600), y => Assert.True(y < 180, $"{y}"));

        // Only the run on the right reduced its rate.
        Assert.All(Columns(picture, Reduced), x => Assert.True(x > 800));
    }

    [Fact]
    public void Data_that_cannot_be_plotted_are_refused()
    {
        using var folder = new Saving.TemporaryFolder();
        History history = Run(folder, 1, 2);
        Assert.Contains("no epochs", Assert.Throws<ArgumentException>(() => new History().Plot(folder["a.png"])).Message);
        Assert.Contains("'b' has no epochs", Assert.Throws<ArgumentException>(
            () => new Dictionary<string, History> { ["a"] = history, ["b"] = new() }.Plot(folder["a.png"])).Message);
        Assert.Contains("must end in '.png'", Assert.Throws<ArgumentException>(() => history.Plot(folder["a.jpg"])).Message);
        Assert.Equal("width", Assert.Throws<ArgumentOutOfRangeException>(() => history.Plot(folder["a.png"], width: 299)).ParamName);
        Assert.Equal("height", Assert.Throws<ArgumentOutOfRangeException>(() => history.Plot(folder["a.png"], height: 8001)).ParamName);
        Assert.Contains("there are 0",
            Assert.Throws<ArgumentException>(() => new Dictionary<string, History>().Plot(folder["a.png"])).Message);
        Assert.Contains("there are 9", Assert.Throws<ArgumentException>(
            () => Enumerable.Range(0, 9).Select(run => KeyValuePair.Create($"{run}", history)).Plot(folder["a.png"])).Message);
        Assert.False(File.Exists(folder["a.png"]));
    }

    [Fact]
    public void Texts_in_another_script_are_drawn_with_an_installed_font_that_has_it()
    {
        Assert.Equal((EmbeddedFont.Family, ""), Chosen(PictureFont.For(["digits", "val_loss — ¼ é Ω"])));
        SKTypeface? korean = PictureFont.Installed('한');
        Assert.Equal((korean?.FamilyName ?? EmbeddedFont.Family, korean is null ? "한글학습" : ""),
            Chosen(PictureFont.For(["digits", "한글 학습"])));
    }

    [Fact]
    public void Without_a_font_for_the_characters_the_plot_is_drawn_and_the_warning_says_what_to_install()
    {
        Assert.Equal((EmbeddedFont.Family, "한글"), Chosen(PictureFont.For(["한글 1"], _ => null)));
        string warning = Picture.MissingWarning("runs.png", "한글");
        Assert.All(["'한글'", "runs.png", "fonts-nanum"], part => Assert.Contains(part, warning));
    }

    private static (string Family, string Missing) Chosen((PictureFont Font, string Missing) choice) =>
        (choice.Font.Family, choice.Missing);

    private static History Run(Saving.TemporaryFolder folder, params double[] losses) => new PlayedTraining(
        [new ModelCheckpoint(folder["m.weights.h5"], "loss", saveBestOnly: true, saveWeightsOnly: true),
            new ReduceLROnPlateau("loss", patience: 1)]).Run(losses).History;

    private static int Count(SKBitmap picture, SKColor color) => picture.Pixels.Count(pixel => pixel == color);

    /// <summary>The horizontal positions of a color, without the legend at the bottom of the image.</summary>
    private static IEnumerable<int> Columns(SKBitmap picture, SKColor color) =>
        picture.Pixels.Take(picture.Width * picture.Height * 9 / 10).Select((pixel, index) => (pixel, index))
        .Where(one => one.pixel == color)
            .Select(one => one.index % picture.Width);
}
