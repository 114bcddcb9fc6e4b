using System.Text.Json.Nodes;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Losses;

/// <summary>
/// Half the squared error if the error is at most <c>delta</c>, otherwise <c>delta · |error| - delta² / 2</c>; averaged over the last axis.
/// Keras: <c>losses.Huber</c>.
/// </summary>
public sealed class Huber : Loss
{
    /// <summary>Creates a Huber loss.</summary>
    /// <param name="delta">The error at which the loss changes from quadratic to linear, 0 or more; 1 by default.</param>
    /// <param name="reduction">The reduction over the samples; their mean by default.</param>
    /// <param name="name">The name of the loss.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="delta"/> is below 0 or NaN.</exception>
    public Huber(double delta = 1, string reduction = "sum_over_batch_size", string name = "huber_loss")
        : base(name, reduction)
    {
        if (!(delta >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(delta), delta, "delta must be 0 or more.");
        }

        Delta = delta;
    }

    /// <summary>The error at which the loss changes from quadratic to linear.</summary>
    public double Delta { get; }

    /// <inheritdoc/>
    public override Tensor Call(Tensor yTrue, Tensor yPred)
    {
        (yTrue, yPred) = RankAlignment.Pair(yTrue.to(yPred.dtype), yPred);
        float delta = (float)Delta;
        Tensor error = yPred - yTrue;
        Tensor size = error.abs();
        Tensor squared = error.Squared() * Held(0.5f);
        Tensor absolute = (size * Held(delta)) - Held(0.5f * (delta * delta));
        return squared.where(size.le(Held(delta)), absolute).mean([-1]);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config) => config["delta"] = Delta;
}
