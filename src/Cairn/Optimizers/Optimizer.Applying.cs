using static TorchSharp.torch;

namespace Cairn.Optimizers;

/// <content>Steps with gradients that a user has: custom training loops.</content>
public abstract partial class Optimizer
{
    /// <summary>One step: changes variables by gradients. Keras: <c>apply</c>, <c>apply_gradients</c>.</summary>
    /// <remarks>
    /// State is made for variables that are new to the optimizer, so that it can serve any variables, of several models too. The gradients
    /// stay as they are.
    /// </remarks>
    /// <param name="gradients">A gradient for each variable, of its shape; null leaves the variable alone.</param>
    /// <param name="variables">The variables; null (default) for those the optimizer knows, in their order.</param>
    /// <exception cref="ArgumentException">
    /// The numbers of gradients and variables differ, a shape differs, a variable is given twice, or all gradients are null.
    /// </exception>
    public void Apply(IReadOnlyList<Tensor?> gradients, IReadOnlyList<Variable>? variables = null)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        variables ??= [.. Variables];
        Check(gradients, variables);
        var given = new HashSet<Variable>(variables, ReferenceEqualityComparer.Instance);
        if (given.Count < variables.Count)
        {
            throw new ArgumentException("A variable is given twice.", nameof(variables));
        }

        if (!Built)
        {
            Build(variables);
        }
        else if (new HashSet<Variable>(Variables, ReferenceEqualityComparer.Instance) is var known && !given.IsSubsetOf(known))
        {
            UseVariables([.. Variables, .. variables.Where(variable => !known.Contains(variable))]);
        }

        // What backward() has left in other variables is for another step.
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

    /// <summary>One step: changes variables by gradients, given in pairs:
    /// <c>optimizer.ApplyGradients(gradients.Zip(model.TrainableWeights))</c>.</summary>
    /// <param name="gradientsAndVariables">The pairs; null as the gradient leaves the variable alone.</param>
    /// <exception cref="ArgumentException">A shape differs, a variable is given twice, or all gradients are null.</exception>
    public void ApplyGradients(IEnumerable<(Tensor? Gradient, Variable Variable)> gradientsAndVariables)
    {
        ArgumentNullException.ThrowIfNull(gradientsAndVariables);
        (Tensor? Gradient, Variable Variable)[] pairs = [.. gradientsAndVariables];
        Apply(Array.ConvertAll(pairs, pair => pair.Gradient), Array.ConvertAll(pairs, pair => pair.Variable));
    }

    /// <summary>
    /// The loss multiplied with the scale that <see cref="Apply(IReadOnlyList{Tensor}, IReadOnlyList{Variable})"/> divides the gradients
    /// by; itself where there is no scale. Keras: <c>scale_loss</c>.
    /// </summary>
    /// <param name="loss">The loss.</param>
    public Tensor ScaleLoss(Tensor loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        return LossScaleFactor is { } factor ? loss * (float)factor : loss;
    }

    private static void Check(IReadOnlyList<Tensor?> gradients, IReadOnlyList<Variable> variables)
    {
        if (gradients.Count != variables.Count)
        {
            throw new ArgumentException($"{gradients.Count} gradients were given for {variables.Count} variables.", nameof(gradients));
        }

        for (int i = 0; i < gradients.Count; i++)
        {
            if (gradients[i] is { } gradient && !variables[i].Shape.Equals((Shape)gradient.shape))
            {
                throw new ArgumentException(
                    $"The variable '{variables[i].Path}' has the shape {variables[i].Shape} and its gradient {(Shape)gradient.shape}.",
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

    // Clipping, sums and formulas in tensor operations write into gradients.
    private Tensor Own(Tensor gradient, Variable variable)
    {
        Tensor plain = gradient.detach().to(variable.Value.dtype).to(variable.Value.device);
        bool onlyRead = HasFusedPass && LossScaleFactor is null && accumulation is null && !clipping.IsActive && plain.is_contiguous()
            && plain.device.type == TorchSharp.DeviceType.CPU && Inner == this;
        return onlyRead ? plain : plain.contiguous().clone();
    }
}
