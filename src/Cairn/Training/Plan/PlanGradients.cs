using Cairn.Native;
using Cairn.Replication;
using static TorchSharp.torch;

namespace Cairn.Training.Plan;

/// <summary>The gradients of a step: new tensors, as the backward pass of libtorch creates them.</summary>
internal sealed unsafe class PlanGradients
{
    private readonly List<(Variable Variable, Tensor Gradient)> made = [];
    private IReplication? replication;

    /// <summary>The memory of a variable's values; null for no variable.</summary>
    public static float* PointerTo(Variable? variable) => variable is null ? null : (float*)TensorMemory.PointerTo(variable.Stored);

    /// <summary>Begins a step.</summary>
    /// <param name="with">The processes that train together, or null.</param>
    public void Begin(IReplication? with)
    {
        replication = with;

        // Those of a step that failed.
        foreach ((Variable _, Tensor gradient) in made)
        {
            gradient.Dispose();
        }

        made.Clear();
    }

    /// <summary>Creates the gradient of a variable, to be filled; null if it needs none.</summary>
    public float* For(Variable? variable)
    {
        if (variable is null || !variable.Stored.requires_grad)
        {
            return null;
        }

        Tensor gradient = Shared(variable) ?? empty_like(variable.Stored, requires_grad: false);
        made.Add((variable, gradient));
        return (float*)TensorMemory.PointerTo(gradient);
    }

    /// <summary>Gives the variables their gradients, or adds them to those that they have.</summary>
    public void Deliver()
    {
        foreach ((Variable variable, Tensor gradient) in made)
        {
            if (replication?.TryTake(variable, gradient) == true)
            {
                gradient.Dispose();
                continue;
            }

            if (variable.Stored.grad is { } before)
            {
                using IDisposable _ = no_grad();
                gradient.add_(before, HeldScalar.Held(1));
                before.Dispose();
            }

            variable.Stored.grad = gradient;
            gradient.Dispose();
        }

        made.Clear();
    }

    // Only the first gradient of a variable in a step has a place there.
    private Tensor? Shared(Variable variable) =>
        replication is null || variable.Stored.grad is not null || made.Exists(one => one.Variable == variable)
            ? null
            : replication.NewGradient(variable);
}
