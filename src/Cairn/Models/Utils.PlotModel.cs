using System.Text;
using Cairn.Drawing;
using Cairn.Saving;

namespace Cairn;

// Plots of models.
public static partial class Utils
{
    private static readonly string[] PictureEndings = [".svg", ".dot", ".gv", ".txt"];

    /// <summary>Draws the layers of a model and their connections to a file. Keras: <c>utils.plot_model</c>.</summary>
    /// <param name="model">The model. A subclassed model, which has no graph, is a single box.</param>
    /// <param name="toFile">
    /// The file: <c>.svg</c> for a picture that browsers can display, <c>.dot</c> for Graphviz, <c>.txt</c> for the table of
    /// <c>Summary</c>. <c>model.svg</c> by default.
    /// </param>
    /// <param name="showShapes">Whether to show the shapes of inputs and outputs; false by default.</param>
    /// <param name="showLayerNames">Whether to show the names of the layers; false by default.</param>
    /// <param name="rankdir"><c>"TB"</c> (default) draws from top to bottom, <c>"LR"</c> from left to right.</param>
    /// <param name="showTrainable">Whether to show which layers are trained; false by default.</param>
    /// <exception cref="ArgumentException">The file extension or <paramref name="rankdir"/> is not one of these.</exception>
    /// <exception cref="InvalidOperationException">The model has no weights yet because its input shape is unknown.</exception>
    /// <exception cref="IOException">The file can't be written; an existing file is kept.</exception>
    public static void PlotModel(
        Model model, string toFile = "model.svg", bool showShapes = false, bool showLayerNames = false, string rankdir = "TB",
        bool showTrainable = false)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrWhiteSpace(toFile);
        string ending = Path.GetExtension(toFile).ToLowerInvariant();
        if (!PictureEndings.Contains(ending))
        {
            throw new ArgumentException(
                $"toFile must end in {string.Join(", ", PictureEndings)}; got '{toFile}'."
                + (ending is ".png" or ".pdf" ? $" Graphviz can create it from a '.dot' file: dot -T{ending[1..]} model.dot." : ""),
                nameof(toFile));
        }

        string text;
        if (ending == ".txt")
        {
            var table = new StringWriter();
            model.Summary(table);
            text = table.ToString();
        }
        else
        {
            ModelDrawing drawing = Drawn(model, showShapes, showLayerNames, showTrainable);
            bool isHorizontal = IsHorizontal(rankdir);
            text = ending == ".svg" ? SvgDrawing.Of(drawing, isHorizontal) : DotText.Of(drawing, isHorizontal);
        }

        AtomicFile.Write(toFile, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>
    /// Describes the layers of a model and their connections in Graphviz's DOT language. Keras: <c>utils.model_to_dot</c>.
    /// </summary>
    /// <param name="model">The model. A subclassed model, which has no graph, is a single box.</param>
    /// <param name="showShapes">Whether to show the shapes of inputs and outputs; false by default.</param>
    /// <param name="showLayerNames">Whether to show the names of the layers; true by default.</param>
    /// <param name="rankdir"><c>"TB"</c> (default) draws from top to bottom, <c>"LR"</c> from left to right.</param>
    /// <param name="showTrainable">Whether to show which layers are trained; false by default.</param>
    /// <exception cref="ArgumentException"><paramref name="rankdir"/> is not one of these.</exception>
    /// <exception cref="InvalidOperationException">The model has no weights yet because its input shape is unknown.</exception>
    public static string ModelToDot(
        Model model, bool showShapes = false, bool showLayerNames = true, string rankdir = "TB", bool showTrainable = false)
    {
        ArgumentNullException.ThrowIfNull(model);
        return DotText.Of(Drawn(model, showShapes, showLayerNames, showTrainable), IsHorizontal(rankdir));
    }

    private static ModelDrawing Drawn(Model model, bool showShapes, bool showLayerNames, bool showTrainable)
    {
        model.EnsureBuilt();
        return ModelDrawing.Of(model, showShapes, showLayerNames, showTrainable);
    }

    private static bool IsHorizontal(string rankdir) => rankdir switch
    {
        "TB" => false,
        "LR" => true,
        _ => throw new ArgumentException($"rankdir must be \"TB\" or \"LR\"; got \"{rankdir}\".", nameof(rankdir)),
    };
}
