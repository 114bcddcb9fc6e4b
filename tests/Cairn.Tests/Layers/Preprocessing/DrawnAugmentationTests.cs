using System.Text.Json;
using Cairn.Layers;
using Cairn.Saving;
using Cairn.Tests.Training;
using Cairn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Layers.Preprocessing;

// Reference/augmentation/drawn.json contains images augmented by Keras 3.16 with given random numbers (record_drawn.py). If the sign of a
// shear is drawn, both outputs are recorded, and each image must equal one of them.
public sealed class DrawnAugmentationTests
{
    private static readonly JsonElement[] Cases =
        [.. ReferenceFile.Read("augmentation/drawn.json").GetProperty("cases").EnumerateArray()];

    public static TheoryData<int, string> Numbers => RecordedAugmentation.Numbers(Cases);

    [Theory]
    [MemberData(nameof(Numbers))]
    public void With_the_same_drawn_numbers_the_pixels_are_those_of_Keras(int number, string name)
    {
        using DisposeScope scope = NewDisposeScope();
        JsonElement reference = Cases[number];
        using Layer layer = RecordedAugmentation.LayerOf(reference);
        Tensor x = Array(reference.GetProperty("x"));
        JsonElement drawn = reference.GetProperty("drawn");
        using var context = new CallContext(training: true, 1, CPU);
        context.BeginStep(3);

        Tensor y = layer switch
        {
            MixUp => MixUp.Mixed(x, Of("weights"), Of("order").to_type(ScalarType.Int64)),
            CutMix cut => CutMix.Paste(x, Patches(cut)),
            RandomPerspective perspective => perspective.Transformed(x, Chosen(), Of("shifts")),
            RandomElasticTransform elastic => elastic.Distorted(x, Chosen(), Of("strength").item<float>(), Of("right"), Of("down")),
            RandAugment augment => augment.Applied(x, Integers("chosen"), context),
            AugMix mix => mix.Mixed(x, Of("shares").data<float>().ToArray(), Of("own").item<float>(),
                [Integers("chain0"), Integers("chain1"), Integers("chain2")], context),
            _ => throw new InvalidOperationException(layer.ClassName),
        };

        Tensor[] outputs = [.. reference.GetProperty("outputs").EnumerateArray().Select(Array)];
        Assert.Equal(outputs[0].shape, y.shape);
        for (int image = 0; image < y.shape[0]; image++)
        {
            double[] off = [.. outputs.Select(output => (double)(output[image] - y[image]).abs().max().item<float>())];
            Assert.True(off.Min() <= 2e-3, $"{name}, image {image}: {string.Join(" or ", off)} off");
        }

        if (reference.TryGetProperty("mixed", out JsonElement mixed))
        {
            Tensor labels = Array(reference.GetProperty("labels"));
            Tensor actual = layer is CutMix cut
                ? MixUp.Mixed(labels, Patches(cut).Remaining, Patches(cut).Order)
                : MixUp.Mixed(labels, Of("weights"), Of("order").to_type(ScalarType.Int64));
            Assert.True(actual.allclose(Array(mixed), atol: 1e-5), name);
        }

        Tensor Of(string key) => Array(drawn.GetProperty(key));

        Tensor Chosen() => Of("chosen").reshape(-1, 1, 1, 1).ne(0);

        int[] Integers(string key) => [.. drawn.GetProperty(key).GetProperty("data").EnumerateArray().Select(v => (int)v.GetDouble())];

        CutMix.Patches Patches(CutMix cut) =>
            cut.PatchesOf(x, Of("weights"), Of("column"), Of("row"), Of("order").to_type(ScalarType.Int64));
    }

    private static Tensor Array(JsonElement array) => tensor(
        [.. array.GetProperty("data").EnumerateArray().Select(number => number.GetSingle())],
        [.. array.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())]);
}
