using System.Text.Json.Nodes;
using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Saving;
using Cairn.Tests.Training;

namespace Cairn.Tests.Saving;

/// <summary>A model that Keras trained, saved and trained further: its files, its data, and its results before and after.</summary>
/// <param name="Name">The name of the folder with its files.</param>
/// <param name="Folder">The path of that folder.</param>
internal sealed record RecordedModel(string Name, string Folder)
{
    private static readonly string Set = ReferenceFile.PathOf("files");

    public RecordedModel(string name)
        : this(name, Set)
    {
    }

    public JsonObject Json { get; } = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, Name + ".json")))!.AsObject();

    public static IEnumerable<string> Names =>
        Directory.EnumerateFiles(Set, "*.json").Select(path => Path.GetFileNameWithoutExtension(path)!).Where(name => name != "index")
        .Order(StringComparer.Ordinal);

    /// <summary>The files that Keras saved: <c>model.h5</c>, <c>model.keras</c>, <c>model.weights.h5</c>.</summary>
    public IEnumerable<string> Files => Json["formats"]!.AsArray().Select(format => $"model.{format}");

    /// <summary>A model of this repository, whose values a test may know.</summary>
    public static RecordedModel Own(string name) => new(name, GoldenFile.Folder);

    private NDArrays X => NDArrays.Create([.. Numbered("x")]);

    private NDArrays Y => NDArrays.Create([.. Numbered("y")]);

    public string PathOf(string file) => Path.Combine(Folder, Name, file);

    /// <summary>The model loaded from one of its files, or an untrained one of the same architecture into which the file's weights and
    /// optimizer are loaded.</summary>
    public Model Load(string file) => Load(file, PathOf(file));

    /// <summary>The same for a file that was saved again.</summary>
    public Model Load(string file, string path)
    {
        if (!file.EndsWith(".weights.h5", StringComparison.Ordinal))
        {
            return Model.Load(path);
        }

        var model = Model.Load(PathOf(Files.First(other => other != file)), compile: false);
        CompileConfig.Apply(model, Json["compile_config"], "compile_config");
        ReferenceRun.SetWeights(model, new float[model.CountParams()]);
        model.LoadWeights(path);
        return model;
    }

    /// <summary>Weights, optimizer state, predictions and evaluation equal those of Keras.</summary>
    public void AssertIsAsSaved(Model model)
    {
        Assert.Empty(model.LoadWarnings);
        Assert.Equal(Vector("weights"), ReferenceRun.Flatten(model));
        Assert.Equal(Vector("optimizer"), State(model));
        Assert.Equal((long)Json["iterations"]!, model.Optimizer!.Iterations);
        NDArray[] expected = [.. Numbered("predictions")];
        IReadOnlyList<NDArray> actual = model.PredictMany(X, verbose: 0);
        Assert.Equal(expected.Length, actual.Count);
        foreach ((NDArray want, NDArray got) in expected.Zip(actual))
        {
            Tolerance.Near(want.ToArray(), got.ToArray(), Tolerance.Prediction, "prediction");
        }

        AssertEvaluates(model, Json["evaluate"]!, Tolerance.Dense);
    }

    /// <summary>One more epoch gives the same history, weights and evaluation as for the model that Keras did not save in
    /// between.</summary>
    public void AssertContinues(Model model)
    {
        JsonNode expected = Json["continuation"]!["without_save"]!;
        History history = Continue(model);

        // Convolutions and batch normalization propagate rounding errors.
        double tolerance = Name.StartsWith("cnn_", StringComparison.Ordinal) || Name == "nested_sequential" ? Tolerance.Convolution
            : Tolerance.Dense;
        foreach ((string key, JsonNode? values) in expected["history"]!.AsObject())
        {
            Tolerance.Near(ReferenceRun.Number(values!.AsArray()[0]), history[key][0], tolerance, key);
        }

        float[] weights = Vector((string)expected["weights_file"]!);
        Assert.Equal(weights.Length, model.CountParams());
        int place = 0;
        foreach (Variable weight in model.Weights)
        {
            // The bias of attention's keys adds the same to all scores of a row, so that its gradient is zero but for rounding, as in
            // NoisyBias.
            double near = weight.Path.EndsWith("/key/bias", StringComparison.Ordinal) ? Tolerance.NoisyBias : tolerance;
            float[] numbers = weight.ToNDArray().ToArray();
            Tolerance.Near(weights.AsSpan(place, numbers.Length), numbers, near, weight.Path);
            place += numbers.Length;
        }

        AssertEvaluates(model, expected["evaluate"]!, tolerance);
    }

    public History Continue(Model model) => model.Fit(X, Y, batchSize: 8, epochs: 1, shuffle: false, verbose: 0);

    public static float[] State(Model model) => [.. OptimizerState.Describe(model.Optimizer!).SelectMany(variable => variable.ToSingles())];

    private void AssertEvaluates(Model model, JsonNode expected, double tolerance)
    {
        Logs logs = model.Evaluate(X, Y, batchSize: 8, verbose: 0);
        foreach ((string key, JsonNode? value) in expected.AsObject())
        {
            Tolerance.Near(ReferenceRun.Number(value), logs[key], tolerance, $"evaluated {key}");
        }
    }

    private float[] Vector(string file) => NpyFile.Read(PathOf(Path.ChangeExtension(file, ".npy"))).ToSingles();

    // One array is NAME.npy, several are NAME0.npy, NAME1.npy, …
    private IEnumerable<NDArray> Numbered(string name)
    {
        if (File.Exists(PathOf($"{name}.npy")))
        {
            yield return Read($"{name}.npy");
        }

        for (int i = 0; File.Exists(PathOf($"{name}{i}.npy")); i++)
        {
            yield return Read($"{name}{i}.npy");
        }
    }

    private NDArray Read(string file) => ReferenceRun.ToNDArray(NpyFile.Read(PathOf(file)));
}
