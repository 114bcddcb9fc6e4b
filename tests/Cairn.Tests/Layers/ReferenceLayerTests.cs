using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Layers;
using Cairn.Tests.Saving;
using Cairn.Tests.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Layers;

/// <summary>Every layer compared with Keras' own code, forward and (by finite differences in double precision) backward; see
/// Reference/layers.</summary>
public sealed class ReferenceLayerTests
{
    // Keras' numbers are computed in float64, ours in float32: sums of some tens of products of numbers around 1.
    private const double Near = 2e-5;
    private const double NearGradient = 1e-4;

    // Default values of keys from newer Keras versions are not written, so that older versions can read the files.
    private static readonly string[] Silent = ["/renorm", "/renorm_momentum"];

    // Keras computes them only with TensorFlow; TextLayerTests compares them with numbers from its documentation and tests.
    private static readonly string[] OfText =
        [nameof(StringLookup), nameof(IntegerLookup), nameof(TextVectorization), nameof(Hashing), nameof(HashedCrossing)];

    public static TheoryData<string> All => [.. ReferenceLayer.Names];

    [Theory]
    [MemberData(nameof(All))]
    public void Outputs_weights_and_masks_are_those_of_Keras(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        using var reference = new ReferenceLayer(name);
        using IDisposable _ = no_grad();

        Tensor[] outputs = reference.Run();

        JsonElement[] expected = [.. reference.Recorded.GetProperty("outputs").EnumerateArray()];
        Assert.Equal(expected.Length, outputs.Length);
        foreach ((JsonElement recorded, Tensor y) in expected.Zip(outputs))
        {
            Same(recorded, y, Near, name);
        }

        Assert.Equal(
            reference.Recorded.GetProperty("weights").EnumerateArray().Select(w => w.GetProperty("path").GetString()),
            reference.Layer.Weights.Select(w => w.Path[(w.Path.IndexOf('/') + 1)..]));
        Assert.Equal(reference.Recorded.GetProperty("weights").EnumerateArray().Select(w => w.GetProperty("trainable").GetBoolean()),
            reference.Layer.Weights.Select(w => w.Trainable));
        if (reference.Recorded.TryGetProperty("weights_after", out JsonElement after))
        {
            foreach ((Variable weight, JsonElement recorded) in reference.Layer.Weights.Zip(after.EnumerateArray()))
            {
                Same(recorded, weight.Value, Near, $"{name}: {weight.Path}");
            }
        }

        if (!reference.Recorded.TryGetProperty("output_mask", out JsonElement mask))
        {
            return;
        }

        if (mask.ValueKind == JsonValueKind.Null)
        {
            Assert.Null(reference.MaskOf(outputs[0]));
        }
        else
        {
            Same(mask, reference.MaskOf(outputs[0])!.to(ScalarType.Float32), 0, $"mask of {name}");
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Gradients_are_the_differences_of_Keras_function(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        using var reference = new ReferenceLayer(name);
        if (!reference.Recorded.TryGetProperty("cotangents", out JsonElement cotangents))
        {
            Assert.NotEmpty(reference.Recorded.GetProperty("no_gradients").GetString()!);
            return;
        }

        foreach (Tensor x in reference.Inputs.Where(x => x.is_floating_point()))
        {
            x.requires_grad_(true);
        }

        foreach (Variable weight in reference.Layer.TrainableWeights)
        {
            weight.Value.requires_grad_(true);
        }

        Tensor sum = reference.Run().Zip(cotangents.EnumerateArray(), (y, c) => (y * ReferenceLayer.ToTensor(c)).sum())
            .Aggregate((a, b) => a + b);

        // A layer may have no weights and integer inputs.
        if (sum.requires_grad)
        {
            sum.backward();
        }

        foreach ((Tensor x, JsonElement recorded) in reference.Inputs.Zip(reference.Recorded.GetProperty("input_gradients")
            .EnumerateArray()))
        {
            if (recorded.ValueKind != JsonValueKind.Null)
            {
                Same(recorded, x.grad ?? zeros_like(x), NearGradient, $"gradient of an input of {name}");
            }
        }

        foreach ((Variable weight, JsonElement recorded) in reference.Layer.Weights.Zip(reference.Recorded.GetProperty("weight_gradients")
            .EnumerateArray()))
        {
            if (recorded.ValueKind != JsonValueKind.Null)
            {
                Same(recorded, weight.Value.grad ?? zeros_like(weight.Value), NearGradient, $"gradient of {weight.Path} of {name}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void The_configuration_equals_Keras_except_omitted_defaults(string name)
    {
        using var reference = new ReferenceLayer(name);
        JsonObject expected = JsonNode.Parse(reference.Recorded.GetProperty("layer").GetProperty("config").GetRawText())!.AsObject();
        JsonObject ours = JsonNode.Parse(Cairn.Saving.PythonJson.Write(reference.Layer.GetConfig()))!.AsObject();

        Assert.Equal(reference.Recorded.GetProperty("layer").GetProperty("class_name").GetString(), reference.Layer.ClassName);
        // Keras built the layers of wrappers, too, with a batch of known size.
        IEnumerable<string> different = JsonDifferences.Between(expected, ours)
            .Where(d => !d.Contains("build_config/input_shape[0]: ", StringComparison.Ordinal));
        Assert.Equal([],
            different.Where(d => !Silent.Any(place => d.StartsWith(place + ":", StringComparison.Ordinal)
                && d.EndsWith(", here null", StringComparison.Ordinal))));
        if (reference.Recorded.TryGetProperty("build_config", out JsonElement build))
        {
            // Keras built the layer with a batch of known size.
            Assert.Equal(AnyBatch(build.GetRawText()), AnyBatch(reference.Layer.BuildConfig()!.ToJsonString()));
        }

        static string AnyBatch(string json) =>
            System.Text.RegularExpressions.Regex.Replace(json.Replace(" ", "", StringComparison.Ordinal), @"\[(\d+|null)(,|\])", "[N$2");
    }

    [Fact]
    public void Every_public_layer_is_among_the_recorded_ones()
    {
        // Tested separately: inputs, and C# functions, which can't be recorded. Random layers are compared in inference mode.
        string[] others = [nameof(Input), nameof(Lambda), .. OfText];

        Assert.Equal([], PublicLayers.Except(ReferenceLayer.ClassNames).Except(others));
    }

    [Fact]
    public void Every_name_in_files_is_that_of_a_recorded_layer()
    {
        // Old names of classes, inputs and models.
        string[] others = ["InputLayer", "Sequential", "Functional", "Model", "BatchNormalizationV1", "GroupedQueryAttention", .. OfText];

        Assert.Equal([], LayerRegistry.ClassNames.Except(ReferenceLayer.ClassNames).Except(others));
    }

    [Fact]
    public void Every_public_layer_has_a_recorded_gradient()
    {
        // Step functions have no gradient.
        string[] others = [nameof(Input), nameof(Lambda), nameof(CategoryEncoding), nameof(Discretization), .. OfText];

        Assert.Equal([], PublicLayers.Except(ReferenceLayer.ClassNamesWithGradients).Except(others));
    }

    private static IEnumerable<string> PublicLayers => typeof(Layer).Assembly.GetExportedTypes()
        .Where(type => type.IsSubclassOf(typeof(Layer)) && !type.IsSubclassOf(typeof(Model)) && !type.IsAbstract && type != typeof(Model))
        .Select(type => type.Name);

    private static void Same(JsonElement recorded, Tensor actual, double tolerance, string what)
    {
        Assert.Equal(recorded.GetProperty("shape").EnumerateArray().Select(n => n.GetInt64()), actual.shape);
        float[] expected = ReferenceArray.Numbers(recorded);
        double[] found = actual.to(ScalarType.Float64).contiguous().data<double>().ToArray();
        double scale = Math.Max(1, expected.Select(v => Math.Abs((double)v)).DefaultIfEmpty().Max());
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - found[i]) <= tolerance * scale,
                $"{what}: number {i} is {found[i]}, Keras has {expected[i]}.");
        }
    }
}
