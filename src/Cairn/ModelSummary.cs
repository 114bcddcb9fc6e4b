using System.Globalization;
using System.Text;
using Cairn.Layers;

namespace Cairn;

/// <summary>The table of layers, shapes and parameters that Keras prints.</summary>
internal static class ModelSummary
{
    // The widths of Keras' columns on a terminal of 80 columns; a longer entry widens its column instead of being cut.
    private static readonly int[] LeastWidths = [33, 24, 15];

    public static void Write(Model model, TextWriter output)
    {
        string[] header = ["Layer (type)", "Output Shape", "Param #"];
        string[][] rows = [.. model.Layers.Select(Row)];
        int[] widths = [.. LeastWidths.Select((least, column) => rows.Append(header).Max(r => Math.Max(least, r[column].Length + 2)))];
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Model: \"{model.Name}\"\n");
        Rule(text, widths, '┏', '━', '┳', '┓');
        Cells(text, widths, header, '┃');
        Rule(text, widths, '┡', '━', '╇', '┩');
        for (int i = 0; i < rows.Length; i++)
        {
            if (i > 0) Rule(text, widths, '├', '─', '┼', '┤');
            Cells(text, widths, rows[i], '│');
        }

        Rule(text, widths, '└', '─', '┴', '┘');
        IReadOnlyList<Variable> all = model.Weights;
        long trainable = Count(model.TrainableWeights);
        long others = Count(all) - trainable;
        long? optimizer = model.Optimizer is { Built: true } built ? 1 + (built.Schedule is null ? 1 : 0) + Count(built.SlotVariables) : null;
        Total(text, "Total params", trainable + others + (optimizer ?? 0));
        Total(text, "Trainable params", trainable);
        Total(text, "Non-trainable params", others);
        if (optimizer is { } state) Total(text, "Optimizer params", state);
        output.Write(text);
        output.Flush();
    }

    private static string[] Row(Layer layer) =>
    [
        $"{layer.Name} ({layer.ClassName})",
        layer.OutputShape?.ToString() ?? "?",
        layer.Built ? layer.CountParams().ToString("N0", CultureInfo.InvariantCulture) : "0 (unbuilt)",
    ];

    private static void Rule(StringBuilder text, int[] widths, char left, char line, char middle, char right) =>
        text.Append(left).AppendJoin(middle, widths.Select(w => new string(line, w))).Append(right).Append('\n');

    private static void Cells(StringBuilder text, int[] widths, string[] cells, char border)
    {
        for (int column = 0; column < cells.Length; column++)
        {
            int room = widths[column] - 2;
            text.Append(border).Append(' ').Append(column == 2 ? cells[column].PadLeft(room) : cells[column].PadRight(room)).Append(' ');
        }

        text.Append(border).Append('\n');
    }

    private static void Total(StringBuilder text, string name, long count) =>
        text.Append(CultureInfo.InvariantCulture, $" {name}: {count:N0} ({Memory(count * sizeof(float))})\n");

    private static long Count(IEnumerable<Variable> variables) => variables.Sum(v => v.Shape.ElementCount);

    private static string Memory(double bytes)
    {
        string[] units = ["B", "KB", "MB", "GB", "TB", "PB"];
        int unit = 0;
        for (; bytes >= 1024 && unit < units.Length - 1; unit++) bytes /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{bytes:F2} {units[unit]}");
    }
}
