namespace Cairn.Training.Plan;

/// <summary>A part of a plan: it computes a value from others, and their gradients from its gradient.</summary>
/// <param name="inputs">What it reads.</param>
/// <param name="shape">The shape of a sample of what it computes.</param>
internal abstract class PlanNode(PlanValue[] inputs, Shape shape) : IDisposable
{
    private PlanValue? output;

    /// <summary>What it reads.</summary>
    public PlanValue[] Inputs => inputs;

    /// <summary>What it computes.</summary>
    public PlanValue Output => output ??= new PlanValue(shape, this);

    /// <summary>Its weights, if it computes with their memory.</summary>
    public virtual Variable[] Weights => [];

    /// <summary>Whether it trains weights of its own.</summary>
    public virtual bool IsTrained
    {
        get
        {
            foreach (Variable weight in Weights)
            {
                if (weight.Stored.requires_grad)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Whether the backward pass reads the output.</summary>
    public virtual bool NeedsOutput => true;

    /// <summary>Whether the output may take the memory of the first input, since nothing else needs it.</summary>
    public bool MayOverwrite => inputs[0] is { Readers: 1, IsTensor: false, Producer: { } before }
        && (before is SameNumbersNode ? before.MayOverwrite : !before.NeedsOutput);

    /// <summary>Called once all nodes are known and it is known which gradients are needed.</summary>
    public virtual void Prepare()
    {
    }

    /// <summary>Computes the output.</summary>
    public abstract void Forward(PlanStep step);

    /// <summary>Computes the gradients of the weights, and those of the inputs that need one.</summary>
    public abstract void Backward(PlanStep step);

    /// <summary>Frees the memory.</summary>
    public virtual void Dispose() => output?.Free();
}
