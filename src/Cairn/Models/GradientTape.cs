using Cairn.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn;

/// <summary>One step of a custom loop: gives gradients, and frees the tensors that were made in it. TensorFlow:
/// <c>GradientTape</c>.</summary>
/// <remarks>
/// <code>
/// for (int step = 0; step &lt; steps; step++)
/// {
///     using var tape = new GradientTape();
///     Tensor loss = lossFunction.Compute(y, model.Call(x, training: true));
///     Tensor?[] gradients = tape.Gradient(loss, model.TrainableWeights);
///     optimizer.Apply(gradients, model.TrainableWeights);
/// }
/// </code>
/// All tensors made in this thread until it is disposed are freed then, gradients too; <c>tensor.MoveToOuterDisposeScope()</c> keeps one.
/// Several gradients can be asked for. Within another tape the way to the gradients is recorded as well, so that the outer one gives second
/// derivatives. Tensors are those of TorchSharp: <c>backward()</c>, <c>no_grad()</c> and <c>detach()</c> do what they always do.
/// </remarks>
public sealed class GradientTape : IDisposable
{
    [ThreadStatic]
    private static GradientTape? current;

    private readonly GradientTape? outer;
    private readonly DisposeScope scope;
    private readonly IDisposable? mode;
    private readonly List<Tensor> watched = [];
    private bool disposed;

    /// <summary>Begins to record.</summary>
    public GradientTape()
    {
        LibTorch.EnsureLoaded();
        outer = current;
        current = this;
        scope = NewDisposeScope();
        mode = is_grad_enabled() ? null : enable_grad();
    }

    /// <summary>
    /// Records what is done with a tensor that is no weight, such as an input. What layers give from weights is recorded by itself.
    /// </summary>
    /// <param name="x">Floating-point numbers.</param>
    /// <returns>The same tensor.</returns>
    /// <exception cref="ArgumentException">Whole numbers have no gradients.</exception>
    public Tensor Watch(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (!x.is_floating_point())
        {
            throw new ArgumentException($"Only floating-point numbers have gradients; x holds {x.dtype}.", nameof(x));
        }

        if (!x.requires_grad)
        {
            x.requires_grad_(true);
            watched.Add(x);
        }

        return x;
    }

    /// <summary>The gradients of a number with respect to weights.</summary>
    /// <param name="target">The number, such as a loss; where it has axes, the sum of its elements.</param>
    /// <param name="sources">The weights, such as <c>model.TrainableWeights</c>.</param>
    /// <returns>One for each weight, of its shape; null where the number does not depend on it.</returns>
    /// <exception cref="InvalidOperationException">The number depends on nothing that was recorded.</exception>
    public Tensor?[] Gradient(Tensor target, IReadOnlyList<Variable> sources)
    {
        ArgumentNullException.ThrowIfNull(sources);
        return Gradient(target, [.. sources.Select(variable => variable.Value)]);
    }

    /// <summary>The gradients of a number with respect to tensors, such as inputs or outputs of layers.</summary>
    /// <inheritdoc cref="Gradient(Tensor, IReadOnlyList{Variable})"/>
    /// <param name="target">The number, such as a loss; where it has axes, the sum of its elements.</param>
    /// <param name="sources">The tensors; those that do not come out of layers are given to <see cref="Watch"/> before they are
    /// used.</param>
    public Tensor?[] Gradient(Tensor target, params IReadOnlyList<Tensor> sources)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(sources);
        ObjectDisposedException.ThrowIf(disposed, this);
        if (!target.requires_grad)
        {
            throw new InvalidOperationException(
                "The target depends on nothing that was recorded. "
                + "Compute it within the tape, from trainable weights or from tensors given to Watch.");
        }

        // What is not recorded can't be asked for.
        Tensor[] recorded = [.. sources.Where(source => source.requires_grad)];
        var gradients = new Tensor?[sources.Count];
        if (recorded.Length == 0)
        {
            return gradients;
        }

        IList<Tensor> found = autograd.grad(
            [target], recorded, [target.dim() == 0 ? ones([], target.dtype, target.device) : ones_like(target)],
            retain_graph: true, create_graph: outer is not null, allow_unused: true);
        for (int i = 0, next = 0; i < gradients.Length; i++)
        {
            if (sources[i].requires_grad && found[next++] is { IsInvalid: false } gradient)
            {
                gradients[i] = gradient;
            }
        }

        return gradients;
    }

    /// <summary>The gradient of a number with respect to a tensor, such as an input or an output of a layer.</summary>
    /// <param name="target">The number; where it has axes, the sum of its elements.</param>
    /// <param name="source">The tensor; one that does not come out of a layer is given to <see cref="Watch"/> before it is used.</param>
    /// <returns>The gradient, of the tensor's shape.</returns>
    /// <exception cref="InvalidOperationException">The number does not depend on the tensor as far as it was recorded.</exception>
    public Tensor Gradient(Tensor target, Tensor source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Gradient(target, [source])[0] ?? throw new InvalidOperationException(
            "The target does not depend on the source. Give the source to Watch before the target is computed from it.");
    }

    /// <summary>The gradient of a number with respect to one weight.</summary>
    /// <inheritdoc cref="Gradient(Tensor, Tensor)"/>
    /// <param name="target">The number; where it has axes, the sum of its elements.</param>
    /// <param name="source">The weight.</param>
    public Tensor Gradient(Tensor target, Variable source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Gradient(target, source.Value);
    }

    /// <summary>Ends the recording and frees the tensors that were made since it began.</summary>
    public void Dispose()
    {
        if (disposed)
        {
            return;
        }

        disposed = true;
        foreach (Tensor x in watched.Where(x => !x.IsInvalid && x.is_leaf))
        {
            x.requires_grad_(false);
        }

        mode?.Dispose();
        scope.Dispose();
        current = outer;
    }
}
