using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Optimizers;

/// <content>Steps with given gradients, for custom training loops.</content>
public abstract partial class Optimizer
{
    /// <summary>Updates variables with gradients, in one step. Keras: <c>apply</c>, <c>apply_gradients</c>.</summary>
    /// <remarks>
    /// State is created for variables that are new to the optimizer, so it can update any variables, including those of several models. The
    /// gradients are not changed.
    /// </remarks>
    /// <param name="gradients">A gradient for each variable, of the same shape; with null, the variable is not changed.</param>
    /// <param name="variables">The variables; null (default) for those that the optimizer was built with, in order.</param>
    /// <exception cref="ArgumentException">
    /// The numbers of gradients and variables differ, a shape differs, a variable occurs twice, or all gradients are null.
    /// </exception>
    public void Apply(IReadOnlyList<Tensor?> gradients, IReadOnlyList<Variable>? variables = null)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        variables ??= [.. Variables];
        Check(gradients, variables);
        var given = new HashSet<Variable>(variables, ReferenceEqualityComparer.Instance);
        if (given.Count < variables.Count)
        {
            throw new ArgumentException("A variable occurs twice.", nameof(variables));
        }

        if (!Built)
        {
            Build(variables);
        }
        else if (new HashSet<Variable>(Variables, ReferenceEqualityComparer.Instance) is var known && !given.IsSubsetOf(known))
        {
            UseVariables([.. Variables, .. variables.Where(variable => !known.Contains(variable))]);
        }

        // Gradients that backward() has stored in other variables belong to another step.
        (Variable Variable, Tensor Gradient)[] others =
            [.. Variables.Where(v => !given.Contains(v) && v.Value.grad is not null).Select(v => (v, v.Value.grad!))];
        foreach ((Variable other, _) in others)
        {
            other.Value.grad = null;
        }

        using (no_grad())
        {
            for (int i = 0; i < variables.Count; i++)
            {
                variables[i].Value.grad = gradients[i] is { } gradient ? Own(gradient, variables[i]) : null;
            }
        }

        Apply();
        foreach ((Variable other, Tensor gradient) in others)
        {
            other.Value.grad = gradient;
        }
    }

    /// <summary>
    /// Updates variables with gradients, given as pairs: <c>optimizer.ApplyGradients(gradients.Zip(model.TrainableWeights))</c>.
    /// </summary>
    /// <param name="gradientsAndVariables">The pairs; with a null gradient, the variable is not changed.</param>
    /// <exception cref="ArgumentException">A shape differs, a variable occurs twice, or all gradients are null.</exception>
    public void ApplyGradients(IEnumerable<(Tensor? Gradient, Variable Variable)> gradientsAndVariables)
    {
        ArgumentNullException.ThrowIfNull(gradientsAndVariables);
        (Tensor? Gradient, Variable Variable)[] pairs = [.. gradientsAndVariables];
        Apply(Array.ConvertAll(pairs, pair => pair.Gradient), Array.ConvertAll(pairs, pair => pair.Variable));
    }

    /// <summary>
    /// Multiplies the loss by the scale by which <see cref="Apply(IReadOnlyList{Tensor}, IReadOnlyList{Variable})"/> divides the gradients;
    /// returns it unchanged if there is no scale. Keras: <c>scale_loss</c>.
    /// </summary>
    /// <param name="loss">The loss.</param>
    public Tensor ScaleLoss(Tensor loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        return LossScaleFactor is { } factor ? loss * Held((float)factor) : loss;
    }

    private static void Check(IReadOnlyList<Tensor?> gradients, IReadOnlyList<Variable> variables)
    {
        if (gradients.Count != variables.Count)
        {
            throw new ArgumentException($"Got {gradients.Count} gradients for {variables.Count} variables.", nameof(gradients));
        }

        for (int i = 0; i < gradients.Count; i++)
        {
            if (gradients[i] is { } gradient && !variables[i].Shape.Equals((Shape)gradient.shape))
            {
                throw new ArgumentException(
                    $"The variable '{variables[i].Path}' has the shape {variables[i].Shape}, but its gradient has "
                    + $"{(Shape)gradient.shape}.",
                    nameof(gradients));
            }
        }

        if (gradients.All(gradient => gradient is null))
        {
            throw new ArgumentException(
                $"No variable has a gradient: {string.Join(", ", variables.Take(10).Select(v => v.Path))}. The loss does not depend "
                + "on them.",
                nameof(gradients));
        }
    }

    // Clipping, accumulation and tensor formulas write to the gradients in place.
    private Tensor Own(Tensor gradient, Variable variable)
    {
        Tensor plain = gradient.detach().to(variable.Value.dtype).to(variable.Value.device);
        bool onlyRead = HasFusedPass && LossScaleFactor is null && accumulation is null && !clipping.IsActive && plain.is_contiguous()
            && plain.device.type == TorchSharp.DeviceType.CPU && Inner == this;
        return onlyRead ? plain : plain.contiguous().clone();
    }
}
