using System.Numerics;
using Cairn.Layers;

namespace Cairn.Training.Plan;

/// <summary>Dropout, with the same mask as <see cref="Dropout"/> draws.</summary>
/// <param name="input">What it reads.</param>
/// <param name="rate">The part that is dropped.</param>
internal sealed unsafe class DropoutNode(PlanValue input, double rate) : PlanNode([input], input.Shape)
{
    private readonly PlanValue mask = new(input.Shape, null);

    public override bool NeedsOutput => false;

    public override void Prepare() => Output.Origin = MayOverwrite && !Output.IsTensor ? Inputs[0] : null;

    public override void Forward(PlanStep step)
    {
        float* x = Inputs[0].Data, y = Output.Begin(step.Samples), factors = mask.Begin(step.Samples);
        long count = step.Samples * Output.Count;
        RandomStream numbers = step.Context.TakeMask(step.Samples, count, out long total, out long firstOfAll);
        float kept = (float)(1 / (1 - rate));
        ElementParts.Run(count, (first, end) =>
        {
            RandomStream stream = numbers;
            stream.FillMask(factors + first, total, firstOfAll + first, end - first, 1 - rate, kept);
            Multiply(x + first, factors + first, y + first, end - first);
        });
    }

    public override void Backward(PlanStep step)
    {
        float* passed = step.Replace(Output, out float* slopes), factors = mask.Data;
        ElementParts.Run(step.Samples * Output.Count,
            (first, end) => Multiply(slopes + first, factors + first, passed + first, end - first));
        step.Share(Inputs[0], Output.Slope!);
    }

    public override void Dispose()
    {
        base.Dispose();
        mask.Free();
    }

    private static void Multiply(float* x, float* factors, float* to, long count)
    {
        long i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            (Vector.Load(x + i) * Vector.Load(factors + i)).Store(to + i);
        }

        for (; i < count; i++)
        {
            to[i] = x[i] * factors[i];
        }
    }
}
