using Cairn.Cli.Data;

namespace Cairn.Cli.Models;

/// <summary>The small models that training starts from if none is given.</summary>
internal static class StartingModel
{
    private const int ConvolutionFilters = 32;
    private const int HiddenUnits = 64;

    // A constant column has no information; dividing by its standard deviation would only magnify rounding errors.
    private const double SmallestVariance = 1e-10;
    private const double VarianceEpsilon = 1e-12;

    /// <summary>A convolutional network for the built-in digits; its inputs are the rows of the table.</summary>
    public static Sequential ForDigits(long seed) => new(
        [
            new Layers.Input([64]),
            new Layers.Rescaling(1 / Digits.LargestPixel),
            new Layers.Reshape([8, 8, 1]),
            .. Block(ConvolutionFilters),
            .. Block(2 * ConvolutionFilters),
            new Layers.MaxPooling2D(),
            new Layers.Dropout(0.2),
            .. Block(3 * ConvolutionFilters),
            new Layers.GlobalAveragePooling2D(),
            new Layers.Dropout(0.4),
            new Layers.Dense(10, activation: "softmax"),
        ],
        name: "digits",
        seed: seed);

    /// <summary>A network for other data. It standardizes the inputs and, for regression, rescales the outputs.</summary>
    /// <param name="x">The rows for training.</param>
    /// <param name="sampleShape">The shape of one row.</param>
    /// <param name="targets">The targets.</param>
    /// <param name="trainingRows">The number of rows for training; the statistics must not use the others.</param>
    /// <param name="seed">The random seed.</param>
    public static Sequential For(float[] x, Shape sampleShape, Targets targets, int trainingRows, long seed)
    {
        bool isImage = sampleShape.Rank is 2 or 3;
        List<Layers.Layer> layers = [new Layers.Input(sampleShape)];
        // Images without a channel axis get one; samples with more axes than an image are flattened.
        if (sampleShape.Rank == 2)
        {
            layers.Add(new Layers.Reshape([.. sampleShape, 1]));
        }

        if (sampleShape.Rank > 3)
        {
            layers.Add(new Layers.Flatten());
        }

        var scaling = new Layers.BatchNormalization(epsilon: VarianceEpsilon, center: false, scale: false, name: "scaling")
        { Trainable = false };
        layers.Add(scaling);
        if (isImage)
        {
            layers.AddRange(Convolutions(sampleShape));
        }
        else
        {
            layers.Add(new Layers.Dense(HiddenUnits, activation: "relu"));
        }

        layers.Add(new Layers.Dense(HiddenUnits, activation: "relu"));
        layers.AddRange(Output(targets, trainingRows));

        var model = new Sequential(layers, seed: seed);
        model.Build(sampleShape.WithBatch());
        int channels = (int)scaling.InputShape![^1];
        Spread[] spreads = [.. Enumerable.Range(0, channels)
            .Select(channel => Spread.Of(x.AsSpan(0, trainingRows * (int)sampleShape.ElementCount), channel, channels))];
        scaling.Weights[0].Assign(Array.ConvertAll(spreads, spread => (float)spread.Mean));
        scaling.Weights[1].Assign(Array.ConvertAll(spreads, spread => spread.Variance < SmallestVariance ? 1 : (float)spread.Variance));
        return model;
    }

    // A low momentum, because an epoch has few steps.
    private static Layers.Layer[] Block(int filters) =>
    [
        new Layers.Conv2D(filters, 3, padding: "same", useBias: false),
        new Layers.BatchNormalization(momentum: 0.9),
        new Layers.ReLU(),
    ];

    private static IEnumerable<Layers.Layer> Convolutions(Shape sample)
    {
        yield return new Layers.Conv2D(ConvolutionFilters, 3, padding: "same", activation: "relu");
        if (Math.Min(sample[0], sample[1]) >= 2)
        {
            yield return new Layers.MaxPooling2D();
        }

        yield return new Layers.Conv2D(2 * ConvolutionFilters, 3, padding: "same", activation: "relu");
        if (Math.Min(sample[0], sample[1]) >= 4)
        {
            yield return new Layers.MaxPooling2D();
        }

        yield return new Layers.Flatten();
        yield return new Layers.Dropout(0.3);
    }

    private static IEnumerable<Layers.Layer> Output(Targets targets, int trainingRows)
    {
        if (targets.Task == TaskKind.Classification)
        {
            yield return new Layers.Dense(targets.Classes.Count, activation: "softmax");
            yield break;
        }

        yield return new Layers.Dense(targets.Outputs);
        var spread = Spread.Of(targets.Values.AsSpan(0, trainingRows * targets.Outputs), 0, 1);
        if (spread.Variance > SmallestVariance)
        {
            yield return new Layers.Rescaling(Math.Sqrt(spread.Variance), spread.Mean);
        }
    }
}
