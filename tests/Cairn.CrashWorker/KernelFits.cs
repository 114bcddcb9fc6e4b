using Cairn.Layers;

namespace Cairn.CrashWorker;

/// <summary>Small models whose training ended the process, or threw, in libtorch.</summary>
internal static class KernelFits
{
    public static void Run()
    {
        // oneDNN's gradient of a strided convolution with a 1 × 1 kernel.
        foreach (int channels in (int[])[1, 3, 4, 8])
        {
            foreach (int size in (int[])[14, 28, 56, 60])
            {
                Fit(2, [size, size, channels], new Conv2D(16, 1, strides: 2, padding: "same"), new GlobalAveragePooling2D());
            }
        }

        Fit(2, [60, 60, 8], new Conv2D(4, 1, strides: new Size2D(1, 2)), new Conv2D(16, 1, strides: 3), new GlobalAveragePooling2D());
        Fit(2, [224, 1], new Conv1D(24, 1, strides: 2), new GlobalAveragePooling1D());
        Fit(2, [224, 3], new SeparableConv1D(8, 1, strides: 2), new GlobalAveragePooling1D());
        Fit(2, [56, 56, 3], new DepthwiseConv2D(1, strides: 2), new GlobalAveragePooling2D());
        Fit(2, [12, 12, 12, 2], new Conv3D(8, 1, strides: 2), new GlobalAveragePooling3D());

        // GroupNormalization of images without a gradient.
        Fit(4, [6, 5, 1], new GroupNormalization(groups: 1), new Flatten());
        Fit(4, [6, 5, 3], new GroupNormalization(groups: 1), new Flatten());
        Fit(4, [6, 6, 2], new MaxPooling2D(2), new GroupNormalization(groups: 2), new Flatten());
        Fit(4, [6, 6, 1], new Cropping2D(((1, 0), (0, 1))), new GroupNormalization(groups: 1), new Flatten());
        Fit(4, [3, 3, 1], new UpSampling2D(2), new GroupNormalization(groups: 1), new Flatten());
        Fit(4, [4, 4, 4, 1], new GroupNormalization(groups: 1), new Flatten());
        Fit(1, [1, 1, 4], new GroupNormalization(groups: 2), new Flatten());

        // Transposed and plain convolutions of one sample.
        Fit(1, [6, 6, 2], new Cropping2D(((1, 0), (0, 1))), new Conv2DTranspose(2, 3), new Flatten());
        Fit(1, [6, 6, 2], new Cropping2D(((1, 0), (0, 1))), new Conv2DTranspose(3, 1), new Conv2D(1, 2), new Flatten());
        Fit(1, [6, 2], new Cropping1D(1), new Conv1DTranspose(2, 2), new Flatten());
        Fit(1, [4, 4, 4, 2], new Cropping3D(1), new Conv3DTranspose(2, 2), new Flatten());
        Fit(1, [6, 6, 3], new Permute([3, 1, 2]), new Conv2DTranspose(2, 2), new Flatten());
        Console.Out.Write("done\n");
    }

    private static void Fit(int samples, Shape sample, params Layer[] layers)
    {
        Console.Out.Write($"{string.Join(", ", layers.Select(l => l.ClassName))} on {samples} of {sample}\n");
        Console.Out.Flush();
        using var model = new Sequential([new Input(sample), .. layers, new Dense(2)], seed: 1);
        model.Compile("sgd", "mse");
        long count = samples * sample.ElementCount;
        model.Fit(NDArray.From(new float[count], [samples, .. sample]), NDArray.From(new float[2 * samples], [samples, 2]), epochs: 3,
            verbose: 0);
    }
}
