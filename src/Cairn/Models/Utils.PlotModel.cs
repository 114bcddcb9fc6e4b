using System.Globalization;
using System.Text;
using Cairn.Drawing;
using Cairn.Saving;

namespace Cairn;

// Plots of models.
public static partial class Utils
{
    private const int LeastDpi = 20;
    private const int MostDpi = 1000;
    private static readonly string[] PictureEndings = [".png", ".svg", ".dot", ".gv", ".txt"];

    /// <summary>Draws the layers of a model and their connections to a file. Keras: <c>utils.plot_model</c>.</summary>
    /// <param name="model">The model. A subclassed model, which has no graph, is a single box.</param>
    /// <param name="toFile">
    /// The file: <c>.svg</c> for a picture that browsers can display, <c>.png</c> with the package Cairn.Plotting, <c>.dot</c> for
    /// Graphviz, <c>.txt</c> for the table of <c>Summary</c>. <c>model.svg</c> by default.
    /// </param>
    /// <param name="showShapes">Whether to show the shapes of inputs and outputs; false by default.</param>
    /// <param name="showLayerNames">Whether to show the names of the layers; false by default.</param>
    /// <param name="rankdir"><c>"TB"</c> (default) draws from top to bottom, <c>"LR"</c> from left to right.</param>
    /// <param name="expandNested">Whether to show the layers of nested models, in a frame; false by default.</param>
    /// <param name="dpi">
    /// Dots per inch of a PNG file, from 20 to 1000; 200 by default. A picture of more than 64 million pixels gets fewer.
    /// </param>
    /// <param name="showTrainable">Whether to show which layers are trained; false by default.</param>
    /// <exception cref="ArgumentException">
    /// The file extension or <paramref name="rankdir"/> is not one of these, or the package for PNG files is missing.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dpi"/> is out of its range.</exception>
    /// <exception cref="InvalidOperationException">The model has no weights yet because its input shape is unknown.</exception>
    /// <exception cref="IOException">The file can't be written; an existing file is kept.</exception>
    public static void PlotModel(
        Model model, string toFile = "model.svg", bool showShapes = false, bool showLayerNames = false, string rankdir = "TB",
        bool expandNested = false, int dpi = 200, bool showTrainable = false)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrWhiteSpace(toFile);
        string ending = Path.GetExtension(toFile).ToLowerInvariant();
        if (!PictureEndings.Contains(ending))
        {
            throw new ArgumentException(
                $"toFile must end in {string.Join(", ", PictureEndings)}; got '{toFile}'."
                + (ending is ".pdf" or ".jpg" ? $" Graphviz can create it from a '.dot' file: dot -T{ending[1..]} model.dot." : ""),
                nameof(toFile));
        }

        if (dpi is < LeastDpi or > MostDpi)
        {
            throw new ArgumentOutOfRangeException(nameof(dpi), dpi, $"dpi must be {LeastDpi} to {MostDpi}.");
        }

        bool isHorizontal = IsHorizontal(rankdir);
        var options = new DrawingOptions(showShapes, showLayerNames, showTrainable, expandNested);
        byte[] content = ending switch
        {
            ".txt" => Encoding.UTF8.GetBytes(SummaryOf(model)),
            ".svg" => Encoding.UTF8.GetBytes(SvgDrawing.Of(DrawnLayout.Of(Drawn(model, options), isHorizontal))),
            ".png" => PngDrawing.Of(DrawnLayout.Of(Drawn(model, options), isHorizontal), dpi),
            _ => Encoding.UTF8.GetBytes(DotText.Of(Drawn(model, options), isHorizontal)),
        };
        AtomicFile.Write(toFile, stream => stream.Write(content));
    }

    /// <summary>
    /// Describes the layers of a model and their connections in Graphviz's DOT language. Keras: <c>utils.model_to_dot</c>.
    /// </summary>
    /// <param name="model">The model. A subclassed model, which has no graph, is a single box.</param>
    /// <param name="showShapes">Whether to show the shapes of inputs and outputs; false by default.</param>
    /// <param name="showLayerNames">Whether to show the names of the layers; true by default.</param>
    /// <param name="rankdir"><c>"TB"</c> (default) draws from top to bottom, <c>"LR"</c> from left to right.</param>
    /// <param name="expandNested">Whether to show the layers of nested models, as a cluster; false by default.</param>
    /// <param name="showTrainable">Whether to show which layers are trained; false by default.</param>
    /// <exception cref="ArgumentException"><paramref name="rankdir"/> is not one of these.</exception>
    /// <exception cref="InvalidOperationException">The model has no weights yet because its input shape is unknown.</exception>
    public static string ModelToDot(
        Model model, bool showShapes = false, bool showLayerNames = true, string rankdir = "TB", bool expandNested = false,
        bool showTrainable = false)
    {
        ArgumentNullException.ThrowIfNull(model);
        return DotText.Of(
            Drawn(model, new DrawingOptions(showShapes, showLayerNames, showTrainable, expandNested)), IsHorizontal(rankdir));
    }

    private static ModelDrawing Drawn(Model model, DrawingOptions options)
    {
        model.EnsureBuilt();
        return ModelDrawing.Of(model, options);
    }

    private static string SummaryOf(Model model)
    {
        using var table = new StringWriter(CultureInfo.InvariantCulture);
        model.Summary(table);
        return table.ToString();
    }

    private static bool IsHorizontal(string rankdir) => rankdir switch
    {
        "TB" => false,
        "LR" => true,
        _ => throw new ArgumentException($"rankdir must be \"TB\" or \"LR\"; got \"{rankdir}\".", nameof(rankdir)),
    };
}
