using System.Numerics;
using Cairn.Activations;
using Cairn.Layers;

namespace Cairn.Training.Plan;

/// <summary>An activation whose gradient follows from its output.</summary>
internal sealed unsafe class ActivationOperation : ColumnOperation
{
    private enum Kind
    {
        Relu,
        Sigmoid,
        Tanh,
    }

    private readonly Kind kind;

    private ActivationOperation(Kind kind) => this.kind = kind;

    /// <summary>Whether only the sign of the output is needed.</summary>
    public bool NeedsSignOnly => kind == Kind.Relu;

    public override bool NeedsOutput => true;

    /// <summary>Creates the operation for a function, or returns null.</summary>
    public static ActivationOperation? For(ActivationFunction function) =>
        function.Is("relu") ? new ActivationOperation(Kind.Relu)
        : function.Is("sigmoid") ? new ActivationOperation(Kind.Sigmoid)
        : function.Is("tanh") ? new ActivationOperation(Kind.Tanh)
        : null;

    public override void Forward(float* x, float* y, in Columns columns)
    {
        int width = Vector<float>.Count;
        for (int row = 0; row < columns.Rows; row++)
        {
            float* from = x + (row * columns.Stride) + columns.First, to = y + (row * columns.Stride) + columns.First;
            for (int i = 0; i < columns.Count; i += width)
            {
                var value = Vector.Load(from + i);
                Vector<float> result = kind switch
                {
                    // NaN stays NaN.
                    Kind.Relu => Vector.ConditionalSelect(Vector.LessThan(value, Vector<float>.Zero), Vector<float>.Zero, value),
                    Kind.Sigmoid => GateFunctions.Sigmoid(value),
                    _ => GateFunctions.Tanh(value),
                };
                result.Store(to + i);
            }
        }
    }

    public override void Backward(float* y, float* slope, in Columns columns)
    {
        int width = Vector<float>.Count;
        for (int row = 0; row < columns.Rows; row++)
        {
            float* value = y + (row * columns.Stride) + columns.First, to = slope + (row * columns.Stride) + columns.First;
            for (int i = 0; i < columns.Count; i += width)
            {
                Vector<float> v = Vector.Load(value + i), g = Vector.Load(to + i);
                Vector<float> result = kind switch
                {
                    Kind.Relu => Vector.ConditionalSelect(Vector.LessThanOrEqual(v, Vector<float>.Zero), Vector<float>.Zero, g),
                    Kind.Sigmoid => g * (Vector<float>.One - v) * v,
                    _ => g * (Vector<float>.One - (v * v)),
                };
                result.Store(to + i);
            }
        }
    }
}
