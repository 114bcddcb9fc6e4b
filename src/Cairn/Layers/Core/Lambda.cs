using System.Text.Json.Nodes;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>A C# function as a layer. Keras: <c>layers.Lambda</c>.</summary>
/// <remarks>
/// For a model that is to be saved, derive a class from <see cref="Layer"/> instead: a function can't be written into a file, and code out of a
/// file is not run.
/// </remarks>
public sealed class Lambda : Layer
{
    private readonly Func<Tensor, CallContext, Tensor> function;
    private readonly Func<Shape, Shape>? outputShape;

    /// <summary>Makes a layer of a function.</summary>
    /// <param name="function">The function of the input, batch axis first; libtorch finds its gradient.</param>
    /// <param name="outputShape">The output's shape for an input's shape, batch included; by default it is tried out on zeros.</param>
    /// <param name="name">Unique name, or null for <c>lambda</c>, <c>lambda_1</c>, …</param>
    public Lambda(Func<Tensor, Tensor> function, Func<Shape, Shape>? outputShape = null, string? name = null)
        : this(Wrapped(function), outputShape, name)
    {
    }

    /// <summary>Makes a layer of a function that looks at the context of its call, such as whether this is training.</summary>
    /// <param name="function">The function of the input, batch axis first, and the context.</param>
    /// <param name="outputShape">The output's shape for an input's shape, batch included; by default it is tried out on zeros.</param>
    /// <param name="name">Unique name, or null for <c>lambda</c>, <c>lambda_1</c>, …</param>
    public Lambda(Func<Tensor, CallContext, Tensor> function, Func<Shape, Shape>? outputShape = null, string? name = null)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(function);
        this.function = function;
        this.outputShape = outputShape;
    }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        if (outputShape is not null)
        {
            return outputShape(inputShape);
        }

        // Axes of unknown size get two different ones; where the output differs, its size is unknown, too.
        Shape small = TryOut(inputShape, 2);
        if (inputShape.IsFullyKnown)
        {
            return small;
        }

        Shape large = TryOut(inputShape, 3);
        return [.. small.Select((size, axis) => size == large[axis] ? size : Shape.None)];
    }

    internal override bool MixesSamples(CallContext context) => true;

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => function(x, context);

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config) => throw new NotSupportedException(
        $"The Lambda '{Name}' can't be saved: a C# function can't be written into a file. Derive a layer from Layer, or save the weights only (SaveWeights).");

    private static Func<Tensor, CallContext, Tensor> Wrapped(Func<Tensor, Tensor> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return (x, _) => function(x);
    }

    private Shape TryOut(Shape inputShape, long unknown)
    {
        Native.LibTorch.EnsureLoaded();
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        using var context = new CallContext(training: false, 0, CPU);
        long[] sizes = [.. inputShape.Select(size => size == Shape.None ? unknown : size)];
        return function(zeros(sizes, ScalarType.Float32), context).shape;
    }
}
