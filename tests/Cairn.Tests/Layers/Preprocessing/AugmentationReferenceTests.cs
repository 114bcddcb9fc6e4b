using System.Text.Json;
using Cairn.Layers;
using Cairn.Saving;
using Cairn.Tests.Training;
using Cairn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Layers.Preprocessing;

// Reference/augmentation/augmentation.json contains images augmented by Keras 3.16 without randomness (record.py): with intervals of width
// 0. If a sign is drawn, both outputs are recorded, and each image must equal one of them.
public sealed class AugmentationReferenceTests
{
    private static readonly JsonElement Reference = ReferenceFile.Read("augmentation/augmentation.json");
    private static readonly JsonElement[] Cases = [.. Reference.GetProperty("cases").EnumerateArray()];

    public static TheoryData<int, string> Numbers => RecordedAugmentation.Numbers(Cases);

    [Theory]
    [MemberData(nameof(Numbers))]
    public void With_the_same_drawn_numbers_the_pixels_are_those_of_Keras(int number, string name)
    {
        using DisposeScope scope = NewDisposeScope();
        JsonElement reference = Cases[number];
        bool isUnit = reference.GetProperty("images").GetString() == "unit";
        Tensor x = tensor(Floats(Reference.GetProperty(isUnit ? "unit" : "x")), [2, 4, 5, 3]);
        x = reference.GetProperty("channelsFirst").GetBoolean() ? x.movedim([3], [1]).contiguous() : x;
        using Layer layer = RecordedAugmentation.LayerOf(reference);

        Tensor y = Run(layer, x, 3);

        Assert.Equal(x.shape, y.shape);
        double tolerance = isUnit ? 2e-6 : 5e-4;
        Tensor[] outputs = [.. reference.GetProperty("outputs").EnumerateArray().Select(output => tensor(Floats(output), x.shape))];
        for (int image = 0; image < 2; image++)
        {
            double[] off = [.. outputs.Select(output => (double)(output[image] - y[image]).abs().max().item<float>())];
            Assert.True(off.Min() <= tolerance, $"{name}, image {image}: {string.Join(" or ", off)} off");
        }
    }

    [Fact]
    public void Both_signs_are_drawn_and_about_the_given_share_of_images_is_changed()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = rand([64, 4, 4, 3], generator: new Generator(3)) * 255;

        // Of 64 fair coins, fewer than 16 or more than 48 are heads once in 40,000 times.
        Assert.InRange(Changed(new RandomGrayscale(0.5), x), 16, 48);
        Assert.InRange(Changed(new RandomInvert((0.5, 0.5)), x), 16, 48);
        Assert.InRange(Changed(new RandomGaussianBlur((0.5, 0.5)), x), 16, 48);
        Tensor hue = Run(new RandomHue((0.6, 0.6)), x, 1);
        Tensor other = Run(new RandomHue((0.6, 0.6)), x, 2);
        int same = Enumerable.Range(0, 64).Count(i => hue[i].allclose(other[i]));
        Assert.InRange(same, 16, 48);
        Tensor bits = Run(new RandomPosterization((2, 4)), x, 1).remainder(64).flatten(1).amax([1]);
        Assert.InRange(bits.eq(0).sum().item<long>(), 16, 48); // 2 or 3 bits, as Keras never draws the upper limit
    }

    [Theory]
    [InlineData(DataFormat.ChannelsLast)]
    [InlineData(DataFormat.ChannelsFirst)]
    public void Erasing_fills_a_rectangle_of_the_drawn_size_in_each_image(DataFormat format)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = full([32, 20, 20, 20], 9f);

        // The side is the square root of 0.25: 10 of 20 pixels, or 11 if it starts between two pixels.
        Tensor y = Run(new RandomErasing((1, 1), (0.25, 0.25), fillValue: 4, dataFormat: format), x, 1);

        Tensor erased = y.eq(4);
        Assert.True(erased.logical_or(y.eq(9)).all().item<bool>());
        int channels = format == DataFormat.ChannelsLast ? 3 : 1;
        Tensor plane = erased.select(channels, 0);
        Assert.True(erased.movedim([channels], [0]).eq(plane).all().item<bool>(), "All channels of a pixel are erased together.");
        Tensor rows = plane.any(2);
        Tensor columns = plane.any(1);
        Assert.True(plane.eq(rows.unsqueeze(2).logical_and(columns.unsqueeze(1))).all().item<bool>(), "What is erased is a rectangle.");
        foreach (Tensor side in new[] { rows.sum(1), columns.sum(1) })
        {
            Assert.All(side.data<long>().ToArray(), length => Assert.InRange(length, 10, 11));
        }

        Assert.True(rows.to_type(ScalarType.Float32).argmax(1).unique().output.shape[0] > 3, "32 rectangles should lie in several places.");
        Tensor noise = Run(new RandomErasing((1, 1), (1, 1), valueRange: (0, 2)), x, 1);
        Assert.Equal(0, noise.min().item<float>());
        Assert.Equal(2, noise.max().item<float>());
    }

    private static int Changed(Layer layer, Tensor x)
    {
        Tensor y = Run(layer, x, 1);
        return Enumerable.Range(0, (int)x.shape[0]).Count(i => !y[i].allclose(x[i]));
    }

    private static float[] Floats(JsonElement numbers) => [.. numbers.EnumerateArray().Select(number => number.GetSingle())];

    private static Tensor Run(Layer layer, Tensor x, ulong step)
    {
        using var context = new CallContext(training: true, 1, CPU);
        context.BeginStep(step);
        layer.BuildFor(((Shape)x.shape)[1..].WithBatch(), new BuildContext(1));
        return layer.Apply(x, context);
    }
}
