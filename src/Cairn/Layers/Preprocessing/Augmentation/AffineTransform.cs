using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Affine transforms of images. Keras: <c>backend.image.affine_transform</c> on PyTorch.</summary>
/// <remarks>The output pixel at (x, y) is sampled at <c>(a0·x + a1·y + a2, b0·x + b1·y + b2)</c>.</remarks>
internal static class AffineTransform
{
    public static readonly string[] FillModes = ["reflect", "wrap", "constant", "nearest"];

    public static readonly string[] Interpolations = ["nearest", "bilinear"];

    /// <summary>Transforms each image by its own matrix.</summary>
    /// <param name="images">The images, <c>[batch, height, width, channels]</c>.</param>
    /// <param name="matrix">The six elements a0, a1, a2, b0, b1, b2, <c>[batch]</c> each.</param>
    /// <param name="interpolation"><c>nearest</c> or <c>bilinear</c>.</param>
    /// <param name="fillMode">How to fill pixels outside the image.</param>
    /// <param name="fillValue">The value outside the image with <c>constant</c>.</param>
    public static Tensor Apply(Tensor images, Tensor[] matrix, string interpolation, string fillMode, double fillValue)
    {
        long batch = images.shape[0];
        long height = images.shape[1];
        long width = images.shape[2];
        Tensor rows = arange(Held(0), Held(height), Held(1), images.dtype, images.device).reshape(1, height, 1);
        Tensor columns = arange(Held(0), Held(width), Held(1), images.dtype, images.device).reshape(1, 1, width);
        Tensor[] m = [.. matrix.Select(number => number.reshape(batch, 1, 1))];
        (Tensor Index, Tensor? Weight)[] x = Nodes((rows * m[1]).Plus(columns * m[0]).Plus(m[2]), interpolation);
        (Tensor Index, Tensor? Weight)[] y = Nodes((rows * m[4]).Plus(columns * m[3]).Plus(m[5]), interpolation);

        Tensor pixels = images.reshape(batch, height * width, images.shape[3]);
        Tensor? sum = null;
        foreach ((Tensor row, Tensor? rowWeight) in y)
        {
            foreach ((Tensor column, Tensor? columnWeight) in x)
            {
                Tensor place = (Inside(row, height, fillMode) * Held(width)).Plus(Inside(column, width, fillMode));
                Tensor found = pixels.gather(1, place.reshape(batch, height * width, 1).expand(batch, height * width, images.shape[3]))
                    .reshape(images.shape);
                if (fillMode == "constant")
                {
                    Tensor valid = row.ge(Held(0)).logical_and(row.lt(Held(height))).logical_and(column.ge(Held(0)))
                        .logical_and(column.lt(Held(width)));
                    found = where(valid.unsqueeze(-1), found, full_like(found, Held(fillValue)));
                }

                Tensor part = rowWeight is null ? found : (rowWeight * columnWeight!).unsqueeze(-1) * found;
                sum = sum is null ? part : sum.Plus(part);
            }
        }

        return sum!;
    }

    // The integers around a coordinate, and their weights.
    private static (Tensor Index, Tensor? Weight)[] Nodes(Tensor coordinate, string interpolation)
    {
        if (interpolation == "nearest")
        {
            return [(coordinate.round().to(ScalarType.Int64), null)];
        }

        Tensor lower = coordinate.floor();
        Tensor upperWeight = coordinate - lower;
        Tensor index = lower.to(ScalarType.Int64);
        return [(index, Held(1).Minus(upperWeight)), (index.Plus(Held(1)), upperWeight)];
    }

    private static Tensor Inside(Tensor index, long size, string fillMode) => fillMode switch
    {
        "wrap" => index.remainder(Held(size)),
        "reflect" => (Mirror((Held(2) * index).Plus(Held(1)), (2 * size) + 1) - Held(1)).floor_divide(Held(2)),
        _ => index.clamp(Held(0), Held(size - 1)),
    };

    // A triangular wave over integers.
    private static Tensor Mirror(Tensor index, long size) =>
        (index.Plus(Held(size - 1)).remainder(Held(2 * (size - 1))) - Held(size - 1)).abs();
}
