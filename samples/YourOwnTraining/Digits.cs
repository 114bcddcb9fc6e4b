using System.Globalization;
using static TorchSharp.torch;

/// <summary>Handwritten digits of 8 × 8 pixels.</summary>
internal static class Digits
{
    /// <summary>The first images, from 0 to 1, <c>[count, 8, 8, 1]</c>, and their digits, <c>[count]</c>.</summary>
    public static (Tensor X, Tensor Y) Load(int count)
    {
        float[] numbers =
        [
            .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "digits.csv")).Skip(1).Take(count)
                .SelectMany(line => line.Split(',')).Select(cell => float.Parse(cell, CultureInfo.InvariantCulture)),
        ];
        Tensor rows = tensor(numbers).reshape(count, 65);
        return (rows[.., ..64].reshape(count, 8, 8, 1) / 16, rows[.., 64].to(int64));
    }
}
