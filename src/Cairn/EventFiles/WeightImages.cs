namespace Cairn.EventFiles;

/// <summary>
/// Shows a weight as images, in the layout of Keras' TensorBoard callback: axes of size 1 are dropped; a vector is one column; a matrix is
/// one image, wider than high; the last of three axes counts images; of four axes the first counts images and the last is the channel.
/// </summary>
internal sealed class WeightImages
{
    // 2^24 pixels: browsers still display it, and it is far more than a dashboard can show.
    private const long MostPixels = 1L << 24;

    // TensorFlow's conversion from floats: 0 is black, 1 is white, values outside are clipped, fractions are truncated.
    private const float Scale = byte.MaxValue + 0.5f;

    private readonly float[] numbers;
    private readonly Func<int, int, int, int, long> indexOf;

    private WeightImages(float[] numbers, int count, int height, int width, int channels, Func<int, int, int, int, long> indexOf)
    {
        this.numbers = numbers;
        this.indexOf = indexOf;
        (Count, Height, Width, Channels) = (count, height, width, channels);
    }

    public int Count { get; }

    public int Height { get; }

    public int Width { get; }

    /// <summary>1 for gray, 3 for RGB, 4 for RGBA.</summary>
    public int Channels { get; }

    /// <summary>The images, or null if the shape gives none or they are too large.</summary>
    /// <param name="numbers">The elements in C order.</param>
    /// <param name="shape">Their shape.</param>
    public static WeightImages? Of(float[] numbers, Shape shape)
    {
        int[] sizes = [.. shape.Where(size => size != 1).Select(size => checked((int)size))];
        WeightImages? images = sizes switch
        {
            [int n] => new(numbers, 1, n, 1, 1, (_, y, _, _) => y),
            [int rows, int columns] when rows > columns => new(numbers, 1, columns, rows, 1, (_, y, x, _) => ((long)x * columns) + y),
            [int rows, int columns] => new(numbers, 1, rows, columns, 1, (_, y, x, _) => ((long)y * columns) + x),
            [int height, int width, int count] =>
                new(numbers, count, height, width, 1, (i, y, x, _) => ((((long)y * width) + x) * count) + i),
            [int count, int height, int width, int channels and (3 or 4)] =>
                new(numbers, count, height, width, channels, (i, y, x, c) => ((((((long)i * height) + y) * width) + x) * channels) + c),
            _ => null,
        };
        return images is { Count: > 0, Height: > 0, Width: > 0 } && (long)images.Height * images.Width <= MostPixels ? images : null;
    }

    /// <summary>The bytes of an image, row by row, with the channels of a pixel adjacent.</summary>
    public byte[] Pixels(int index)
    {
        byte[] pixels = new byte[checked(Height * Width * Channels)];
        int at = 0;
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                for (int channel = 0; channel < Channels; channel++)
                {
                    pixels[at++] = ToByte(numbers[indexOf(index, y, x, channel)]);
                }
            }
        }

        return pixels;
    }

    // NaN is black.
    private static byte ToByte(float number) => (byte)Math.Clamp(float.IsNaN(number) ? 0 : number * Scale, byte.MinValue, byte.MaxValue);
}
