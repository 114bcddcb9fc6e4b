using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Cairn.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Wraps a C# function as a layer. Keras: <c>layers.Lambda</c>.</summary>
/// <remarks>
/// For a model that is to be saved, derive a class from <see cref="Layer"/> instead: a function can't be written to a file, and code from a
/// file is never run. A Lambda that replaces one from a file (see <see cref="LambdaFunctions"/>) is saved unchanged.
/// </remarks>
public sealed class Lambda : Layer
{
    private readonly Func<Tensor[], CallContext, Tensor> function;
    private readonly Func<Shape, Shape>? outputShape;
    private readonly Func<IReadOnlyList<Shape>, Shape>? shapeOfAll;
    private readonly int? inputCount;
    private readonly JsonObject? saved;

    /// <summary>Creates a layer from a function.</summary>
    /// <param name="function">The function of the input, batch axis first; libtorch computes its gradient.</param>
    /// <param name="outputShape">Computes the output shape from the input shape, batch included; by default the function is run on zeros to
    /// find it.</param>
    /// <param name="name">Unique name, or null for <c>lambda</c>, <c>lambda_1</c>, …</param>
    public Lambda(Func<Tensor, Tensor> function, Func<Shape, Shape>? outputShape = null, string? name = null)
        : this(Wrapped(function), outputShape, name)
    {
    }

    /// <summary>Creates a layer from a function that uses the context of its call, for example the training mode.</summary>
    /// <param name="function">The function of the input, batch axis first, and the context.</param>
    /// <param name="outputShape">Computes the output shape from the input shape, batch included; by default the function is run on zeros to
    /// find it.</param>
    /// <param name="name">Unique name, or null for <c>lambda</c>, <c>lambda_1</c>, …</param>
    public Lambda(Func<Tensor, CallContext, Tensor> function, Func<Shape, Shape>? outputShape = null, string? name = null)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(function);
        this.function = (x, context) => function(x[0], context);
        inputCount = 1;
        this.outputShape = outputShape;
    }

    /// <summary>Creates a layer from a function of two inputs: <c>new Lambda((a, b) => a - b).Apply(left, right)</c>.</summary>
    /// <param name="function">The function of the inputs, batch axis first.</param>
    /// <param name="outputShape">
    /// Returns the output shape for the input shapes, including the batch axis. By default, the function is called on zeros to infer it.
    /// </param>
    /// <param name="name">Unique name, or null for <c>lambda</c>, <c>lambda_1</c>, …</param>
    [OverloadResolutionPriority(-1)]
    public Lambda(Func<Tensor, Tensor, Tensor> function, Func<IReadOnlyList<Shape>, Shape>? outputShape = null, string? name = null)
        : this(Wrapped(function), 2, outputShape, name)
    {
    }

    /// <summary>Creates a layer from a function of three inputs.</summary>
    /// <inheritdoc cref="Lambda(Func{Tensor, Tensor, Tensor}, Func{IReadOnlyList{Shape}, Shape}?, string?)"/>
    [OverloadResolutionPriority(-1)]
    public Lambda(Func<Tensor, Tensor, Tensor, Tensor> function, Func<IReadOnlyList<Shape>, Shape>? outputShape = null, string? name = null)
        : this(Wrapped(function), 3, outputShape, name)
    {
    }

    /// <summary>Creates a layer from a function of any number of inputs: <c>new Lambda((Tensor[] x) => x[0] - x[1])</c>.</summary>
    /// <inheritdoc cref="Lambda(Func{Tensor, Tensor, Tensor}, Func{IReadOnlyList{Shape}, Shape}?, string?)"/>
    [OverloadResolutionPriority(-1)]
    public Lambda(Func<Tensor[], Tensor> function, Func<IReadOnlyList<Shape>, Shape>? outputShape = null, string? name = null)
        : this(function, null, outputShape, name)
    {
    }

    private Lambda(Func<Tensor[], Tensor> function, int? inputCount, Func<IReadOnlyList<Shape>, Shape>? outputShape, string? name)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(function);
        this.function = (x, _) => function(x);
        this.inputCount = inputCount;
        shapeOfAll = outputShape;
    }

    /// <summary>Creates a layer from a function that replaces a layer of a file.</summary>
    /// <param name="function">The function of all inputs.</param>
    /// <param name="saved">Keras' envelope of the layer, which is written back unchanged.</param>
    /// <param name="name">The layer's name.</param>
    internal Lambda(Func<Tensor[], Tensor> function, JsonObject saved, string? name)
        : base(name)
    {
        this.function = (x, _) => function(x);
        this.saved = saved;
    }

    /// <inheritdoc/>
    public override string ClassName =>
        saved?["class_name"] is JsonValue value && value.TryGetValue(out string? className) ? className : base.ClassName;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        return outputShape is not null ? outputShape(inputShape) : ComputeOutputShapes([inputShape])[0];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        if (inputCount is { } count && inputShapes.Count != count)
        {
            throw new ArgumentException(
                $"The function of the Lambda '{Name}' takes {count} input{(count == 1 ? "" : "s")}; got {inputShapes.Count}. "
                + "Use (Tensor[] x) => … for any number of inputs.",
                nameof(inputShapes));
        }

        if (outputShape is not null)
        {
            return [outputShape(inputShapes[0])];
        }

        if (shapeOfAll is not null)
        {
            return [shapeOfAll(inputShapes)];
        }

        // Axes of unknown size are tried with two different sizes; output axes whose sizes differ are unknown too.
        Shape small = TryOut(inputShapes, 2);
        if (inputShapes.All(shape => shape.IsFullyKnown))
        {
            return [small];
        }

        Shape large = TryOut(inputShapes, 3);
        return [[.. small.Select((size, axis) => size == large[axis] ? size : Shape.None)]];
    }

    internal override bool MixesSamples(CallContext context) => true;

    internal override bool MayAddLosses => true;

    internal override bool HasUserCode => true;

    internal override string? UserAssembly => function.Method.Module.Assembly.GetName().Name;

    /// <inheritdoc/>
    protected override void Build(IReadOnlyList<Shape> inputShapes)
    {
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => function([x], context);

    /// <inheritdoc/>
    protected override Tensor[] Call(Tensor[] inputs, CallContext context) => [function(inputs, context)];

    private protected override JsonObject ConfigFor(bool legacy)
    {
        if (saved?["config"] is not JsonObject config)
        {
            return base.ConfigFor(legacy);
        }

        var copy = (JsonObject)config.DeepClone();
        copy["name"] = Name;

        // Keras 2 stored the code in a list, Keras 3 stores it in an envelope.
        if (!legacy && ClassName == "Lambda" && copy["function"] is JsonArray { Count: 3 } code)
        {
            copy["function"] = new JsonObject
            {
                ["class_name"] = "__lambda__",
                ["config"] = new JsonObject
                {
                    ["code"] = code[0]?.DeepClone(),
                    ["defaults"] = code[1]?.DeepClone(),
                    ["closure"] = code[2]?.DeepClone()
                },
            };
            foreach (string key in (ReadOnlySpan<string>)["function_type", "module", "output_shape_type", "output_shape_module"])
            {
                copy.Remove(key);
            }
        }

        return copy;
    }

    private protected override void CompleteEnvelope(JsonObject envelope)
    {
        base.CompleteEnvelope(envelope);
        if (saved is null)
        {
            return;
        }

        foreach (string key in (ReadOnlySpan<string>)["module", "registered_name"])
        {
            if (saved.ContainsKey(key))
            {
                envelope[key] = saved[key]?.DeepClone();
            }
        }
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config) => throw new NotSupportedException(
        $"The Lambda '{Name}' can't be saved: a C# function can't be written to a file. Derive a class from Layer, or save only the "
        + "weights (SaveWeights).");

    private static Func<Tensor, CallContext, Tensor> Wrapped(Func<Tensor, Tensor> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return (x, _) => function(x);
    }

    private static Func<Tensor[], Tensor> Wrapped(Func<Tensor, Tensor, Tensor> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return x => function(x[0], x[1]);
    }

    private static Func<Tensor[], Tensor> Wrapped(Func<Tensor, Tensor, Tensor, Tensor> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return x => function(x[0], x[1], x[2]);
    }

    private Shape TryOut(IReadOnlyList<Shape> inputShapes, long unknown)
    {
        Native.LibTorch.EnsureLoaded();
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        using var context = new CallContext(training: false, 0, CPU);
        return function(
            [.. inputShapes.Select(shape => zeros([.. shape.Select(size => size == Shape.None ? unknown : size)], ScalarType.Float32))],
            context).shape;
    }
}
