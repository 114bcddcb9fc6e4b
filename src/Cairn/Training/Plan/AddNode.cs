using System.Numerics;
using Cairn.Layers;
using Cairn.Native;

namespace Cairn.Training.Plan;

/// <summary>The sum of values, from the first to the last, and <c>relu</c> of it.</summary>
/// <param name="inputs">What it reads.</param>
internal sealed unsafe class AddNode(PlanValue[] inputs) : PlanNode(inputs, inputs[0].Shape)
{
    /// <summary>Whether the output is <c>relu</c> of the sum.</summary>
    public bool Rectifies { get; set; }

    public override bool NeedsOutput => Rectifies;

    public override void Prepare() => Output.Origin = MayOverwrite && !Output.IsTensor ? Inputs[0] : null;

    public override void Forward(PlanStep step)
    {
        float* y = Output.Begin(step.Samples);
        for (int i = 1; i < Inputs.Length; i++)
        {
            float* left = i == 1 ? Inputs[0].Data : y, right = Inputs[i].Data;
            bool rectifies = Rectifies && i == Inputs.Length - 1;
            ElementParts.Run(
                step.Samples * Output.Count, (first, end) => Sum(left + first, right + first, y + first, end - first, rectifies));
        }
    }

    public override void Backward(PlanStep step)
    {
        if (Rectifies)
        {
            float* passed = step.Replace(Output, out float* slopes), y = Output.Data;
            ElementParts.Run(step.Samples * Output.Count,
                (first, end) => Rectification.Mask(slopes + first, y + first, passed + first, end - first));
        }

        foreach (PlanValue input in Inputs)
        {
            if (input.NeedsSlope)
            {
                step.Share(input, Output.Slope!);
            }
        }
    }

    private static void Sum(float* a, float* b, float* to, long count, bool rectifies)
    {
        if (!rectifies)
        {
            Addition.Add(a, b, to, count);
            return;
        }

        long i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> sum = Vector.Load(a + i) + Vector.Load(b + i);
            Vector.ConditionalSelect(Vector.LessThanOrEqual(sum, Vector<float>.Zero), Vector<float>.Zero, sum).Store(to + i);
        }

        for (; i < count; i++)
        {
            float sum = a[i] + b[i];
            to[i] = sum <= 0 ? 0 : sum;
        }
    }
}
