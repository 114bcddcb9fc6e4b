using System.Globalization;
using Cairn.Callbacks;
using ScottPlot;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;

namespace Cairn.Plotting;

/// <summary>The loss over the learning rate, on a logarithmic axis.</summary>
internal static class LearningRateFigure
{
    private const float TextSize = 15;
    private const float LabelSize = 17;

    public static Func<Multiplot> Of(LearningRateFinder finder, string title) => () =>
    {
        var figure = new Multiplot();
        Plot plot = figure.Subplots.GetPlot(0);
        AddLine(plot, finder.Rates, finder.Losses, "loss of the batch", Color.FromHex("#9db8d6"), 1.5f);
        AddLine(plot, finder.Rates, finder.SmoothedLosses, "smoothed", Color.FromHex("#1f5fa8"), 3);
        if (finder.Suggestion is { } suggestion)
        {
            VerticalLine line = plot.Add.VerticalLine(Math.Log10(suggestion), 2, Color.FromHex("#2b9348"), LinePattern.Dashed);
            line.LegendText = $"suggestion: {suggestion.ToString("0.##e+0", CultureInfo.InvariantCulture)}";
        }

        Style(plot);
        if (title.Length > 0)
        {
            plot.Title(title, HistoryPanel.TitleSize);
        }

        SetLimits(plot, finder);
        return figure;
    };

    private static void AddLine(Plot plot, IReadOnlyList<double> rates, IReadOnlyList<double> losses, string name, Color color, float width)
    {
        (double Rate, double Loss)[] points =
            [.. rates.Zip(losses, (rate, loss) => (Math.Log10(rate), loss)).Where(point => double.IsFinite(point.loss))];
        if (points.Length == 0)
        {
            return;
        }

        Scatter line = plot.Add.Scatter(Array.ConvertAll(points, point => point.Rate),
            Array.ConvertAll(points, point => point.Loss), color);
        (line.LegendText, line.LineWidth, line.MarkerSize) = (name, width, 0);
    }

    private static void Style(Plot plot)
    {
        plot.XLabel("learning rate", LabelSize);
        plot.YLabel("loss", LabelSize);
        plot.Axes.Left.Label.Bold = false;
        plot.Axes.Bottom.Label.Bold = false;
        plot.Axes.Left.TickLabelStyle.FontSize = TextSize;
        plot.Axes.Bottom.TickLabelStyle.FontSize = TextSize;
        plot.Axes.Left.TickGenerator =
            new NumericAutomatic { LabelFormatter = value => value.ToString("0.#####", CultureInfo.InvariantCulture) };
        plot.Axes.Bottom.TickGenerator = new NumericAutomatic
        {
            MinorTickGenerator = new LogMinorTickGenerator(),
            IntegerTicksOnly = true,
            LabelFormatter = exponent => Math.Pow(10, exponent)
                .ToString(exponent is > -4 and < 5 ? "0.####" : "0e+0", CultureInfo.InvariantCulture),
        };
        plot.Grid.MajorLineColor = Colors.Black.WithAlpha(0.10);
        plot.Legend.FontSize = TextSize;

        // At small learning rates the loss is high, so the legend fits below it.
        plot.ShowLegend(Alignment.LowerLeft);
    }

    // The loss of a diverging batch would flatten everything else.
    private static void SetLimits(Plot plot, LearningRateFinder finder)
    {
        plot.Axes.AutoScale();
        double[] finite = [.. finder.SmoothedLosses.Where(double.IsFinite)];
        if (finite.Length == 0)
        {
            return;
        }

        (double low, double first) = (Math.Min(finite.Min(), finder.Losses.Where(double.IsFinite).Min()), finite[0]);
        double top = Math.Min(finite.Max(), first + (1.2 * Math.Max(first - low, Math.Abs(first) * 0.1)));
        double margin = Math.Max(top - low, 1e-12) * 0.12;
        plot.Axes.SetLimitsY(low - margin, top + margin);
    }
}
