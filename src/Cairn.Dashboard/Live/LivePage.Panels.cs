using System.Text.Json.Nodes;
using Cairn.Dashboard.Live;
using Cairn.Dashboard.Runs;
using Cairn.Dashboard.Server;
using Cairn.Metrics;
using Cairn.Optimizers;

namespace Cairn.Callbacks;

/// <content>Panels that other callbacks show on the page.</content>
public sealed partial class LivePage
{
    private const int MostCharacters = 100_000;
    private const int MostImages = 64;
    private const int MostImageBytes = 4 << 20;
    private const int MostClasses = 100;

    /// <summary>Shows a text on the page, replacing a panel with the same title. Does nothing before training begins.</summary>
    /// <param name="title">The title of the panel.</param>
    /// <param name="text">Plain text of at most 100,000 characters.</param>
    /// <exception cref="ArgumentException">The title is empty, or the text is too long.</exception>
    public void ShowText(string title, string text)
    {
        CheckTitle(title);
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > MostCharacters)
        {
            throw new ArgumentException($"The text has {text.Length} characters; at most {MostCharacters} are allowed.", nameof(text));
        }

        run?.Log.Show(title, "text", JsonValue.Create(text), []);
    }

    /// <summary>
    /// Shows images on the page, such as a few samples with their predictions, replacing a panel with the same title. Does nothing before
    /// training begins.
    /// </summary>
    /// <param name="title">The title of the panel.</param>
    /// <param name="images">
    /// Images <c>[samples, height, width]</c>, or <c>[samples, height, width, channels]</c> with 1, 3 or 4 channels, from 0 (black) to 1;
    /// at most 64.
    /// </param>
    /// <param name="captions">A caption for each image, also used by screen readers.</param>
    /// <exception cref="ArgumentException">
    /// The title is empty, the images have another shape, or there is not one caption for each.
    /// </exception>
    public void ShowImages(string title, NDArray images, IReadOnlyList<string> captions)
    {
        CheckTitle(title);
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(captions);
        IReadOnlyList<byte[]> files = ImagePanel.Encode(images, MostImages);
        if (captions.Count != files.Count)
        {
            throw new ArgumentException($"There are {captions.Count} captions for {files.Count} images.", nameof(captions));
        }

        run?.Log.Show(title, "images", Texts(captions), files);
    }

    /// <summary>Shows PNG or JPEG files on the page, replacing a panel with the same title. Does nothing before training begins.</summary>
    /// <param name="title">The title of the panel.</param>
    /// <param name="files">The contents of at most 64 files, each of at most 4 MiB.</param>
    /// <param name="captions">A caption for each image, also used by screen readers.</param>
    /// <exception cref="ArgumentException">
    /// The title is empty, a file is neither PNG nor JPEG or is too large, or there is not one caption for each.
    /// </exception>
    public void ShowImages(string title, IReadOnlyList<byte[]> files, IReadOnlyList<string> captions)
    {
        CheckTitle(title);
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(captions);
        if (captions.Count != files.Count || files.Count > MostImages)
        {
            throw new ArgumentException(
                $"There are {captions.Count} captions for {files.Count} images; there must be one for each of at most {MostImages}.",
                nameof(captions));
        }

        for (int i = 0; i < files.Count; i++)
        {
            if (files[i] is not { Length: <= MostImageBytes } file || ImageKind.Of(file) is null)
            {
                throw new ArgumentException($"files[{i}] must be a PNG or JPEG file of at most {MostImageBytes} bytes.", nameof(files));
            }
        }

        run?.Log.Show(title, "images", Texts(captions), [.. files]);
    }

    /// <summary>
    /// Shows a table of numbers with shaded cells on the page, such as a confusion matrix, replacing a panel with the same title. Does
    /// nothing before training begins.
    /// </summary>
    /// <param name="title">The title of the panel.</param>
    /// <param name="matrix">Numbers <c>[classes, classes]</c>; rows are the true classes, columns the predicted ones. At most 100.</param>
    /// <param name="labels">The names of the classes; null (default) for their numbers.</param>
    /// <exception cref="ArgumentException">
    /// The title is empty, the matrix is not square or too large, or there is not one label for each class.
    /// </exception>
    public void ShowConfusionMatrix(string title, double[,] matrix, IReadOnlyList<string>? labels = null)
    {
        CheckTitle(title);
        ArgumentNullException.ThrowIfNull(matrix);
        int classes = matrix.GetLength(0);
        if (matrix.GetLength(1) != classes || classes is 0 or > MostClasses)
        {
            throw new ArgumentException(
                $"The matrix must be square with 1 to {MostClasses} rows; it has {classes} rows and {matrix.GetLength(1)} columns.",
                nameof(matrix));
        }

        labels ??= [.. Enumerable.Range(0, classes).Select(index => $"{index}")];
        if (labels.Count != classes)
        {
            throw new ArgumentException($"There are {labels.Count} labels for {classes} classes.", nameof(labels));
        }

        var rows = new JsonArray();
        for (int row = 0; row < classes; row++)
        {
            var cells = new JsonArray();
            for (int column = 0; column < classes; column++)
            {
                cells.Add(double.IsFinite(matrix[row, column]) ? JsonValue.Create(matrix[row, column]) : null);
            }

            rows.Add((JsonNode)cells);
        }

        run?.Log.Show(title, "matrix", new JsonObject { ["labels"] = Texts(labels), ["rows"] = rows }, []);
    }

    /// <inheritdoc/>
    public override void OnGradients(int batch, IReadOnlyList<Gradient> gradients)
    {
        // The first batch represents the epoch.
        if (batch == 0 && run is not null && IsHistogramEpoch(speed.Epoch))
        {
            Safely(() => run.Log.Show("Gradients of the first batch", "histogram",
                HistogramPanel.Of(speed.Epoch, gradients.Select(one => (one.Weight.Path, HostNumbers.Of(one.Value)))), []));
        }
    }

    private void ShowWeights(int epoch)
    {
        if (run is not null && IsHistogramEpoch(epoch))
        {
            run.Log.Show("Weights", "histogram",
                HistogramPanel.Of(epoch, Model.Weights.Select(weight => (weight.Path, weight.ToFloats()))), []);
        }
    }

    private bool IsHistogramEpoch(int epoch) => HistogramFreq > 0 && epoch % HistogramFreq == 0;

    private static JsonArray Texts(IReadOnlyList<string> texts) => new([.. texts.Select(text => (JsonNode)(text ?? ""))]);

    private static void CheckTitle(string title) => ArgumentException.ThrowIfNullOrWhiteSpace(title);
}
