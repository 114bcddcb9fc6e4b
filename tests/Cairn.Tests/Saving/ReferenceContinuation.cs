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

        float[] weights = Array(name, "weights_continued_without_save").ToArray();
        Assert.Equal(weights.Length, model.CountParams());
        int place = 0;
        foreach (Variable weight in model.Weights)
        {
            // The bias of attention's keys adds the same to all scores of a row, so that its gradient is zero but for rounding, as in NoisyBias.
            double near = weight.Path.EndsWith("/key/bias", StringComparison.Ordinal) ? Tolerance.NoisyBias : tolerance;
            float[] numbers = weight.ToNDArray().ToArray();
            Tolerance.Near(weights.AsSpan(place, numbers.Length), numbers, near, weight.Path);
            place += numbers.Length;
        }
    }

    public static NDArray Array(string name, string file) =>
        ReferenceRun.ToNDArray(NpyFile.Read(Path.Combine(GoldenFile.Folder, name, $"{file}.npy")));
}
