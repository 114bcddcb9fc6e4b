using System.Globalization;
using Cairn.Callbacks;
using ScottPlot;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;

namespace Cairn.Plotting;

/// <summary>One plot of a history: one or two lines over the epochs, counted from 1 as in the terminal.</summary>
internal static class HistoryPanel
{
    public const float TitleSize = 22;
    private const float TextSize = 15;
    private const float LabelSize = 17;
    private const int MostMarkedEpochs = 80;
    private const int LeftPadding = 110;
    private const int RightPadding = 30;
    private const int PaddingWithLabel = 62;
    private const int PaddingWithout = 30;

    private static readonly Color[] LineColors = [Color.FromHex("#1f5fa8"), Color.FromHex("#e07b1a")];

    public static void Draw(Plot plot, History history, string[] names, bool isFirst, bool isLast)
    {
        bool logarithmic = HistoryPanels.IsLogarithmic(names);
        string[] known = [.. names.Where(name => history.Keys.Contains(name))];
        foreach (string name in known)
        {
            AddLine(plot, history, name, LineColors[Array.IndexOf(names, name)], logarithmic);
        }

        EventMarks.Add(plot, history, known.LastOrDefault(), withPoints: !logarithmic);
        Style(plot, HistoryPanels.Title(names), logarithmic, isLast);
        plot.Layout.Fixed(new PixelPadding(LeftPadding, RightPadding, isLast ? PaddingWithLabel : PaddingWithout,
            isFirst ? PaddingWithLabel : PaddingWithout / 2));
        plot.Legend.FontSize = TextSize;

        // The axis label already names a single line.
        if (known.Length < 2)
        {
            plot.HideLegend();
        }
        else
        {
            plot.ShowLegend(names[0] == "loss" || names[0].Contains("error") || names[0] is "mae" or "mse" ? Alignment.UpperRight
                : Alignment.LowerRight);
        }
    }

    /// <summary>Gives plots of the same values the same axes.</summary>
    public static void ShareAxes(Plot[] plots, IEnumerable<History> histories, string[] names)
    {
        int first = histories.Min(history => history.Epochs[0]);
        int last = histories.Max(history => history.Epochs[^1]);
        AxisLimits[] limits =
        [
            .. plots.Where(plot => plot.GetPlottables<Scatter>().Any()).Select(plot =>
            {
                plot.Axes.AutoScale();
                return plot.Axes.GetLimits();
            }),
        ];
        foreach (Plot plot in plots)
        {
            plot.Axes.SetLimitsX(first + 0.5, last + 1.5);
            if (limits.Length == 0)
            {
                continue;
            }

            (double bottom, double top) = (limits.Min(one => one.Bottom), limits.Max(one => one.Top));

            // Whole powers of ten, so that there is always a labelled tick below and above the data.
            if (HistoryPanels.IsLogarithmic(names))
            {
                (bottom, top) = (Math.Floor(bottom + 0.01) - 0.15, Math.Ceiling(top - 0.01) + 0.15);
            }

            plot.Axes.SetLimitsY(bottom, top);
        }
    }

    // A logarithmic axis holds exponents.
    private static double Position(double value, bool logarithmic) => logarithmic ? Math.Log10(value) : value;

    private static void AddLine(Plot plot, History history, string name, Color color, bool logarithmic)
    {
        (double Epoch, double Value)[] points =
        [
            .. history.Epochs.Zip(history.Column(name), (epoch, value) => (epoch + 1.0, Position(value, logarithmic)))
                .Where(point => double.IsFinite(point.Item2)),
        ];
        if (points.Length == 0)
        {
            return;
        }

        Scatter line = plot.Add.Scatter(Array.ConvertAll(points, point => point.Epoch),
            Array.ConvertAll(points, point => point.Value), color);
        line.LegendText = name;
        line.LineWidth = 2.5f;
        line.MarkerSize = points.Length <= MostMarkedEpochs ? 6 : 0;
        // The learning rate applies to the whole epoch.
        if (logarithmic)
        {
            line.ConnectStyle = ConnectStyle.StepVertical;
        }
    }

    private static void Style(Plot plot, string label, bool logarithmic, bool isLast)
    {
        plot.YLabel(label, LabelSize);
        plot.Axes.Left.Label.Bold = false;
        plot.Axes.Left.TickLabelStyle.FontSize = TextSize;
        plot.Axes.Bottom.TickLabelStyle.FontSize = TextSize;
        plot.Axes.Bottom.TickGenerator =
            new NumericAutomatic { IntegerTicksOnly = true, MinorTickGenerator = new EvenlySpacedMinorTickGenerator(1) };
        plot.Grid.MajorLineColor = Colors.Black.WithAlpha(0.10);
        if (isLast)
        {
            plot.XLabel("epoch", LabelSize);
        }

        plot.Axes.Bottom.Label.Bold = false;
        if (logarithmic)
        {
            plot.Axes.Left.TickGenerator = new NumericAutomatic
            {
                MinorTickGenerator = new LogMinorTickGenerator(),
                IntegerTicksOnly = true,
                LabelFormatter = exponent => Math.Pow(10, exponent).ToString("0.############", CultureInfo.InvariantCulture),
            };
        }
        else
        {
            plot.Axes.Left.TickGenerator =
                new NumericAutomatic { LabelFormatter = value => value.ToString("0.#####", CultureInfo.InvariantCulture) };
        }
    }
}
