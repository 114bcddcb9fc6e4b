using System.Text.Json;
using Cairn.Data;
using Cairn.Tests.Training;
using static TorchSharp.torch;

namespace Cairn.Tests.HandWritten;

/// <summary>A run that was written by hand in Keras: its arrays, models, settings and values (Reference/own).</summary>
internal sealed class RecordedRun(string name)
{
    public JsonElement Json { get; } = ReferenceFile.Read($"own/{name}/run.json");

    public NDArray Array(string file) => ReferenceRun.ToNDArray(NpyFile.Read(PathOf($"{file}.npy")));

    public Tensor Tensor(string file) => Array(file).ToTensor();

    public Model Model(string file) => Cairn.Model.Load(PathOf($"{file}.keras"));

    public double[][] Rows(string key) =>
        [.. Json.GetProperty(key).EnumerateArray().Select(row => row.EnumerateArray().Select(v => v.GetDouble()).ToArray())];

    public double[] Values(string key) => [.. Json.GetProperty(key).EnumerateArray().Select(v => v.GetDouble())];

    public void EndsAs(string file, Model trained)
    {
        using Model expected = Model(file);
        Tolerance.Near(ReferenceRun.Flatten(expected), ReferenceRun.Flatten(trained), Tolerance.DenseWeights, file);
    }

    public static void Same(double[][] expected, IReadOnlyList<double[]> actual, string what) =>
        Same([.. expected.SelectMany(row => row)], [.. actual.SelectMany(row => row)], what);

    public static void Same(double[] expected, IReadOnlyList<double> actual, string what) =>
        Tolerance.Near([.. expected.Select(v => (float)v)], [.. actual.Select(v => (float)v)], Tolerance.Dense, what);

    private string PathOf(string file) => ReferenceFile.PathOf($"own/{name}/{file}");
}
