using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Operations.Definitions;

/// <summary>Resizes images. Keras: <c>ops.image.resize</c>.</summary>
internal sealed class ImageResizing
{
    private readonly long height;
    private readonly long width;
    private readonly string interpolation;
    private readonly bool antialias;
    private readonly bool crop;
    private readonly bool pad;
    private readonly double fill;

    public ImageResizing(OperationArguments a)
    {
        long[] size = a.Sizes("size", 2);
        (height, width) = (size[0], size[1]);
        interpolation = a.Choice("interpolation", "bilinear", "nearest", "bicubic", "lanczos3", "lanczos5");
        antialias = a.Bool("antialias");
        crop = a.Bool("crop_to_aspect_ratio");
        pad = a.Bool("pad_to_aspect_ratio");
        fill = a.Double("fill_value");
        if (height < 1 || width < 1)
        {
            throw a.Wrong("size", "a height and a width above 0");
        }

        if (crop && pad)
        {
            throw new ArgumentException("crop_to_aspect_ratio and pad_to_aspect_ratio can't both be set.");
        }
    }

    /// <summary>Resizes <c>[batch, channels, height, width]</c>.</summary>
    public Tensor Apply(Tensor images)
    {
        ScalarType type = images.dtype;
        Tensor x = ElementTypes.Floating(images);
        (long rows, long columns) = (x.shape[2], x.shape[3]);
        if (crop)
        {
            long fewer = Math.Max(Math.Min(rows, columns * height / width), 1);
            long narrower = Math.Max(Math.Min(columns, rows * width / height), 1);
            x = x.narrow(2, (rows - fewer) / 2, fewer).narrow(3, (columns - narrower) / 2, narrower);
        }
        else if (pad)
        {
            long above = (Math.Max(rows, columns * height / width) - rows) / 2;
            long before = (Math.Max(columns, rows * width / height) - columns) / 2;
            x = nn.functional.pad(x, [before, before, above, above], PaddingModes.Constant, fill);
        }

        Tensor y = interpolation switch
        {
            "nearest" => Nearest(Nearest(x, 2, height), 3, width),
            "bilinear" =>
                nn.functional.interpolate(x, [height, width], mode: InterpolationMode.Bilinear, align_corners: false, antialias: antialias),
            "bicubic" =>
                nn.functional.interpolate(x, [height, width], mode: InterpolationMode.Bicubic, align_corners: false, antialias: antialias),
            _ => Lanczos(Lanczos(x, 2, height), 3, width),
        };
        return ElementTypes.IsFloating(type) ? y.to_type(type) : y.round().to_type(type);
    }

    /// <summary>The input pixel that contains the center of the output pixel.</summary>
    private static Tensor Nearest(Tensor x, int axis, long size)
    {
        long before = x.shape[axis];
        long[] places = [.. Enumerable.Range(0, (int)size).Select(i => Math.Min((long)((i + 0.5) * before / size), before - 1))];
        return x.index_select(axis, tensor(places, device: x.device_type == DeviceType.META ? CPU : x.device));
    }

    private Tensor Lanczos(Tensor x, int axis, long size)
    {
        Tensor weights = ImageSampling.Weights(x.shape[axis], size, size / (double)x.shape[axis], 0, interpolation, antialias);
        return ProductOperations.MatMul(x.movedim([axis], [-1]), weights.to(x.device)).movedim([-1], [axis]);
    }
}
