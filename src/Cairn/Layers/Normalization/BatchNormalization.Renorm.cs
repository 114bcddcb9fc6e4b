using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

// Batch renormalization (Ioffe, 2017, https://arxiv.org/abs/1702.03275): training also normalizes by the moving statistics, but with the
// gradients of the batch statistics.
public sealed partial class BatchNormalization
{
    private static readonly string[] Clippings = ["rmin", "rmax", "dmax"];

    private readonly bool renorm;
    private readonly Dictionary<string, double> renormClipping = [];
    private readonly double renormMomentum;
    private Variable? movingStddev;
    private Variable? renormMean;
    private Variable? renormStddev;

    private static Dictionary<string, double> CheckClipping(IReadOnlyDictionary<string, double> clipping)
    {
        foreach ((string key, double value) in clipping)
        {
            if (!Clippings.Contains(key, StringComparer.Ordinal))
            {
                throw new ArgumentException(
                    $"renormClipping has the key '{key}'; allowed are 'rmin', 'rmax' and 'dmax'.", nameof(clipping));
            }

            if (double.IsNaN(value) || (key == "dmax" && value < 0))
            {
                throw new ArgumentException($"renormClipping['{key}'] must be a number of 0 or more; got {value}.", nameof(clipping));
            }
        }

        return clipping.TryGetValue("rmin", out double least) && clipping.TryGetValue("rmax", out double most) && most < least
            ? throw new ArgumentException($"renormClipping['rmax'] must not be below 'rmin', {least}; got {most}.", nameof(clipping))
            : new Dictionary<string, double>(clipping, StringComparer.Ordinal);
    }

    private static Dictionary<string, double> ReadClipping(ConfigReader config)
    {
        var clipping = new Dictionary<string, double>(StringComparer.Ordinal);
        if (config.Node("renorm_clipping") is not JsonObject saved)
        {
            return clipping;
        }

        var reader = ConfigReader.From(saved, $"{config.Place}/renorm_clipping");
        foreach ((string key, JsonNode? value) in saved)
        {
            if (value is not null)
            {
                clipping[key] = reader.Double(key);
            }
        }

        return clipping;
    }

    private void BuildRenorm(Shape channels)
    {
        if (!renorm)
        {
            return;
        }

        movingStddev = AddWeight("moving_stddev", channels, movingVarianceInitializer, trainable: false);
        renormMean = AddWeight("renorm_mean", channels, movingMeanInitializer, trainable: false);
        renormStddev = AddWeight("renorm_stddev", channels, movingVarianceInitializer, trainable: false);
        using IDisposable _ = no_grad();
        movingStddev.Value.sqrt_();
        renormStddev.Value.sqrt_();
    }

    private void WriteRenorm(JsonObject config)
    {
        config["renorm"] = renorm;
        config["renorm_clipping"] = !renorm
            ? null
            : new JsonObject(renormClipping.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)JsonValue.Create(pair.Value))));
        config["renorm_momentum"] = renormMomentum;
    }

    /// <summary>Normalizes by mean and variance of the batch, corrected to the moving ones: <c>x̂ · r + d</c>.</summary>
    /// <param name="input">The input, channels along axis 1.</param>
    /// <param name="mean">The mean of the batch, with all axes.</param>
    /// <param name="variance">The variance of the batch, with all axes.</param>
    private Tensor Renormalize(Tensor input, Tensor mean, Tensor variance)
    {
        long[] channels = mean.shape;
        Tensor deviation = variance.Plus(Held(epsilon)).sqrt();
        Tensor r, d;
        using (no_grad())
        {
            Tensor moving = renormStddev!.Value.clamp_min(Held(Math.Sqrt(epsilon))).reshape(channels);
            r = deviation.div(moving);
            d = (mean - renormMean!.Value.reshape(channels)).div(moving);
            if (renormClipping.TryGetValue("rmin", out double least))
            {
                r = r.clamp_min(Held(least));
            }

            if (renormClipping.TryGetValue("rmax", out double most))
            {
                r = r.clamp_max(Held(most));
            }

            if (renormClipping.TryGetValue("dmax", out double shift))
            {
                d = d.clamp(Held(-shift), Held(shift));
            }
        }

        Tensor scale = gamma is null ? r : r * gamma.Value.reshape(channels);
        Tensor offset = gamma is null ? d : d * gamma.Value.reshape(channels);
        if (beta is not null)
        {
            offset = offset.Plus(beta.Value.reshape(channels));
        }

        Tensor y = ((input - mean) * (scale / deviation)).Plus(offset);
        UpdateRenorm(mean.flatten(), deviation.flatten());
        return y;
    }

    private void UpdateRenorm(Tensor mean, Tensor deviation)
    {
        using IDisposable _ = no_grad();
        renormMean!.Value.mul_(Held(renormMomentum)).add_(mean, alpha: Held(1 - renormMomentum));
        renormStddev!.Value.mul_(Held(renormMomentum)).add_(deviation, alpha: Held(1 - renormMomentum));
        movingMean!.Value.mul_(Held(momentum)).add_(mean, alpha: Held(1 - momentum));
        movingStddev!.Value.mul_(Held(momentum)).add_(deviation, alpha: Held(1 - momentum));
        movingVariance!.Value.copy_((movingStddev.Value.Squared() - Held(epsilon)).clamp_min(Held(0)));
    }
}
