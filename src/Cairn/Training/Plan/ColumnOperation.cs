using Cairn.Layers;

namespace Cairn.Training.Plan;

/// <summary>An operation on a matrix of samples and features that needs only some columns at a time: all rows of them.</summary>
/// <remarks>Threads run it on different columns at the same time.</remarks>
internal abstract unsafe class ColumnOperation
{
    /// <summary>Whether the backward pass needs the output.</summary>
    public virtual bool NeedsOutput => false;

    /// <summary>Whether the output may overwrite the input, which is the output of another operation.</summary>
    /// <param name="before">That operation; null for a product.</param>
    public virtual bool CanOverwrite(ColumnOperation? before) => before is not { NeedsOutput: true };

    /// <summary>Makes room for a number of rows.</summary>
    public virtual void Resize(int rows, int columns)
    {
    }

    /// <summary>Begins a step.</summary>
    public virtual void Begin(CallContext context, int rows)
    {
    }

    /// <summary>Prepares the gradients of the operation's weights.</summary>
    public virtual void BeginBackward(PlanGradients gradients)
    {
    }

    /// <summary>Computes the output of some columns.</summary>
    public abstract void Forward(float* x, float* y, in Columns columns);

    /// <summary>Replaces the gradient of the output by that of the input.</summary>
    /// <param name="y">The output.</param>
    /// <param name="slope">The gradient.</param>
    /// <param name="columns">The columns.</param>
    public abstract void Backward(float* y, float* slope, in Columns columns);

    /// <summary>Frees the memory.</summary>
    public virtual void Dispose()
    {
    }
}
