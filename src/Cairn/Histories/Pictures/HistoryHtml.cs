using System.Globalization;
using System.Net;
using System.Text;

namespace Cairn.Callbacks;

/// <summary>A history as self-contained HTML: charts as SVG, and the events as an expandable list.</summary>
internal static class HistoryHtml
{
    private const int Columns = 2;
    private const int MostListedEvents = 200;

    public static string Of(History history)
    {
        var html = new StringBuilder("<div style=\"font-family:sans-serif\">");
        if (history.Epochs.Count == 0)
        {
            html.Append("<p>A history without epochs.</p>");
        }
        else
        {
            AddDiagrams(html, history);
        }

        AddEvents(html, history.Events);
        return html.Append("</div>").ToString();
    }

    public static string Escape(string text) => WebUtility.HtmlEncode(text);

    private static void AddDiagrams(StringBuilder html, History history)
    {
        List<string[]> panels = HistoryPanels.Of([history]);
        int rows = (panels.Count + Columns - 1) / Columns;
        var marks = EventMark.In(history).ToList();
        int width = Math.Min(panels.Count, Columns) * SvgPanel.Width;
        int height = (rows * SvgPanel.Height) + SvgLegend.HeightOf(marks.Select(one => one.Mark), width);
        html.Append(CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" ")
            .Append("role=\"img\" font-family=\"sans-serif\" font-size=\"11\">")
            .Append(CultureInfo.InvariantCulture,
            $"<title>{Escape(history.ToString())}</title><rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>");
        for (int index = 0; index < panels.Count; index++)
        {
            new SvgPanel(html, history, panels[index], index % Columns * SvgPanel.Width, index / Columns * SvgPanel.Height).Draw(marks);
        }

        SvgLegend.Add(html, marks.Select(one => one.Mark), rows * SvgPanel.Height, width);
        html.Append("</svg>");
    }

    private static void AddEvents(StringBuilder html, IReadOnlyList<TrainingEvent> events)
    {
        if (events.Count == 0)
        {
            return;
        }

        html.Append(CultureInfo.InvariantCulture, $"<details><summary>{events.Count} event{(events.Count == 1 ? "" : "s")}</summary><ul>");
        foreach (TrainingEvent? one in events.Take(MostListedEvents))
        {
            html.Append("<li>").Append(Escape(one.ToString())).Append("</li>");
        }

        html.Append(events.Count > MostListedEvents ? "<li>…</li>" : "").Append("</ul></details>");
    }
}
