using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Resizes images. Keras: <c>backend.image.resize</c>.</summary>
internal static class ImageResize
{
    public static readonly string[] Interpolations = ["nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"];

    /// <summary>Resizes images in libtorch's axis order, <c>[batch, channels, height, width]</c>.</summary>
    /// <param name="x">The images, as floating-point values.</param>
    /// <param name="height">Height of the output.</param>
    /// <param name="width">Width of the output.</param>
    /// <param name="interpolation">One of <see cref="Interpolations"/>. Keras supports the Lanczos windows only on TensorFlow and JAX; the
    /// JAX version is used here.</param>
    /// <param name="antialias">Whether to widen the window when downsampling; not for <c>nearest</c>.</param>
    public static Tensor Resize(Tensor x, long height, long width, string interpolation, bool antialias) => interpolation switch
    {
        "nearest" => x.index_select(2, Nearest(x.shape[2], height, x.device)).index_select(3, Nearest(x.shape[3], width, x.device)),
        "bilinear" =>
            nn.functional.interpolate(x, [height, width], mode: InterpolationMode.Bilinear, align_corners: false, antialias: antialias),
        "bicubic" =>
            nn.functional.interpolate(x, [height, width], mode: InterpolationMode.Bicubic, align_corners: false, antialias: antialias),
        "lanczos3" => Lanczos(x, height, width, 3, antialias),
        "lanczos5" => Lanczos(x, height, width, 5, antialias),
        _ => throw new ArgumentException($"interpolation '{interpolation}' is unknown. {NearestName.Hint(interpolation, Interpolations)}",
            nameof(interpolation)),
    };

    /// <summary>Crops the center to the aspect ratio of another size.</summary>
    public static Tensor CropToProportions(Tensor x, long height, long width)
    {
        long cropHeight = Math.Max(Math.Min(x.shape[2], (long)((double)(x.shape[3] * height) / width)), 1);
        long cropWidth = Math.Max(Math.Min(x.shape[3], (long)((double)(x.shape[2] * width) / height)), 1);
        return x.narrow(2, (x.shape[2] - cropHeight) / 2, cropHeight).narrow(3, (x.shape[3] - cropWidth) / 2, cropWidth);
    }

    /// <summary>
    /// Pads the image with a constant border to the aspect ratio of another size. An odd border is one pixel too small, as in Keras.
    /// </summary>
    public static Tensor PadToProportions(Tensor x, long height, long width, double value)
    {
        long rows = (Math.Max(x.shape[2], (long)((double)(x.shape[3] * height) / width)) - x.shape[2]) / 2;
        long columns = (Math.Max(x.shape[3], (long)((double)(x.shape[2] * width) / height)) - x.shape[3]) / 2;
        return rows == 0 && columns == 0 ? x : nn.functional.pad(x, [columns, columns, rows, rows], PaddingModes.Constant, value);
    }

    // The pixel that contains the center of the new one: PyTorch's "nearest-exact".
    private static Tensor Nearest(long from, long to, Device device)
    {
        float scale = (float)from / to;
        long[] places = new long[to];
        for (long i = 0; i < to; i++)
        {
            places[i] = Math.Min((long)((i + 0.5f) * scale), from - 1);
        }

        return tensor(places, device: device);
    }

    private static Tensor Lanczos(Tensor x, long height, long width, int radius, bool antialias)
    {
        Tensor rows = Weights(x.shape[2], height, radius, antialias).to(x.dtype).to(x.device);
        Tensor columns = Weights(x.shape[3], width, radius, antialias).to(x.dtype).to(x.device);
        return rows.MatrixProduct(x).MatrixProduct(columns.transpose(0, 1));
    }

    // One row of weights per output pixel, with sum 1.
    private static Tensor Weights(long from, long to, int radius, bool antialias)
    {
        double step = (double)from / to;
        double stretch = antialias ? Math.Max(step, 1) : 1;
        double[] weights = new double[checked(from * to)];
        for (long i = 0; i < to; i++)
        {
            double centre = ((i + 0.5) * step) - 0.5;
            double sum = 0;
            for (long j = 0; j < from; j++)
            {
                sum += weights[(i * from) + j] = Window(Math.Abs(centre - j) / stretch, radius);
            }

            for (long j = 0; j < from; j++)
            {
                weights[(i * from) + j] /= sum;
            }
        }

        return tensor(weights, [to, from], ScalarType.Float64);
    }

    private static double Window(double distance, int radius) => distance > radius ? 0
        : distance <= 1e-3 ? 1
        : radius * Math.Sin(Math.PI * distance) * Math.Sin(Math.PI * distance / radius) / (Math.PI * Math.PI * distance * distance);
}
