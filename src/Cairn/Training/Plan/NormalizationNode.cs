using Cairn.Layers;

namespace Cairn.Training.Plan;

/// <summary>
/// Batch normalization over the last axis in training, by <see cref="ChannelNormalization"/>, and what follows it: the sum with another
/// value, and <c>relu</c>.
/// </summary>
/// <param name="input">What it reads.</param>
/// <param name="added">The value that is added, or null.</param>
/// <param name="layer">What the layer computes.</param>
internal sealed unsafe class NormalizationNode(PlanValue input, PlanValue? added, PlannedNormalization layer)
    : PlanNode(added is null ? [input] : [input, added], input.Shape)
{
    private readonly PlanMemory statistics = PlanMemory.Of(3 * input.Shape[^1]);

    /// <summary>Whether <c>relu</c> follows.</summary>
    public bool Rectifies { get; set; }

    public override Variable[] Weights { get; } = [.. layer.Weights];

    public override bool NeedsOutput => Rectifies;

    private int Channels => (int)Output.Shape[^1];

    private float* Mean => statistics.First;

    private float* Inverse => statistics.First + Channels;

    public override void Forward(PlanStep step)
    {
        int channels = Channels;
        float* variance = statistics.First + (2 * channels);
        ChannelNormalization.Forward(
            Inputs[0].Data, step.Samples * Output.Count / channels, channels, PlanGradients.PointerTo(layer.Gamma),
            PlanGradients.PointerTo(layer.Beta), layer.Epsilon, Inputs.Length > 1 ? Inputs[1].Data : null, Rectifies,
            Output.Begin(step.Samples), Mean, variance, Inverse);
        Move(PlanGradients.PointerTo(layer.MovingMean), Mean);
        Move(PlanGradients.PointerTo(layer.MovingVariance), variance);
    }

    public override void Backward(PlanStep step)
    {
        PlanValue x = Inputs[0];
        PlanValue? other = Inputs.Length > 1 && Inputs[1].NeedsSlope ? Inputs[1] : null;
        SlopeMemory slopes = Output.Slope!;
        if (other is not null && !Rectifies)
        {
            // The gradient of what was added is that of the sum.
            step.Share(other, slopes);
            other = null;
        }

        SlopeMemory? ofAdded = other is null ? null : step.Take(other), ofX = null;
        if (x.NeedsSlope || ofAdded is not null)
        {
            ofX = slopes.MayOverwrite ? slopes : step.Take(x);
        }

        ChannelNormalization.Backward(
            x.Data, Rectifies ? Output.Data : null, slopes.First, step.Samples * Output.Count / Channels, Channels,
            PlanGradients.PointerTo(layer.Gamma), Mean, Inverse, step.Gradients.For(layer.Gamma), step.Gradients.For(layer.Beta),
            ofX is null ? null : ofX.First, ofAdded is null ? null : ofAdded.First);
        step.Gradients.Deliver();
        if (ofX == slopes)
        {
            slopes.Users++;
        }

        if (ofX is not null && x.NeedsSlope)
        {
            step.Give(x, ofX);
        }
        else if (ofX is not null)
        {
            step.Drop(ofX);
        }

        if (ofAdded is not null)
        {
            step.Give(other!, ofAdded);
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        statistics.Dispose();
    }

    // Rounded as in libtorch: a product, then a product and a sum at once.
    private void Move(float* moving, float* now)
    {
        float momentum = (float)layer.Momentum, rest = (float)(1 - layer.Momentum);
        for (int i = 0; i < Channels; i++)
        {
            moving[i] = MathF.FusedMultiplyAdd(now[i], rest, moving[i] * momentum);
        }
    }
}
