using System.Text.Json.Nodes;
using Cairn.Optimizers;
using Cairn.Saving;
using Cairn.Tests.Training;
using static TorchSharp.torch;

namespace Cairn.Tests.Optimizers;

/// <summary>
/// Reference/optimizers/optimizers.json: six steps of Keras 3.16's optimizer classes (NumPy backend) on four variables with given
/// gradients, with settings far from the defaults.
/// </summary>
public sealed class ReferenceStepsTests
{
    private static readonly JsonObject Reference =
        JsonNode.Parse(File.ReadAllText(ReferenceFile.PathOf("optimizers/optimizers.json")))!.AsObject();

    public static TheoryData<int, string> Cases =>
        [.. Reference["cases"]!.AsArray()
        .Select((c, i) => new TheoryDataRow<int, string>(i, $"{c!["class"]} {c["args"]!.ToJsonString()}"))];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_step_leaves_the_weights_and_all_of_them_the_state_of_Keras(int index, string description)
    {
        JsonNode expected = Reference["cases"]![index]!;
        using Optimizer optimizer = Create(expected);
        Variable[] variables = [.. Reference["variables"]!.AsArray().Select(NewVariable)];
        optimizer.Build(variables);
        float scale = expected["args"]!["loss_scale_factor"]?.GetValue<float>() ?? 1;

        for (int step = 0; step < 6; step++)
        {
            for (int i = 0; i < variables.Length; i++)
            {
                Tensor gradient = tensor(Floats(Reference["gradients"]![step]![i])).mul_(scale).reshape(variables[i].Value.shape);
                variables[i].Value.grad = gradient;
            }

            optimizer.Apply();
            Tolerance.Near(Floats(expected["weights"]![step]), Flat(variables), Tolerance.Dense,
                $"{description}, weights after step {step}");
        }

        optimizer.FinalizeVariableValues();
        Tolerance.Near(Floats(expected["final"]), Flat(variables), Tolerance.Dense, $"{description}, weights at the end");
        Assert.Equal(expected["iterations"]!.GetValue<long>(), optimizer.Iterations);
        IReadOnlyList<WeightData> state = OptimizerState.Describe(optimizer);
        JsonArray expectedState = expected["variables"]!.AsArray();
        Assert.Equal(expectedState.Select(v => Shape(v!)), state.Select(v => v.Shape));
        foreach ((JsonNode? variable, WeightData actual) in expectedState.Zip(state))
        {
            Tolerance.Near(Floats(variable!["data"]), actual.ToSingles(), Tolerance.Dense, $"{description}, {actual.Name}");
        }

        foreach (Variable variable in variables)
        {
            variable.Dispose();
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_state_has_the_names_of_Keras(int index, string description)
    {
        using Optimizer optimizer = Create(Reference["cases"]![index]!);
        Variable[] variables = [.. Reference["variables"]!.AsArray().Select(NewVariable)];
        optimizer.Build(variables);

        string[] expected = [.. Reference["cases"]![index]!["variables"]!.AsArray().Select(v => v!["path"]!.GetValue<string>())];
        string[] actual = [.. OptimizerState.Describe(optimizer).Select(v => v.Name)];

        // Keras' Adafactor gives several variables the same name, so that it can't save them as .h5. Here the names are unique.
        Assert.Equal(expected.Length, actual.Length);
        Assert.Equal(actual.Length, actual.Distinct().Count());
        foreach ((string theirs, string ours) in expected.Zip(actual))
        {
            bool renamed = optimizer is Adafactor
                && (ours.EndsWith("_r", StringComparison.Ordinal) || ours.EndsWith("_c", StringComparison.Ordinal));
            if (!renamed)
            {
                Assert.True(theirs == ours, $"{description}: expected {theirs}, was {ours}");
            }
        }

        foreach (Variable variable in variables)
        {
            variable.Dispose();
        }
    }

    private static Optimizer Create(JsonNode expected) => OptimizerRegistry.Deserialize(
        new JsonObject { ["class_name"] = expected["class"]!.DeepClone(), ["config"] = expected["args"]!.DeepClone() }, "case");

    private static Variable NewVariable(JsonNode? description) =>
        new(description!["path"]!.GetValue<string>().Split('/')[1],
        tensor(Floats(description["start"])).reshape(Shape(description)).requires_grad_(true), trainable: true)
        {
            Path = description["path"]!.GetValue<string>(),
        };

    private static long[] Shape(JsonNode description) => [.. description["shape"]!.AsArray().Select(d => d!.GetValue<long>())];

    private static float[] Flat(Variable[] variables) => [.. variables.SelectMany(v => v.ToNDArray().ToArray())];

    private static float[] Floats(JsonNode? list) => [.. list!.AsArray().Select(n => (float)n!.GetValue<double>())];
}
