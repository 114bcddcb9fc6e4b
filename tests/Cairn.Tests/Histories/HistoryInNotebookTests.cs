using System.Xml.Linq;
using Cairn.Callbacks;
using Microsoft.DotNet.Interactive.Formatting;

namespace Cairn.Tests.Callbacks;

/// <summary>The display of a history at the end of a cell, with the formatter of .NET Interactive.</summary>
public sealed class HistoryInNotebookTests
{
    [Fact]
    public void A_history_is_displayed_as_a_self_contained_plot_of_its_values()
    {
        History history = new PlayedTraining(
            [new ReduceLROnPlateau("loss", factor: 0.5, patience: 1), new EarlyStopping("loss", patience: 2, restoreBestWeights: true)])
            .Run([[("loss", 3), ("val_loss", 4)], [("loss", 1), ("val_loss", 2)], [("loss", 2), ("val_loss", 2)],
            [("loss", 2), ("val_loss", 3)]]).History;

        string html = history.ToDisplayString("text/html");

        Assert.Equal("text/html", Formatter.GetPreferredMimeTypesFor(typeof(History)).First());
        Assert.StartsWith("<div", html);
        Assert.DoesNotContain("<script", html);
        Assert.DoesNotContain("href", html);
        XElement svg = XElement.Parse(html).Descendants().Single(element => element.Name.LocalName == "svg");
        var lines = Elements(svg, "polyline").ToList();

        // loss, val_loss and learning_rate, four epochs each; a smaller loss is drawn lower, so its y is greater.
        Assert.Equal(3, lines.Count);
        List<(double X, double Y)> loss = Points(lines[0]);
        Assert.Equal(4, loss.Count);
        Assert.True(loss[1].Y > loss[2].Y && loss[2].Y > loss[0].Y && loss[2].Y == loss[3].Y);
        Assert.True(loss[0].X < loss[1].X && loss[1].X < loss[2].X);
        var texts = Elements(svg, "text").Select(text => text.Value).ToList();
        Assert.Contains("loss", texts);
        Assert.Contains("val_loss", texts);
        Assert.Contains("learning rate", texts);
        Assert.Contains("┆ learning rate reduced", texts);

        // The first reduction is in the third of four epochs: its line goes through that point in every panel.
        var marks = Elements(svg, "path").Where(path => path.Value.Contains("reduced to 0.25", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, marks.Count);
        Assert.StartsWith(FormattableString.Invariant($"M{loss[2].X:F1} "), marks[0].Attribute("d")!.Value);
        Assert.Contains("early stopping: loss did not improve for 2 epochs", html);
    }

    [Fact]
    public void Names_and_messages_are_escaped()
    {
        string html = new PlayedTraining([new Hostile()])
            .Run([[("<script>alert(1)</script>", 1), ("a&b", 2)]]).History.ToDisplayString("text/html");
        Assert.DoesNotContain("<script", html);
        Assert.DoesNotContain("<img", html);
        Assert.Contains("a&amp;b", html);
        Assert.Equal("div", XElement.Parse(html).Name);
    }

    [Fact]
    public void Extreme_values_do_not_break_the_plot()
    {
        double[][] runs = [[1], [double.NaN], [double.NaN, 1, double.PositiveInfinity], [1e308, -1e308], [1e-320, 0],
            [0.1, 0.1 + 1e-17], []];
        foreach (double[] run in runs)
        {
            string html = new PlayedTraining([]).Run(run).History.ToDisplayString("text/html");
            Assert.DoesNotContain("NaN", html.Replace("loss NaN", "", StringComparison.Ordinal)
                .Replace("loss nan", "", StringComparison.Ordinal));
            Assert.DoesNotContain("∞", html);
            Assert.Equal("div", XElement.Parse(html).Name);
        }
    }

    [Fact]
    public void As_plain_text_it_is_one_line()
    {
        Assert.Equal("History of 2 epochs: loss 0.33333, learning_rate 0.5",
            new PlayedTraining([]).Run(1, 1.0 / 3).History.ToDisplayString("text/plain"));
    }

    private static IEnumerable<XElement> Elements(XElement svg, string name) =>
        svg.Descendants().Where(element => element.Name.LocalName == name);

    private static List<(double X, double Y)> Points(XElement line) =>
    [
        .. line.Attribute("points")!.Value.Split(' ').Select(point => point.Split(',')).Select(
            point => (double.Parse(point[0], System.Globalization.CultureInfo.InvariantCulture),
            double.Parse(point[1], System.Globalization.CultureInfo.InvariantCulture))),
    ];

    private sealed class Hostile : Callback
    {
        public override void OnEpochEnd(int epoch, Logs logs) => Record("<img src=x>", "<img src=x onerror=alert(1)>");
    }
}
