using System.Text.Json.Nodes;
using Cairn.Training;

namespace Cairn.Initializers;

/// <summary>
/// Windowed sinusoids, so that a convolution computes the real or imaginary part of a short-time Fourier transform. Keras:
/// <c>initializers.STFT</c>.
/// </summary>
/// <remarks>
/// For a kernel <c>[frame, 1, bins]</c>: <c>cos(-2π · t · k / (2 (bins - 1))) · window[t] / scaling</c>, or the sine.
/// </remarks>
public sealed class STFT : Initializer
{
    private readonly string side;
    private readonly string? window;
    private readonly string? scaling;
    private readonly bool periodic;

    /// <summary>Creates an STFT initializer.</summary>
    /// <param name="side"><c>"real"</c> (default) for cosines or <c>"imag"</c> for sines.</param>
    /// <param name="window"><c>"hann"</c> (default), <c>"hamming"</c> or null for none.</param>
    /// <param name="scaling">
    /// <c>"density"</c> (default) divides by the Euclidean norm of the window, <c>"spectrum"</c> by its sum; null for no scaling.
    /// </param>
    /// <param name="periodic">Whether the window is periodic instead of symmetric; false by default.</param>
    /// <exception cref="ArgumentException">An argument is not one of the allowed values.</exception>
    public STFT(string side = "real", string? window = "hann", string? scaling = "density", bool periodic = false)
    {
        if (side is not ("real" or "imag"))
        {
            throw new ArgumentException($"side must be 'real' or 'imag'; got '{side}'.", nameof(side));
        }

        if (window is not ("hann" or "hamming" or null))
        {
            throw new ArgumentException($"window must be 'hann', 'hamming' or null; got '{window}'.", nameof(window));
        }

        if (scaling is not ("density" or "spectrum" or null))
        {
            throw new ArgumentException($"scaling must be 'density', 'spectrum' or null; got '{scaling}'.", nameof(scaling));
        }

        this.side = side;
        this.window = window;
        this.scaling = scaling;
        this.periodic = periodic;
    }

    internal override void Fill(Span<float> values, Shape shape, ref RandomStream random)
    {
        if (shape.Rank != 3 || shape[2] < 2)
        {
            throw new ArgumentException($"STFT needs a weight of shape (frame, 1, 2 bins or more); the weight has the shape {shape}.");
        }

        double[] weights = [.. Enumerable.Range(0, (int)shape[0]).Select(t => Window(t, (int)shape[0]))];
        double divisor = window is null ? 1 : scaling switch
        {
            "density" => Math.Sqrt(weights.Sum(w => w * w)),
            "spectrum" => weights.Sum(Math.Abs),
            _ => 1,
        };
        int place = 0;
        for (int t = 0; t < shape[0]; t++)
        {
            for (int channel = 0; channel < shape[1]; channel++)
            {
                for (int bin = 0; bin < shape[2]; bin++)
                {
                    double angle = -Math.PI * t * bin / (shape[2] - 1);
                    values[place++] = (float)((side == "real" ? Math.Cos(angle) : Math.Sin(angle)) * weights[t] / divisor);
                }
            }
        }
    }

    internal override JsonObject GetConfig() =>
        new() { ["side"] = side, ["window"] = window, ["periodic"] = periodic, ["scaling"] = scaling };

    private double Window(int t, int length)
    {
        if (window is null || length == 1)
        {
            return 1;
        }

        double share = window == "hann" ? 0.5 : 0.54;
        return share - ((1 - share) * Math.Cos(2 * Math.PI * t / (periodic ? length : length - 1)));
    }
}
