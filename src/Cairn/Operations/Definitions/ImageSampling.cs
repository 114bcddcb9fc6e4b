using TorchSharp;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Operations.Definitions;

/// <summary>Interpolation of images between pixels.</summary>
internal static class ImageSampling
{
    private static readonly string[] FillModes = ["constant", "nearest", "wrap", "mirror", "reflect"];

    public static IEnumerable<OperationDefinition> All { get; } =
    [
        new("image", "MapCoordinates", "order, fill_mode='constant', fill_value=0", "inputs, coordinates", a =>
        {
            OperationSource x = a.Tensor("inputs");
            OperationSource places = a.Tensor("coordinates");
            long order = a.Long("order");
            string fill = a.Choice("fill_mode", FillModes);
            double value = a.Double("fill_value");
            return order is not (0 or 1) ? throw a.Wrong("order", "0 or 1")
                : t => [Sample(x.Of(t), ElementTypes.Floating(places.Of(t)).unbind(0), order == 1, fill, value)];
        }),
        new("image", "AffineTransform", "interpolation='bilinear', fill_mode='constant', fill_value=0, data_format=None",
            "images, transform", a =>
        {
            OperationSource x = a.Tensor("images");
            OperationSource transform = a.Tensor("transform");
            bool linear = a.Choice("interpolation", "bilinear", "nearest") == "bilinear";
            string fill = a.Choice("fill_mode", FillModes);
            double value = a.Double("fill_value");
            bool last = WindowSettings.IsChannelsLast(a);
            return t => [
                ImageOperations.ChannelsFirst(x.Of(t), last, images => Projected(images, Numbers(transform.Of(t)), linear, fill, value))];
        }),
        new("image", "PerspectiveTransform", "interpolation='bilinear', fill_value=0, data_format=None",
            "images, start_points, end_points", a =>
        {
            OperationSource x = a.Tensor("images");
            OperationSource start = a.Tensor("start_points");
            OperationSource end = a.Tensor("end_points");
            bool linear = a.Choice("interpolation", "bilinear", "nearest") == "bilinear";
            double value = a.Double("fill_value");
            bool last = WindowSettings.IsChannelsLast(a);
            return t => [ImageOperations.ChannelsFirst(
                x.Of(t), last,
                images => Perspective(images, Corners(start.Of(t)), Corners(end.Of(t)), linear, value))];
        }),
        new("image", "ScaleAndTranslate", "spatial_dims, method, antialias=True", "images, output_shape, scale, translation", a =>
        {
            OperationSource x = a.Tensor("images");
            long[] shape = a.Sizes("output_shape");
            double[] scale = [.. a.Tensor("scale").Of([]).to_type(ScalarType.Float64).reshape(-1).data<double>()];
            double[] shift = [.. a.Tensor("translation").Of([]).to_type(ScalarType.Float64).reshape(-1).data<double>()];
            long[] axes = a.Sizes("spatial_dims");
            string method = a.Choice("method", "linear", "bilinear", "trilinear", "triangle", "cubic", "bicubic", "tricubic", "lanczos3",
                "lanczos5");
            bool antialias = a.Bool("antialias");
            if (scale.Length != axes.Length || shift.Length != axes.Length)
            {
                throw a.Wrong("spatial_dims", "as many axes as scales and translations");
            }

            return t =>
            {
                Tensor y = ElementTypes.Floating(x.Of(t));
                for (int i = 0; i < axes.Length; i++)
                {
                    long axis = axes[i] < 0 ? axes[i] + y.dim() : axes[i];
                    Tensor weights = Weights(y.shape[axis], shape[axis], scale[i], shift[i], method, antialias).to_type(y.dtype)
                        .to(y.device);
                    y = ProductOperations.MatMul(y.movedim([axis], [-1]), weights).movedim([-1], [axis]);
                }

                return [ElementTypes.IsFloating(x.Of(t).dtype) ? y : y.round().to_type(x.Of(t).dtype)];
            };
        }),
    ];

    /// <summary>The weight of each input pixel in each output pixel, a matrix <c>[input, output]</c>.</summary>
    public static Tensor Weights(long before, long after, double scale, double shift, string method, bool antialias)
    {
        double inverse = 1 / scale;
        double widening = antialias ? Math.Max(inverse, 1) : 1;
        Tensor places = (arange(Held(0), Held(after), Held(1), ScalarType.Float32).Plus(Held(0.5)) * Held(inverse))
            - Held(shift * inverse) - Held(0.5);
        Tensor distance = (places.unsqueeze(0) - arange(Held(0), Held(before), Held(1), ScalarType.Float32).unsqueeze(1))
            .abs() / Held(widening);
        Tensor weights = method switch
        {
            "cubic" or "bicubic" or "tricubic" => Cubic(distance),
            "lanczos3" => Lanczos(distance, 3),
            "lanczos5" => Lanczos(distance, 5),
            _ => Held(1).Minus(distance).clamp_min(Held(0)),
        };
        Tensor sum = weights.sum(0, keepdim: true);
        Tensor safe = where(sum.ne(Held(0)), sum, ones_like(sum));
        weights = where(sum.abs().gt(Held(1000 * 1.1920929e-07)), weights / safe, zeros_like(weights));
        Tensor inside = places.ge(Held(-0.5)).logical_and(places.le(Held(before - 0.5))).unsqueeze(0);
        return where(inside, weights, zeros_like(weights));
    }

    /// <summary>Transforms each image <c>[channels, height, width]</c> so that four points move to four others.</summary>
    /// <param name="images">The images, <c>[batch, channels, height, width]</c>.</param>
    /// <param name="start">The points, x and y, <c>[batch, 4, 2]</c>.</param>
    /// <param name="end">The same points in the output.</param>
    /// <param name="linear">Whether to interpolate between pixels.</param>
    /// <param name="value">The value outside the images.</param>
    public static Tensor Perspective(Tensor images, Tensor start, Tensor end, bool linear, double value) =>
        Projected(images, Homography(start, end), linear, "constant", value);

    /// <summary>Samples each image at a position for each pixel.</summary>
    /// <param name="images">The images, <c>[batch, channels, height, width]</c>.</param>
    /// <param name="rows">The rows, <c>[batch, height, width]</c>.</param>
    /// <param name="columns">The columns, <c>[batch, height, width]</c>.</param>
    /// <param name="linear">Whether to interpolate between pixels.</param>
    /// <param name="fill">How to fill points outside the images.</param>
    /// <param name="value">The value outside the images with <c>constant</c>.</param>
    public static Tensor AtPlaces(Tensor images, Tensor rows, Tensor columns, bool linear, string fill, double value)
    {
        (long batch, long channels, long height, long width) = (images.shape[0], images.shape[1], images.shape[2], images.shape[3]);
        Tensor image = arange(Held(0), Held(batch), Held(1), ScalarType.Int64, rows.device).reshape(batch, 1, 1)
            .expand(batch, height, width);

        // Whole images: channels are unchanged, and each image is sampled from itself.
        Tensor lastly = images.permute(0, 2, 3, 1);
        return SampleRows(lastly, image, [rows, columns], linear, fill, value).reshape(batch, height, width, channels).permute(0, 3, 1, 2);
    }

    private static Tensor Numbers(Tensor transform) => transform.dim() == 1 ? transform.unsqueeze(0) : transform;

    private static Tensor Corners(Tensor points) => ElementTypes.Floating(points.dim() == 2 ? points.unsqueeze(0) : points);

    private static Tensor Cubic(Tensor x)
    {
        Tensor near = (((Held(1.5) * x) - Held(2.5)) * x * x).Plus(Held(1));
        Tensor far = (((((Held(-0.5) * x).Plus(Held(2.5))) * x) - Held(4)) * x).Plus(Held(2));
        return where(x.ge(Held(2)), zeros_like(x), where(x.ge(Held(1)), far, near));
    }

    private static Tensor Lanczos(Tensor x, double radius)
    {
        Tensor y = Held(radius) * (Held(Math.PI) * x).sin() * (Held(Math.PI) * x / Held(radius)).sin();
        Tensor square = where(x.ne(Held(0)), Held(Math.PI * Math.PI) * x.Squared(), ones_like(x));
        return where(x.gt(Held(radius)), zeros_like(x), where(x.gt(Held(1e-3)), y / square, ones_like(x)));
    }

    /// <summary>
    /// Samples each output pixel at the position given by eight parameters per image: <c>[a0, a1, a2, b0, b1, b2, c0, c1]</c>.
    /// </summary>
    private static Tensor Projected(Tensor images, Tensor numbers, bool linear, string fill, double value)
    {
        (long batch, long height, long width) = (images.shape[0], images.shape[2], images.shape[3]);
        Device device = images.device_type == DeviceType.META ? CPU : images.device;
        Tensor x = arange(Held(0), Held(width), Held(1), ScalarType.Float32, device).reshape(1, 1, width);
        Tensor y = arange(Held(0), Held(height), Held(1), ScalarType.Float32, device).reshape(1, height, 1);
        Tensor[] n = [.. numbers.to_type(ScalarType.Float32).unbind(1).Select(number => number.reshape(-1, 1, 1))];
        Tensor depth = (n[6] * x).Plus(n[7] * y).Plus(Held(1));
        Tensor fromX = (n[0] * x).Plus(n[1] * y).Plus(n[2]) / depth;
        Tensor fromY = (n[3] * x).Plus(n[4] * y).Plus(n[5]) / depth;
        return AtPlaces(images, fromY.expand(batch, height, width), fromX.expand(batch, height, width), linear, fill, value);
    }

    private static Tensor SampleRows(Tensor x, Tensor first, Tensor[] places, bool linear, string fill, double value)
    {
        Tensor? sum = null;
        foreach ((Tensor[] indices, Tensor? weight) in Nodes(places, linear))
        {
            Tensor[] inside = [.. indices.Select((index, axis) => Fixed(index, x.shape[axis + 1], fill))];
            Tensor read = x.index(TensorIndex.Tensor(first), TensorIndex.Tensor(inside[0]), TensorIndex.Tensor(inside[1]));
            if (fill == "constant")
            {
                Tensor valid = Valid(indices[0], x.shape[1]).logical_and(Valid(indices[1], x.shape[2])).unsqueeze(-1);
                read = where(valid, read, full_like(read, Held(value)));
            }

            Tensor part = weight is null ? read : read * weight.unsqueeze(-1).to_type(read.dtype);
            sum = sum is null ? part : sum.Plus(part);
        }

        return sum!;
    }

    private static Tensor Sample(Tensor x, Tensor[] places, bool linear, string fill, double value)
    {
        if (places.Length != x.dim() || places.Length > 8)
        {
            throw new ArgumentException($"got {places.Length} coordinates for a tensor with {x.dim()} axes");
        }

        Tensor? sum = null;
        foreach ((Tensor[] indices, Tensor? weight) in Nodes(places, linear))
        {
            Tensor read = x.index([.. indices.Select((index, axis) => TensorIndex.Tensor(Fixed(index, x.shape[axis], fill)))]);
            if (fill == "constant")
            {
                Tensor valid = indices.Select((index, axis) => Valid(index, x.shape[axis]))
                    .Aggregate((one, other) => one.logical_and(other));
                read = where(valid, read, full_like(read, Held(value)));
            }

            Tensor part = weight is null ? read : read * weight.to_type(ElementTypes.Floating(read).dtype);
            sum = sum is null ? part : sum.Plus(part);
        }

        return ElementTypes.IsFloating(x.dtype) ? sum!.to_type(x.dtype) : sum!.round().to_type(x.dtype);
    }

    /// <summary>The pixels around each position, and their weights.</summary>
    private static IEnumerable<(Tensor[] Indices, Tensor? Weight)> Nodes(Tensor[] places, bool linear)
    {
        if (!linear)
        {
            yield return (Array.ConvertAll(places, place => place.round().to_type(ScalarType.Int64)), null);
            yield break;
        }

        Tensor[] lower = Array.ConvertAll(places, place => place.floor());
        for (int corner = 0; corner < 1 << places.Length; corner++)
        {
            var indices = new Tensor[places.Length];
            Tensor? weight = null;
            for (int axis = 0; axis < places.Length; axis++)
            {
                bool upper = (corner >> (places.Length - 1 - axis) & 1) == 1;
                Tensor share = places[axis] - lower[axis];
                share = upper ? share : Held(1).Minus(share);
                indices[axis] = lower[axis].to_type(ScalarType.Int64).Plus(Held(upper ? 1 : 0));
                weight = weight is null ? share : weight * share;
            }

            yield return (indices, weight);
        }
    }

    private static Tensor Valid(Tensor index, long size) => index.ge(Held(0)).logical_and(index.lt(Held(size)));

    private static Tensor Fixed(Tensor index, long size, string fill) => fill switch
    {
        "wrap" => index.remainder(Held(size)),
        "mirror" => Mirrored(index, size),
        "reflect" => (Mirrored((Held(2) * index).Plus(Held(1)), (2 * size) + 1) - Held(1)).floor_divide(Held(2)),
        _ => index.clamp(Held(0), Held(size - 1)),
    };

    private static Tensor Mirrored(Tensor index, long size)
    {
        long half = Math.Max(size - 1, 1);
        return (index.Plus(Held(half)).remainder(Held(2 * half)) - Held(half)).abs();
    }

    /// <summary>The eight parameters of the transform that maps four points to four others.</summary>
    private static Tensor Homography(Tensor start, Tensor end)
    {
        var rows = new List<Tensor>();
        var targets = new List<Tensor>();
        for (int i = 0; i < 4; i++)
        {
            (Tensor sx, Tensor sy) = (start.select(1, i).select(1, 0), start.select(1, i).select(1, 1));
            (Tensor ex, Tensor ey) = (end.select(1, i).select(1, 0), end.select(1, i).select(1, 1));
            (Tensor one, Tensor none) = (ones_like(ex), zeros_like(ex));
            rows.Add(stack([ex, ey, one, none, none, none, (sx * ex).neg(), (sx * ey).neg()], -1));
            rows.Add(stack([none, none, none, ex, ey, one, (sy * ex).neg(), (sy * ey).neg()], -1));
            targets.Add(sx);
            targets.Add(sy);
        }

        return linalg.solve(stack(rows, 1), stack(targets, -1).unsqueeze(-1)).squeeze(-1);
    }
}
