using System.IO.Compression;
using System.Text.Json;
using Cairn.Losses;
using Cairn.Optimizers;
using Cairn.Tests.Saving;
using Cairn.Tests.Training;

namespace Cairn.Tests;

// Reference/applications/values.json.gz contains the outputs of networks of keras.applications and their changes in one training step
// (values.py, Keras 3.16 on PyTorch). Weights and images follow from the same formula in both languages.
public sealed class ApplicationNumbersTests
{
    private static readonly Dictionary<string, JsonElement> Cases =
        ReferenceFile.Read("applications/values.json.gz").EnumerateArray().ToDictionary(row => row.GetProperty("name").GetString()!);

    // By how much of its norm the change of a weight differs at most in Keras itself, in float64 and if the last bits of the initial weights
    // differ (values.py --rounding), where it is more than 0.5 %: batch normalization of four images and ReLUs near 0 magnify rounding.
    private static readonly Dictionary<string, double> Rounding = new()
    {
        ["MobileNet"] = 0.0354,
        ["MobileNetV2"] = 0.0707,
        ["ResNetV2"] = 0.0696,
        ["InceptionV3"] = 0.0607,
        ["InceptionResNetV2"] = 0.0190,
        ["DenseNet"] = 0.0129,
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_network_gives_and_learns_what_it_does_in_Keras(string name)
    {
        JsonElement reference = Cases[name];
        int size = reference.GetProperty("size").GetInt32();
        using var folder = new TemporaryFolder();
        bool isFromFile = name == "ConvNeXt";
        using Functional model = Make(name, [size, size, 3], isFromFile ? Unpacked("convnext.weights.h5", folder) : null);
        if (!isFromFile)
        {
            Fill(model);
        }

        NDArray x = Images(4, size, reference.GetProperty("scale").GetDouble());

        float[] logits = model.Predict(x, batchSize: 4, verbose: 0).ToArray();

        double scale = reference.GetProperty("scaleOfLogits").GetDouble();
        double[] expected = Numbers(reference, "logits");
        Assert.All(
            expected,
            (value, i) => Assert.True(Math.Abs(value - logits[i]) <= 1e-5 * scale, $"logit {i}: {value} in Keras, {logits[i]} here"));

        float[][] before = [.. model.Weights.Select(weight => weight.ToNDArray().ToArray())];
        model.Compile(new SGD(0.01), new SparseCategoricalCrossentropy(fromLogits: true));
        double loss = model.TrainOnBatch(x, new[] { 0, 3, 1, 4 })["loss"];

        Assert.Equal(reference.GetProperty("loss").GetDouble(), loss, 2e-4 * reference.GetProperty("loss").GetDouble());

        // Keras' figure is the largest of seven runs; here each operation may round differently.
        double tolerance = 2 * Math.Max(5e-3, Rounding.GetValueOrDefault(name));
        double[] changes = Numbers(reference, "change");
        double[] norms = Numbers(reference, "norm");
        Assert.Equal(norms.Length, before.Length);
        double largest = norms.Max();
        List<(string Path, double Excess)> off = [];
        for (int k = 0; k < before.Length; k++)
        {
            float[] after = model.Weights[k].ToNDArray().ToArray();
            double change = 0;
            for (int i = 0; i < after.Length; i++)
            {
                change += ((double)after[i] - before[k][i]) * Noise(k + 5000, i);
            }

            double excess = (Math.Abs(changes[k] - change) - (1e-4 * largest)) / Math.Max(norms[k], double.Epsilon);
            if (excess > tolerance)
            {
                off.Add((model.Weights[k].Path, excess));
            }
        }

        Assert.True(off.Count == 0, $"{name}: the changes of {off.Count} weights differ by more than {tolerance} of their norm: "
            + string.Join(", ", off.OrderByDescending(one => one.Excess).Take(5)));
    }

    [Fact]
    public void Weights_that_Keras_saved_load_by_the_argument()
    {
        JsonElement reference = Cases["ConvNeXt"];
        using var folder = new TemporaryFolder();
        foreach (string file in new[] { "convnext.h5", "convnext.weights.h5" })
        {
            using Functional model = Make("ConvNeXt", [64, 64, 3], Unpacked(file, folder));

            float[] logits = model.Predict(Images(4, 64, 255), batchSize: 4, verbose: 0).ToArray();

            double scale = reference.GetProperty("scaleOfLogits").GetDouble();
            Assert.All(
                Numbers(reference, "logits"), (value, i) => Assert.True(Math.Abs(value - logits[i]) <= 1e-5 * scale, $"{file}, logit {i}"));
        }
    }

    private static string Unpacked(string file, TemporaryFolder folder)
    {
        using var packed = new GZipStream(File.OpenRead(ReferenceFile.PathOf($"applications/{file}.gz")), CompressionMode.Decompress);
        using FileStream unpacked = File.Create(folder[file]);
        packed.CopyTo(unpacked);
        return folder[file];
    }

    private static double[] Numbers(JsonElement reference, string name) =>
        [.. reference.GetProperty(name).EnumerateArray().Select(value => value.GetDouble())];

    private static Functional Make(string name, Shape shape, string? weights = null)
    {
        ImageModel Model(string modelName) => new(modelName, IncludeTop: true, weights, null, shape, null, 5, null);
        return name switch
        {
            "MobileNet" => Applications.MobileNet(shape, alpha: 0.25, dropout: 0, classes: 5, classifierActivation: null),
            "MobileNetV2" => Applications.MobileNetV2(shape, alpha: 0.35, classes: 5, classifierActivation: null),
            "MobileNetV3Small" => Applications.MobileNetV3Small(shape, alpha: 0.5, dropoutRate: 0, classes: 5, classifierActivation: null),
            "MobileNetV3Large" => Applications.MobileNetV3Large(
                shape, 0.25, minimalistic: true, dropoutRate: 0, classes: 5, classifierActivation: null),
            "ResNet" => Applications.ResNet(Model("resnet"), preactivated: false, [1, 2, 1, 1]),
            "ResNetV2" => Applications.ResNet(Model("resnetv2"), preactivated: true, [3, 2, 2, 2]),
            "VGG16" => Applications.VGG16(inputShape: shape, includeTop: false, pooling: "max"),
            "InceptionV3" => Applications.InceptionV3(inputShape: shape, classes: 5, classifierActivation: null),
            "InceptionResNetV2" => Applications.InceptionResNetV2(inputShape: shape, classes: 5, classifierActivation: null),
            "Xception" => Applications.Xception(inputShape: shape, classes: 5, classifierActivation: null),
            "DenseNet" => Applications.DenseNet(Model("densenet"), [2, 3, 2, 1]),
            "NASNet" => Applications.NASNet(Model("nasnet"), 64, 192, 1, 8, skipsReduction: false),
            "NASNetSkips" => Applications.NASNet(Model("nasnet"), 64, 192, 1, 8, skipsReduction: true),
            "EfficientNet" => Applications.EfficientNet(Model("efficientnet"), 0.3, 0.4, 64, dropout: 0, dropConnect: 0),
            "EfficientNetV2" => Applications.EfficientNetV2(
                Model("efficientnetv2-b0"), 0.3, 0.4, 64, Applications.V2Base, includePreprocessing: true, normalizes: true, dropout: 0,
                dropConnect: 0),
            "ConvNeXt" => Applications.ConvNeXt(Model("convnext"), [1, 1, 2, 1], [4, 8, 12, 16], includePreprocessing: true),
            _ => throw new ArgumentException(name, nameof(name)),
        };
    }

    private static NDArray Images(int count, int size, double scale)
    {
        float[] pixels = new float[count * size * size * 3];
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (float)(((Noise(1000, i) * 0.5) + 0.5) * scale);
        }

        return NDArray.From(pixels, [count, size, size, 3]);
    }

    private static void Fill(Functional model)
    {
        for (int k = 0; k < model.Weights.Count; k++)
        {
            Variable weight = model.Weights[k];
            if (weight.Name == "count")
            {
                continue;
            }

            long[] shape = [.. weight.Shape];
            bool depthwise = weight.Name.Contains("depthwise", StringComparison.Ordinal);
            double fan = depthwise ? shape[0] * shape[1] : shape[..^1].Aggregate(1L, (a, b) => a * b);
            (double offset, double factor) = weight.Name switch
            {
                "gamma" => (1, 0.2),
                "variable" => (0.5, 0.2),
                "beta" or "bias" or "moving_mean" or "mean" => (0, 0.1),
                "moving_variance" or "variance" => (1, 0.3),
                _ => (0, Math.Sqrt(6 / fan)),
            };
            float[] values = new float[weight.Shape.ElementCount];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = (float)(offset + (factor * Noise(k, i)));
            }

            weight.Assign(NDArray.From(values, weight.Shape));
        }
    }

    // Evenly spaced from -1 to 1, the same numbers as in values.py.
    private static double Noise(int k, int i)
    {
        unchecked
        {
            uint h = ((uint)i * 2654435761u) + ((uint)k * 40503u) + 12345u;
            h ^= h >> 16;
            h *= 0x45D9F3Bu;
            h ^= h >> 16;
            return (h / 2147483648.0) - 1;
        }
    }
}
