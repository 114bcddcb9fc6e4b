using Cairn.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn;

/// <summary>
/// Computes gradients in one step of a custom training loop, and frees the tensors created in that step. TensorFlow: <c>GradientTape</c>.
/// </summary>
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
/// Disposing the tape frees all tensors created on this thread since its creation, including gradients;
/// <c>tensor.MoveToOuterDisposeScope()</c> keeps one. <c>Gradient</c> can be called several times. Within another tape, the computation of
/// gradients is recorded too, so the outer tape can compute second derivatives. Tensors are those of TorchSharp: <c>backward()</c>,
/// <c>no_grad()</c> and <c>detach()</c> work as usual.
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

    /// <summary>Starts recording.</summary>
    public GradientTape()
    {
        LibTorch.EnsureLoaded();
        outer = current;
        current = this;
        scope = NewDisposeScope();
        mode = is_grad_enabled() ? null : enable_grad();
    }

    /// <summary>
    /// Records the operations on a tensor that is not a weight, such as an input. Operations on trainable weights are always recorded.
    /// </summary>
    /// <param name="x">A tensor of floating-point numbers.</param>
    /// <returns>The same tensor.</returns>
    /// <exception cref="ArgumentException">The tensor does not contain floating-point numbers.</exception>
    public Tensor Watch(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (!x.is_floating_point())
        {
            throw new ArgumentException($"Only floating-point numbers have gradients; the type of x is {x.dtype}.", nameof(x));
        }

        if (!x.requires_grad)
        {
            x.requires_grad_(true);
            watched.Add(x);
        }

        return x;
    }

    /// <summary>Computes the gradients of a scalar with respect to weights.</summary>
    /// <param name="target">The scalar, such as a loss; for a tensor with axes, the sum of its elements.</param>
    /// <param name="sources">The weights, such as <c>model.TrainableWeights</c>.</param>
    /// <returns>A gradient per source, of the same shape; null if the target does not depend on the source.</returns>
    /// <exception cref="InvalidOperationException">The target does not depend on anything recorded.</exception>
    public Tensor?[] Gradient(Tensor target, IReadOnlyList<Variable> sources)
    {
        ArgumentNullException.ThrowIfNull(sources);
        return Gradient(target, [.. sources.Select(variable => variable.Stored)]);
    }

    /// <summary>Computes the gradients of a scalar with respect to tensors, such as inputs or outputs of layers.</summary>
    /// <inheritdoc cref="Gradient(Tensor, IReadOnlyList{Variable})" path="/*[self::remarks or self::returns or self::exception]"/>
    /// <param name="target">The scalar, such as a loss; for a tensor with axes, the sum of its elements.</param>
    /// <param name="sources">The tensors. Pass those that are not outputs of layers to <see cref="Watch"/> before using them.</param>
    public Tensor?[] Gradient(Tensor target, params IReadOnlyList<Tensor> sources)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(sources);
        ObjectDisposedException.ThrowIf(disposed, this);
        if (!target.requires_grad)
        {
            throw new InvalidOperationException(
                "The target does not depend on anything that the tape recorded. "
                + "Compute it while the tape is open, from trainable weights or from tensors passed to Watch.");
        }

        // libtorch rejects sources that were not recorded.
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

    /// <summary>Computes the gradient of a scalar with respect to a tensor, such as an input or an output of a layer.</summary>
    /// <param name="target">The scalar, such as a loss; for a tensor with axes, the sum of its elements.</param>
    /// <param name="source">The tensor. Pass it to <see cref="Watch"/> before using it, unless it is the output of a layer.</param>
    /// <returns>The gradient, of the same shape as the source.</returns>
    /// <exception cref="InvalidOperationException">The target does not depend on the source as far as recorded.</exception>
    public Tensor Gradient(Tensor target, Tensor source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Gradient(target, [source])[0] ?? throw new InvalidOperationException(
            "The target does not depend on the source. Pass the source to Watch before computing the target from it.");
    }

    /// <summary>Computes the gradient of a scalar with respect to one weight.</summary>
    /// <inheritdoc cref="Gradient(Tensor, Tensor)" path="/*[self::remarks or self::returns or self::exception]"/>
    /// <param name="target">The scalar, such as a loss; for a tensor with axes, the sum of its elements.</param>
    /// <param name="source">The weight.</param>
    public Tensor Gradient(Tensor target, Variable source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Gradient(target, source.Stored);
    }

    /// <summary>Stops recording and frees the tensors created since the tape was created.</summary>
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
