using Cairn.Layers;

namespace Cairn.CrashWorker;

/// <summary>Layers with arguments drawn at random, for inputs of the given rank.</summary>
internal static class SweptLayers
{
    private static readonly string[] SameOrValid = ["valid", "same"];

    /// <summary>A layer for samples of shape <c>[batch, …, channels]</c>, or of a shape with the channels first.</summary>
    public static Layer Draw(Random random, int rank, long channels, out DataFormat format)
    {
        format = rank > 2 && random.Next(3) == 0 ? DataFormat.ChannelsFirst : DataFormat.ChannelsLast;
        return rank switch
        {
            2 => Flat(random),
            3 => random.Next(2) == 0 ? OfSteps(random, channels, ref format) : Sequences(random, ref format),
            4 => random.Next(3) > 0 ? OfImages(random, channels, format) : Images(random, ref format),
            _ => OfVolumes(random, format),
        };
    }

    private static Layer Flat(Random random) => random.Next(7) switch
    {
        0 => new Dense(3, activation: Function(random)),
        1 => new BatchNormalization(),
        2 => new LayerNormalization(),
        3 => new GroupNormalization(groups: 1),
        4 => new RMSNormalization(),
        5 => new UnitNormalization(),
        _ => new PReLU(),
    };

    private static Layer OfSteps(Random random, long channels, ref DataFormat format)
    {
        int size = random.Next(1, 4);
        int strides = random.Next(1, 4);
        string padding = SameOrValid[random.Next(2)];
        switch (random.Next(7))
        {
            case 0: return new Conv1D(random.Next(1, 5), size, strides, padding, dataFormat: format, activation: Function(random));
            case 1: return new Conv1D(2 * (int)channels, size, 1, padding, format, dilationRate: random.Next(1, 3), groups: (int)channels);
            case 2: return new Conv1DTranspose(random.Next(1, 5), size, strides, padding, dataFormat: format, activation: Function(random));
            case 3: return new DepthwiseConv1D(size, strides, padding, random.Next(1, 3), dataFormat: format);
            case 4: return new SeparableConv1D(3, size, strides, padding, dataFormat: format);
            case 5:
                return random.Next(2) == 0 ? new MaxPooling1D(size, strides, padding, dataFormat: format)
                : new AveragePooling1D(size, strides, padding, dataFormat: format);
            default:
                return random.Next(2) == 0 ? new GlobalMaxPooling1D(format) : new GlobalAveragePooling1D(format);
        }
    }

    private static Layer Sequences(Random random, ref DataFormat format)
    {
        format = DataFormat.ChannelsLast;
        return random.Next(14) switch
        {
            0 => new LSTM(random.Next(1, 5), returnSequences: random.Next(2) == 0, goBackwards: random.Next(3) == 0),
            1 => new GRU(random.Next(1, 5), returnSequences: random.Next(2) == 0, resetAfter: random.Next(3) > 0),
            2 => new SimpleRNN(random.Next(1, 5), returnSequences: random.Next(2) == 0),
            3 => new Bidirectional(new LSTM(2, returnSequences: random.Next(2) == 0)),
            4 => new BatchNormalization(axis: random.Next(2) == 0 ? -1 : 1),
            5 => new LayerNormalization(axis: random.Next(2) == 0 ? -1 : 1),
            6 => new GroupNormalization(groups: 1, axis: random.Next(2) == 0 ? -1 : 1, center: random.Next(3) > 0,
                scale: random.Next(3) > 0),
            7 => new UpSampling1D(2),
            8 => new ZeroPadding1D((1, 2)),
            9 => new EinsumDense("abc,cd->abd", [Shape.None, 4], biasAxes: "d"),
            10 => new TimeDistributed(new Dense(3, activation: "relu")),
            11 => new Dense(2, activation: Function(random)),
            12 => new Permute([2, 1]),
            _ => new PReLU(sharedAxes: [1]),
        };
    }

    private static Layer OfImages(Random random, long channels, DataFormat format)
    {
        Size2D size = new(random.Next(1, 4), random.Next(1, 4));
        size = random.Next(2) == 0 ? new Size2D(size.Height, size.Height) : size;
        Size2D strides = new(random.Next(1, 4), random.Next(1, 4));
        strides = random.Next(2) == 0 ? new Size2D(strides.Height, strides.Height) : strides;
        string padding = SameOrValid[random.Next(2)];
        return random.Next(10) switch
        {
            0 or 1 or 2 =>
                new Conv2D(random.Next(1, 9), size, strides, padding, dataFormat: format, activation: Function(random),
                useBias: random.Next(3) > 0),
            3 => new Conv2D(2 * (int)channels, size, strides, padding, format, groups: (int)channels),
            4 => new Conv2D(3, size, 1, padding, format, dilationRate: 2),
            5 or 6 => new Conv2DTranspose(random.Next(1, 9), size, strides, padding, dataFormat: format, activation: Function(random),
                useBias: random.Next(3) > 0),
            7 => new DepthwiseConv2D(size, new Size2D(strides.Height, strides.Height), padding, random.Next(1, 3), dataFormat: format),
            8 => new SeparableConv2D(3, size, new Size2D(strides.Height, strides.Height), padding, dataFormat: format),
            _ => random.Next(2) == 0 ? new MaxPooling2D(size, strides, padding, dataFormat: format)
                : new AveragePooling2D(size, strides, padding, dataFormat: format),
        };
    }

    private static Layer Images(Random random, ref DataFormat format)
    {
        switch (random.Next(9))
        {
            case 0: return new GlobalMaxPooling2D(format);
            case 1: return new GlobalAveragePooling2D(format, keepDims: true);
            case 2: return new UpSampling2D(2, format, random.Next(3) switch { 0 => "nearest", 1 => "bilinear", _ => "bicubic" });
            case 3: return new ZeroPadding2D(((1, 0), (0, 2)), format);
            case 4: return new AdaptiveAveragePooling2D(2, format);
            case 5:
                format = DataFormat.ChannelsLast;
                return new BatchNormalization(axis: random.Next(2) == 0 ? -1 : 1, center: random.Next(3) > 0, scale: random.Next(3) > 0);
            case 6:
                format = DataFormat.ChannelsLast;
                return new LayerNormalization(axis: random.Next(3) switch { 0 => -1, 1 => 1, _ => [1, 2, 3] });
            case 7:
                format = DataFormat.ChannelsLast;
                return new GroupNormalization(groups: random.Next(2) == 0 ? 1 : -1, axis: random.Next(2) == 0 ? -1 : 1,
                    center: random.Next(3) > 0, scale: random.Next(3) > 0);
            default:
                format = DataFormat.ChannelsLast;
                return new PReLU(sharedAxes: [1, 2]);
        }
    }

    private static Layer OfVolumes(Random random, DataFormat format)
    {
        int size = random.Next(1, 4);
        int strides = random.Next(1, 3);
        string padding = SameOrValid[random.Next(2)];
        return random.Next(7) switch
        {
            0 or 1 => new Conv3D(random.Next(1, 5), size, strides, padding, dataFormat: format, activation: Function(random)),
            2 or 3 => new Conv3DTranspose(random.Next(1, 5), size, strides, padding, dataFormat: format, activation: Function(random)),
            4 => new MaxPooling3D(size, strides, padding, dataFormat: format),
            5 => new AveragePooling3D(size, strides, padding, dataFormat: format),
            _ => random.Next(2) == 0 ? new GlobalMaxPooling3D(format) : new GlobalAveragePooling3D(format),
        };
    }

    private static string Function(Random random) => random.Next(4) switch { 0 => "relu", 1 => "tanh", 2 => "sigmoid", _ => "linear" };
}
