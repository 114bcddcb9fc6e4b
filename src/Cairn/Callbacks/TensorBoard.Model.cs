using System.Globalization;
using System.Text;
using Cairn.EventFiles;
using Cairn.Layers;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <content>Writing the model and its weights.</content>
public sealed partial class TensorBoard
{
    private void WriteModel()
    {
        try
        {
            Files.Train.Write(0, SummaryValue.KerasModel("keras", Model.ToJson()));
        }
        catch (Exception e) when (e is InvalidOperationException or NotSupportedException or ArgumentException)
        {
            Warn($"Model failed to serialize as JSON. Ignoring... {e.Message}");
        }

        var summary = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        Model.Summary(summary);

        // Text indented by four spaces is preformatted in Markdown.
        Files.Train.Write(0,
            SummaryValue.Text("model_summary", "    " + summary.ToString().TrimEnd().Replace("\n", "\n    ", StringComparison.Ordinal)));
    }

    private void WriteWeights(int epoch)
    {
        foreach (Variable weight in Model.Layers.SelectMany(layer => layer.Weights))
        {
            string name = weight.Path.Replace(':', '_');
            float[] numbers = weight.ToFloats();
            if (numbers.Count(number => !float.IsFinite(number)) is > 0 and var odd)
            {
                Warn($"{Name}: {odd} of the {numbers.Length} elements of the weight '{weight.Path}' are NaN or infinite and are excluded "
                    + "from its histogram.");
            }

            Files.Train.Write(epoch, SummaryValue.Histogram($"{name}/histogram", numbers));
            if (WriteImages && WeightImages.Of(numbers, weight.Shape) is { } images)
            {
                Files.Train.Write(epoch, SummaryValue.Images($"{name}/image", images));
            }
        }
    }

    /// <summary>Writes the projector's configuration: the embeddings and the files of their vectors.</summary>
    private void ConfigureProjector()
    {
        List<Embedding> embeddings = [.. Model.Layers.OfType<Embedding>()];
        List<string> names = [.. embeddings.Select(layer => layer.Name)];
        foreach (string name in EmbeddingsMetadata?.ByLayer.Keys ?? [])
        {
            if (!names.Contains(name))
            {
                throw new ArgumentException(
                    $"embeddingsMetadata names '{name}', which is not an Embedding layer of the "
                        + $"model. {(names.Count == 0 ? "The model has none." : NearestName.Hint(name, names))}",
                    "embeddingsMetadata");
            }
        }

        var text = new StringBuilder();
        foreach (Embedding layer in embeddings)
        {
            text.Append("embeddings {\n").Append("  tensor_name: ").Append(Quoted(layer.Name)).Append('\n');
            if (EmbeddingsMetadata?.For(layer.Name) is { } metadata)
            {
                text.Append("  metadata_path: ").Append(Quoted(metadata)).Append('\n');
            }

            text.Append("  tensor_path: ").Append(Quoted("train/" + VectorFile(layer))).Append("\n}\n");
        }

        AtomicFile.Write(Path.Combine(Files.FullPath, "projector_config.pbtxt"),
            file => file.Write(Encoding.UTF8.GetBytes(text.ToString())));
    }

    // Keras saves only the model's weights, in a file that the projector can't read. The vectors are written as text, which it can read.
    private void WriteEmbeddings(int epoch)
    {
        string folder = Path.Combine(Files.FullPath, "train");
        Model.SaveWeights(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"keras_embedding.ckpt-{epoch}.weights.h5")));
        foreach (Embedding layer in Model.Layers.OfType<Embedding>())
        {
            float[] numbers = layer.Weights[0].ToFloats();
            int width = layer.OutputDim;
            AtomicFile.Write(Path.Combine(folder, VectorFile(layer)), file =>
            {
                using var text = new StreamWriter(file, leaveOpen: true) { NewLine = "\n" };
                for (int row = 0; row < numbers.Length; row += width)
                {
                    text.WriteLine(
                        string.Join('\t', new ArraySegment<float>(numbers, row, width)
                            .Select(number => number.ToString("R", CultureInfo.InvariantCulture))));
                }
            });
        }
    }

    private static string VectorFile(Embedding layer) => $"{layer.Name}.tsv";

    private static string Quoted(string text) =>
        "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
}
