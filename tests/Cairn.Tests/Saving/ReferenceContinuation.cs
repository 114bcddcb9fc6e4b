using System.Text.Json.Nodes;
using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Tests.Training;

namespace Cairn.Tests.Saving;

/// <summary>What one more epoch gave Keras with a model that it had never saved: what every way of loading has to reproduce.</summary>
internal static class ReferenceContinuation
{
    public static void AssertContinues(Model model, string name)
    {
        JsonNode json = JsonNode.Parse(File.ReadAllText(Path.Combine(GoldenFile.Folder, $"{name}.json")))!;
        JsonNode expected = json["continuation"]!["without_save"]!;
        History history = model.Fit(Array(name, "x"), Array(name, "y"), batchSize: 8, epochs: 1, shuffle: false, verbose: 0);

        // The 300 layers of the big models and batch normalisation each carry rounding on.
        double tolerance = name is "cnn_bn" or "cnn_separable_depthwise" or "nested_sequential" ? Tolerance.Convolution : Tolerance.Dense;
        foreach ((string key, JsonNode? values) in expected["history"]!.AsObject())
        {
            Tolerance.Near(ReferenceRun.Number(values!.AsArray()[0]), history[key][0], tolerance, key);
        }

        Tolerance.Near(Array(name, "weights_continued_without_save").ToArray(), ReferenceRun.Flatten(model), tolerance, "weight");
    }

    public static NDArray Array(string name, string file) =>
        ReferenceRun.ToNDArray(NpyFile.Read(Path.Combine(GoldenFile.Folder, name, $"{file}.npy")));
}
