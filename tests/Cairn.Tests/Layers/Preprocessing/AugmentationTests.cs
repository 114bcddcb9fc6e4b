using Cairn.Layers;
using Cairn.Tests.Training;
using Cairn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Layers.Preprocessing;

/// <summary>Augmentation layers: the random values and their source.</summary>
public sealed class AugmentationTests
{
    [Fact]
    public void The_contrast_of_each_image_is_changed_by_one_factor_from_1_to_1_plus_f()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Images(64);

        Tensor y = Run(new RandomContrast(0.4, valueRange: (-1000, 1000)), x);

        // y = (x - mean) · factor + mean for each channel, so that any pixel determines the factor.
        Tensor mean = x.mean([1, 2], keepdim: true);
        Tensor factors = ((y - mean) / (x - mean)).flatten(1);
        float[] first = factors.select(1, 0).data<float>().ToArray();
        Assert.All(first, f => Assert.InRange(f, 1 - 1e-3, 1.4 + 1e-3));
        Assert.True(first.Max() - first.Min() > 0.3, "64 factors should spread over 1 to 1.4.");
        Assert.True((factors - factors.select(1, 0).unsqueeze(1)).abs().max().item<float>() < 1e-2);
    }

    [Fact]
    public void The_brightness_of_each_image_is_changed_by_one_number_and_clipped()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Images(64);

        Tensor y = Run(new RandomBrightness((0.1, 0.3)), x);

        Tensor differences = (y - x).flatten(1);
        Assert.Equal(255, y.max().item<float>());
        float[] least = differences.amax([1]).data<float>().ToArray();
        Assert.All(least, d => Assert.InRange(d, 25.5 - 1e-3, 76.5 + 1e-3));
        Assert.True(least.Max() - least.Min() > 30, "64 numbers should spread over 25.5 to 76.5.");
    }

    [Theory]
    [InlineData("horizontal", 2)]
    [InlineData("vertical", 1)]
    [InlineData("horizontal_and_vertical", 1, 2)]
    public void About_half_of_the_images_are_mirrored(string mode, params int[] axes)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Images(64);

        Tensor y = Run(new RandomFlip(mode), x);

        Tensor mirrored = x.flip([.. axes.Select(a => (long)a)]);
        int count = Enumerable.Range(0, 64).Count(i => Equal(y[i], mirrored[i]));
        Assert.All(Enumerable.Range(0, 64), i => Assert.True(Equal(y[i], mirrored[i]) || Equal(y[i], x[i])));

        // Of 64 fair coins, fewer than 16 or more than 48 are heads once in 40,000 times.
        Assert.InRange(count, 16, 48);
    }

    [Fact]
    public void The_same_region_is_cropped_from_all_images()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Images(3);

        Tensor y = Run(new RandomCrop(4, 3), x);

        Assert.Equal([3, 4, 3, 2], y.shape);
        IEnumerable<Tensor> places = from top in Enumerable.Range(0, 3)
                                     from left in Enumerable.Range(0, 3)
                                     select x.narrow(1, top, 4)
            .narrow(2, left, 3);
        Assert.Single(places, part => Equal(part, y));
    }

    [Fact]
    public void The_same_step_draws_the_same_and_another_step_does_not()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Images(8);

        Assert.True(Equal(Run(new RandomRotation(0.3), x, step: 5), Run(new RandomRotation(0.3), x, step: 5)));
        Assert.False(Equal(Run(new RandomRotation(0.3), x, step: 5), Run(new RandomRotation(0.3), x, step: 6)));
    }

    [Fact]
    public void A_run_with_augmentation_resumed_from_a_file_ends_with_the_bits_of_an_uninterrupted_one()
    {
        using var folder = new Cairn.Tests.Saving.TemporaryFolder();
        var random = new Random(3);
        float[,,,] x = new float[12, 6, 5, 1];
        foreach (int i in Enumerable.Range(0, 12 * 30))
        {
            x[i / 30, i % 30 / 5, i % 5, 0] = random.NextSingle();
        }

        float[] y = [.. Enumerable.Range(0, 12).Select(i => (float)(i % 2))];

        using Model whole = Make();
        whole.Fit(x, y, batchSize: 4, epochs: 4, verbose: 0);
        using Model first = Make();
        first.Fit(x, y, batchSize: 4, epochs: 2, verbose: 0);
        first.Save(folder["half.keras"]);
        using var second = Model.Load(folder["half.keras"]);
        second.Seed = 7;
        second.Fit(x, y, batchSize: 4, epochs: 4, initialEpoch: 2, verbose: 0);

        foreach ((Variable a, Variable b) in whole.Weights.Zip(second.Weights))
        {
            Assert.Equal(a.Value.data<float>().ToArray(), b.Value.data<float>().ToArray());
        }

        static Model Make()
        {
            var model = new Sequential([
                new Input([6, 5, 1]),
                new RandomFlip("horizontal"),
                new RandomRotation(0.1),
                new RandomZoom(0.2),
                new RandomTranslation(0.1, 0.1),
                new RandomContrast(0.2, (0, 1)),
                new RandomBrightness(0.1, (0, 1)),
                new MixUp(),
                new CutMix(),
                new RandAugment((0, 1), factor: 0.1),
                new AugMix((0, 1), factor: 0.1),
                new RandomPerspective(scale: 0.2),
                new RandomElasticTransform(valueRange: (0, 1)),
                new Flatten(),
                new Dense(1)])
            { Seed = 7 };
            model.Compile("adam", "mse");
            return model;
        }
    }

    [Fact]
    public void In_a_step_of_training_labels_are_mixed_as_the_images_are()
    {
        using DisposeScope scope = NewDisposeScope();

        // The image of a class has its number everywhere: the share of each class can be read from image and label.
        Tensor classes = arange(6).to_type(ScalarType.Float32);
        Tensor x = classes.reshape(6, 1, 1, 1).expand(6, 4, 5, 1);
        Tensor y = eye(6);
        using var context = new CallContext(training: true, 1, CPU);
        context.BeginStep(4);

        (Tensor mixed, Tensor labels) = new MixUp(1).Mix(x, y, context);
        Assert.True(labels.matmul(classes).allclose(mixed.select(1, 0).select(1, 0).flatten(), atol: 1e-5));
        Assert.False(labels.allclose(y));
        (Tensor cut, Tensor shares) = new CutMix().Mix(x, y, context);
        Assert.True(cut.frac().eq(0).all().item<bool>(), "A pixel comes from one image.");
        Assert.True(shares.sum(1).allclose(ones(6), atol: 1e-5));

        context.Training = false;
        (Tensor same, Tensor unchanged) = new CutMix().Mix(x, y, context);
        Assert.Same(x, same);
        Assert.Same(y, unchanged);
    }

    [Fact]
    public void Orders_and_weights_of_MixUp_vary_between_steps_and_follow_the_beta_distribution()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = eye(400).reshape(400, 20, 20, 1);
        Tensor own = Run(new MixUp(0.2), x, 1).reshape(400, 400).diagonal();

        // Beta(0.2, 0.2) has the variance 1 / (4 · 1.4) = 0.179 around 1/2; its standard error for 400 samples is below 0.01. An image
        // that is its own partner keeps the weight 1.
        float[] weights = own.data<float>().ToArray();
        Assert.InRange(weights.Average(), 0.4, 0.6);
        Assert.InRange(weights.Average(w => (w - 0.5) * (w - 0.5)), 0.14, 0.22);
        Assert.False(Equal(own, Run(new MixUp(0.2), x, 2).reshape(400, 400).diagonal()));
    }

    [Fact]
    public void Invalid_words_and_factors_are_named()
    {
        Assert.Contains("Did you mean 'reflect'",
            Assert.Throws<ArgumentException>(() => new RandomRotation(0.1, fillMode: "reflct")).Message, StringComparison.Ordinal);
        Assert.Contains("between -1 and 1", Assert.Throws<ArgumentOutOfRangeException>(() => new RandomRotation(1.5)).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new RandomZoom(-1));
        Assert.Throws<ArgumentException>(() => new RandomFlip("up"));
        Assert.Throws<ArgumentException>(() => new Resizing(2, 2, interpolation: "area"));
        Assert.Throws<ArgumentException>(() => new Resizing(2, 2, cropToAspectRatio: true, padToAspectRatio: true));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CenterCrop(0, 2));
    }

    [Fact]
    public void Lanczos_windows_keep_a_constant_image_and_the_identity()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Images(1);
        foreach (string interpolation in new[] { "lanczos3", "lanczos5" })
        {
            // Weights add up to 1; at the same size each pixel is read at a whole distance from all others, where the window is 0.
            Assert.True((Run(new Resizing(9, 4, interpolation), ones_like(x)) - 1).abs().max().item<float>() < 1e-5);
            Assert.True((Run(new Resizing(6, 5, interpolation, antialias: true), x) - x).abs().max().item<float>() < 1e-3);
        }

        // Twice the width: the centres are a quarter off; lanczos3 at 0.25, 1.25 and 2.25, divided by their sum, since the rest is outside
        // of the image or of the window.
        double[] at = [0.25, 1.25, 2.25];
        double[] weights = [.. at.Select(d => 3 * Math.Sin(Math.PI * d) * Math.Sin(Math.PI * d / 3) / (Math.PI * Math.PI * d * d))];
        Tensor row = Run(new Resizing(1, 8, "lanczos3"), tensor(new float[] { 1, 0, 0, 0 }, [1, 1, 4, 1]));
        Assert.Equal(weights[0] / weights.Sum(), row[0, 0, 0, 0].item<float>(), 1e-5);
    }

    private static bool Equal(Tensor a, Tensor b) => a.eq(b).all().item<bool>();

    private static Tensor Images(int count)
    {
        using Generator generator = new(5);
        return rand([count, 6, 5, 2], generator: generator) * 255;
    }

    private static Tensor Run(Layer layer, Tensor x, ulong step = 0)
    {
        using (layer)
        {
            using var context = new CallContext(training: true, 1, CPU);
            context.BeginStep(step);
            layer.BuildFor(((Shape)x.shape)[1..].WithBatch(), new BuildContext(1));
            return layer.Apply(x, context);
        }
    }
}
