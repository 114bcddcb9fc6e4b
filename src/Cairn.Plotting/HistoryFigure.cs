using Cairn.Callbacks;
using ScottPlot;

namespace Cairn.Plotting;

/// <summary>The plots of a run in a column, and several runs side by side on the same axes.</summary>
internal static class HistoryFigure
{
    public static Func<Multiplot> Of(IReadOnlyList<KeyValuePair<string, History>> runs) => () =>
    {
        List<string[]> panels = HistoryPanels.Of(runs.Select(run => run.Value));
        var figure = new Multiplot { Layout = new ScottPlot.MultiplotLayouts.Grid(panels.Count, runs.Count) };
        while (figure.Subplots.Count < panels.Count * runs.Count)
        {
            figure.AddPlot(new Plot());
        }

        for (int row = 0; row < panels.Count; row++)
        {
            Plot[] plots = [.. Enumerable.Range(row * runs.Count, runs.Count).Select(figure.Subplots.GetPlot)];
            for (int column = 0; column < runs.Count; column++)
            {
                HistoryPanel.Draw(plots[column], runs[column].Value, panels[row], isFirst: row == 0, isLast: row == panels.Count - 1);
            }

            HistoryPanel.ShareAxes(plots, runs.Select(run => run.Value), panels[row]);
        }

        for (int column = 0; column < runs.Count; column++)
        {
            AddTitle(figure.Subplots.GetPlot(column), runs[column].Key);
        }

        return figure;
    };

    private static void AddTitle(Plot plot, string title)
    {
        if (title.Length > 0)
        {
            plot.Title(title, HistoryPanel.TitleSize);
        }
    }
}
