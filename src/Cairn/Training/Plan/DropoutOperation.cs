using System.Numerics;
using Cairn.Layers;
using Cairn.Native;

namespace Cairn.Training.Plan;

/// <summary>Dropout, with the same mask as <see cref="Dropout"/> draws.</summary>
internal sealed unsafe class DropoutOperation(double rate) : ColumnOperation
{
    private readonly float kept = (float)(1 / (1 - rate));
    private PlanMemory? mask;
    private RandomStream numbers;
    private int features;
    private long total;
    private long first;

    // The gradient of relu needs only the sign of its output, which stays where the gradient is not zero.
    public override bool CanOverwrite(ColumnOperation? before) =>
        base.CanOverwrite(before) || before is ActivationOperation { NeedsSignOnly: true };

    public override void Resize(int rows, int columns)
    {
        mask?.Dispose();
        mask = PlanMemory.Of((long)rows * PanelProduct.Padded(columns));
        features = columns;
    }

    public override void Begin(CallContext context, int rows) =>
        numbers = context.TakeMask(rows, (long)rows * features, out total, out first);

    public override void Forward(float* x, float* y, in Columns columns)
    {
        int width = Vector<float>.Count, drawn = Math.Min(columns.Count, features - columns.First);
        for (int row = 0; row < columns.Rows; row++)
        {
            nint at = (row * columns.Stride) + columns.First;
            float* from = x + at, to = y + at, factors = mask!.First + at;
            RandomStream stream = numbers;
            stream.FillMask(factors, total, first + ((long)row * features) + columns.First, drawn, 1 - rate, kept);
            for (int i = 0; i < columns.Count; i += width)
            {
                (Vector.Load(from + i) * Vector.Load(factors + i)).Store(to + i);
            }
        }
    }

    public override void Backward(float* y, float* slope, in Columns columns)
    {
        int width = Vector<float>.Count;
        for (int row = 0; row < columns.Rows; row++)
        {
            nint at = (row * columns.Stride) + columns.First;
            float* to = slope + at, factors = mask!.First + at;
            for (int i = 0; i < columns.Count; i += width)
            {
                (Vector.Load(to + i) * Vector.Load(factors + i)).Store(to + i);
            }
        }
    }

    public override void Dispose() => mask?.Dispose();
}
