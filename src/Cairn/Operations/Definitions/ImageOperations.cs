using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Operations.Definitions;

/// <summary>
/// Color conversion, padding, edges and resizing of images <c>[batch, height, width, channels]</c> or without the batch axis.
/// </summary>
internal static class ImageOperations
{
    public static IEnumerable<OperationDefinition> All { get; } =
    [
        Color("RGBToGrayscale", (r, g, b) => [(Held(0.2989) * r).Plus(Held(0.587) * g).Plus(Held(0.114) * b)]),
        Color("RGBToHSV", ToHsv),
        Color("HSVToRGB", ToRgb),
        new(
            "image",
            "Resize",
            "size, interpolation='bilinear', antialias=False, crop_to_aspect_ratio=False, pad_to_aspect_ratio=False, fill_mode='constant', "
                + "fill_value=0.0, data_format=None",
            "images",
            a =>
            {
                OperationSource x = a.Tensor("images");
                var resizing = new ImageResizing(a);
                bool last = WindowSettings.IsChannelsLast(a);
                return t => [ChannelsFirst(x.Of(t), last, resizing.Apply)];
            }),
        Margins("PadImages", "top_padding=None, left_padding=None, bottom_padding=None, right_padding=None, target_height=None, "
            + "target_width=None, data_format=None", "padding", pad: true),
        Margins("CropImages", "top_cropping=None, left_cropping=None, bottom_cropping=None, right_cropping=None, target_height=None, "
            + "target_width=None, data_format=None", "cropping", pad: false),
        new("image", "SobelEdges", "data_format=None", "images", a =>
        {
            OperationSource x = a.Tensor("images");
            bool last = WindowSettings.IsChannelsLast(a);
            return t => [Edges(x.Of(t), last)];
        }),
        new("image", "GaussianBlur", "kernel_size=(3, 3), sigma=(1.0, 1.0), data_format=None", "images", a =>
        {
            OperationSource x = a.Tensor("images");
            long[] size = a.Sizes("kernel_size", 2);
            double[] sigma = [.. a.Tensor("sigma").Of([]).to_type(ScalarType.Float64).reshape(-1).data<double>()];
            bool last = WindowSettings.IsChannelsLast(a);
            if (size.Any(side => side is < 1 or > 4096) || sigma.Length is < 1 or > 2)
            {
                throw a.Wrong("kernel_size", "sizes above 0");
            }

            return t => [ChannelsFirst(x.Of(t), last, images =>
            {
                Tensor kernel = Bell(size[1], sigma[^1], images.dtype).outer(Bell(size[0], sigma[0], images.dtype));
                return EachChannel(images, kernel.reshape(1, 1, size[0], size[1]), size[0] / 2);
            })];
        }),
        new("image", "SSIM", "max_val=1.0, filter_size=11, filter_sigma=1.5, k1=0.01, k2=0.03, data_format=None", "image1, image2", a =>
        {
            OperationSource first = a.Tensor("image1");
            OperationSource second = a.Tensor("image2");
            double most = a.Double("max_val");
            long size = a.Long("filter_size");
            double sigma = a.Double("filter_sigma");
            double c1 = Math.Pow(a.Double("k1") * most, 2);
            double c2 = Math.Pow(a.Double("k2") * most, 2);
            bool last = WindowSettings.IsChannelsLast(a);
            return size is < 1 or > 4096 ? throw a.Wrong("filter_size", "a size above 0")
                : t => [Similarity(first.Of(t), second.Of(t), size, sigma, c1, c2, last)];
        }),
        .. ImageSampling.All,
    ];

    /// <summary>Applies a function to <c>[batch, channels, height, width]</c>.</summary>
    public static Tensor ChannelsFirst(Tensor x, bool channelsLast, Func<Tensor, Tensor> function)
    {
        Tensor batch = x.dim() == 3 ? x.unsqueeze(0) : x;
        Tensor y = WindowSettings.Swapped(function(WindowSettings.Swapped(batch, channelsLast, toFirst: true)), channelsLast,
            toFirst: false);
        return x.dim() == 3 ? y.squeeze(0) : y;
    }

    private static OperationDefinition Color(string className, Func<Tensor, Tensor, Tensor, Tensor[]> function) =>
        new("image", className, "data_format=None", "images", a =>
    {
        OperationSource x = a.Tensor("images");
        long axis = WindowSettings.IsChannelsLast(a) ? -1 : -3;
        return t =>
        {
            Tensor images = x.Of(t);
            long channels = images.shape[images.dim() + axis];
            if (className == "RGBToGrayscale" && channels == 1)
            {
                return [images];
            }

            if (channels != 3)
            {
                throw new ArgumentException($"images with 3 channels are needed; got {channels}");
            }

            Tensor[] made = function(images.select(axis, 0), images.select(axis, 1), images.select(axis, 2));
            return [stack(made, axis).to_type(images.dtype)];
        };
    });

    /// <summary>Hue, saturation and value of red, green and blue.</summary>
    public static Tensor[] ToHsv(Tensor red, Tensor green, Tensor blue)
    {
        Tensor[] planes = Array.ConvertAll([red, green, blue],
            plane => where(plane.abs().lt(Held(1.1920929e-07)), zeros_like(plane), plane));
        (Tensor r, Tensor g, Tensor b) = (planes[0], planes[1], planes[2]);
        Tensor value = r.maximum(g).maximum(b);
        Tensor range = value - r.minimum(g).minimum(b);
        Tensor none = zeros_like(value);
        Tensor saturation = where(value.gt(Held(0)), range / where(value.gt(Held(0)), value, ones_like(value)), none);
        Tensor norm = Held(1) / (Held(6) * where(range.gt(Held(0)), range, ones_like(range)));
        Tensor hue = where(value.eq(g), (norm * (b - r)).Plus(Held(2.0 / 6)), (norm * (r - g)).Plus(Held(4.0 / 6)));
        hue = where(value.eq(r), norm * (g - b), hue);
        hue = where(range.gt(Held(0)), hue, none).Plus(hue.lt(Held(0)).to_type(hue.dtype));
        return [hue, saturation, value];
    }

    /// <summary>Red, green and blue of hue, saturation and value.</summary>
    public static Tensor[] ToRgb(Tensor hue, Tensor saturation, Tensor value)
    {
        Tensor angle = hue.remainder(Held(1)) * Held(6);
        Tensor rest = Held(1).Minus(saturation);
        Tensor red = ((angle - Held(3)).abs() - Held(1)).clamp(Held(0), Held(1));
        Tensor green = Held(2).Minus((angle - Held(2)).abs()).clamp(Held(0), Held(1));
        Tensor blue = Held(2).Minus((angle - Held(4)).abs()).clamp(Held(0), Held(1));
        return Array.ConvertAll([red, green, blue], part => value * rest.Plus(saturation * part));
    }

    private static OperationDefinition Margins(string className, string settings, string what, bool pad) =>
        new("image", className, settings, "images", a =>
    {
        OperationSource x = a.Tensor("images");
        long? top = a.OptionalLong($"top_{what}");
        long? bottom = a.OptionalLong($"bottom_{what}");
        long? left = a.OptionalLong($"left_{what}");
        long? right = a.OptionalLong($"right_{what}");
        long? height = a.OptionalLong("target_height");
        long? width = a.OptionalLong("target_width");
        bool last = WindowSettings.IsChannelsLast(a);
        return t =>
        {
            Tensor images = x.Of(t);
            int rows = (int)images.dim() - (last ? 3 : 2);
            (long above, long below) = Sides(top, bottom, height, images.shape[rows], pad, className);
            (long before, long behind) = Sides(left, right, width, images.shape[rows + 1], pad, className);
            if (!pad)
            {
                return [images.narrow(rows, above, images.shape[rows] - above - below)
                    .narrow(rows + 1, before, images.shape[rows + 1] - before - behind)];
            }

            long[] inner = last ? [0, 0] : [];
            return [nn.functional.pad(images, [.. inner, before, behind, above, below])];
        };
    });

    private static (long Before, long After) Sides(long? before, long? after, long? target, long size, bool pad, string className)
    {
        long change = target is { } wanted ? pad ? wanted - size : size - wanted : 0;
        (long one, long other) = (before, after, target) switch
        {
            ({ } b, { } a, _) => (b, a),
            ({ } b, null, not null) => (b, change - b),
            (null, { } a, not null) => (change - a, a),
            _ => throw new ArgumentException($"{className} needs two of: both sides and the target size."),
        };
        return one >= 0 && other >= 0 ? (one, other)
            : throw new ArgumentException($"{className}: {size} is inconsistent with the sides {one} and {other}.");
    }

    private static Tensor Edges(Tensor x, bool channelsLast)
    {
        Tensor images = WindowSettings.Swapped(x, channelsLast, toFirst: true);
        Tensor across = tensor(new float[] { -1, 0, 1, -2, 0, 2, -1, 0, 1 }, [1, 1, 3, 3]);
        Tensor down = across.transpose(2, 3);
        Tensor edges = stack([EachChannel(images, down, 1), EachChannel(images, across, 1)], -1);
        return channelsLast ? edges.permute(0, 2, 3, 1, 4) : edges;
    }

    /// <summary>Applies the same kernel to each channel.</summary>
    private static Tensor EachChannel(Tensor images, Tensor kernel, long padding)
    {
        long channels = images.shape[1];
        Tensor spread = kernel.to_type(images.dtype).to(images.device).expand(channels, 1, kernel.shape[2], kernel.shape[3]);
        return nn.functional.conv2d(images, spread, padding: [padding, padding], groups: channels);
    }

    private static Tensor Bell(long size, double sigma, ScalarType type)
    {
        Tensor x = arange(Held(0), Held(size), Held(1), type) - Held((size - 1) / 2.0);
        Tensor bell = ((x / Held(sigma)).Squared() * Held(-0.5)).exp();
        return bell / bell.sum();
    }

    private static Tensor Similarity(Tensor first, Tensor second, long size, double sigma, double c1, double c2, bool channelsLast)
    {
        bool single = first.dim() == 3;
        Tensor a = WindowSettings.Swapped(single ? first.unsqueeze(0) : first, channelsLast, toFirst: true);
        Tensor b = WindowSettings.Swapped(single ? second.unsqueeze(0) : second, channelsLast, toFirst: true);
        Tensor bell = Bell(size, sigma, a.dtype);
        Tensor kernel = bell.outer(bell).reshape(1, 1, size, size);
        Tensor meanA = EachChannel(a, kernel, 0);
        Tensor meanB = EachChannel(b, kernel, 0);
        Tensor varianceA = EachChannel(a * a, kernel, 0) - meanA.Squared();
        Tensor varianceB = EachChannel(b * b, kernel, 0) - meanB.Squared();
        Tensor covariance = EachChannel(a * b, kernel, 0) - (meanA * meanB);
        Tensor map = ((Held(2) * meanA * meanB).Plus(Held(c1))) * ((Held(2) * covariance).Plus(Held(c2)))
            / (meanA.Squared().Plus(meanB.Squared()).Plus(Held(c1)) * varianceA.Plus(varianceB).Plus(Held(c2)));
        Tensor each = map.mean([1, 2, 3]);
        return single ? each.squeeze(0) : each;
    }
}
