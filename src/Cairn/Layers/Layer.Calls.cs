using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace Cairn.Layers;

// How a layer is called: with symbols while a model is put together, with tensors when it computes.
public abstract partial class Layer
{
    private int calls;

    /// <summary>Counts a call; gives the number of those before it.</summary>
    internal int CountCall() => calls++;

    /// <summary>
    /// Keras' names of the parameters of the layer's function that take tensors, in their order; one, <c>inputs</c>, by default. Files list
    /// what is given by position and what by name.
    /// </summary>
    internal virtual IReadOnlyList<string> CallParameters => ["inputs"];

    /// <summary>Which parameters a plain list of tensors is for: the first one, as a list, where there are several.</summary>
    internal virtual CallArguments ArgumentsFor(int count) => CallArguments.For(count);

    /// <summary>Whether the function has a parameter <c>mask</c>: Keras writes it down in every call, be it null.</summary>
    internal virtual bool TakesMask => false;

    /// <summary>Uses the layer in a functional model. The same layer used again shares its weights. Keras: <c>layer(x)</c>.</summary>
    /// <param name="input">What goes in; an <see cref="Input"/> becomes one by itself.</param>
    /// <returns>What comes out.</returns>
    /// <exception cref="ArgumentException">The layer can't take that shape, or takes several inputs.</exception>
    /// <exception cref="InvalidOperationException">The layer gives several outputs; see <see cref="ApplyMany"/>.</exception>
    public KerasTensor Apply(KerasTensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Single(Record([input], ArgumentsFor(1)));
    }

    /// <summary>
    /// Uses the layer in a functional model as in training or as in inference, whatever the rest of the model does: a part that was trained
    /// before stays as it is with <c>training: false</c>, dropout goes on in predictions with <c>training: true</c>. Keras:
    /// <c>layer(x, training=False)</c>.
    /// </summary>
    /// <param name="input">What goes in; an <see cref="Input"/> becomes one by itself.</param>
    /// <param name="training">Whether the layer, and all that it is made of, runs as in training.</param>
    /// <returns>What comes out.</returns>
    /// <exception cref="ArgumentException">The layer can't take that shape, or takes several inputs.</exception>
    /// <exception cref="InvalidOperationException">The layer gives several outputs.</exception>
    public KerasTensor Apply(KerasTensor input, bool training)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Single(Record([input], new CallArguments(ArgumentsFor(1).Tensors, new JsonObject { [CallArguments.Training] = training })));
    }

    /// <summary>Uses a layer of several inputs in a functional model. Keras: <c>layer([a, b])</c>.</summary>
    /// <param name="inputs">What goes in.</param>
    /// <returns>What comes out.</returns>
    /// <exception cref="ArgumentException">The layer can't take those shapes.</exception>
    /// <exception cref="InvalidOperationException">The layer gives several outputs; see <see cref="ApplyMany"/>.</exception>
    public KerasTensor Apply(params IReadOnlyList<KerasTensor> inputs) => Single(ApplyMany(inputs));

    /// <summary>Uses a layer of several outputs in a functional model, such as a model of several outputs or an LSTM that returns its state.</summary>
    /// <param name="inputs">What goes in.</param>
    /// <returns>What comes out, in the layer's order.</returns>
    /// <exception cref="ArgumentException">The layer can't take those shapes.</exception>
    public IReadOnlyList<KerasTensor> ApplyMany(params IReadOnlyList<KerasTensor> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return Record(inputs, ArgumentsFor(inputs.Count));
    }

    /// <summary>Computes the layer's function, from within the function of another layer or model.</summary>
    /// <param name="x">The input, batch axis first.</param>
    /// <param name="context">The context that the caller was given.</param>
    /// <returns>The output.</returns>
    public Tensor Apply(Tensor x, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (!Built)
        {
            BuildAtFirstCall([x], CallArguments.One, context);
        }

        return Forward(x, context);
    }

    /// <summary>The same as in training or as in inference, whatever the rest of the model does. Keras: <c>layer(x, training=False)</c>.</summary>
    /// <param name="x">The input, batch axis first.</param>
    /// <param name="context">The context that the caller was given.</param>
    /// <param name="training">Whether the layer, and all that it is made of, runs as in training.</param>
    /// <returns>The output.</returns>
    public Tensor Apply(Tensor x, CallContext context, bool training)
    {
        ArgumentNullException.ThrowIfNull(context);
        bool before = context.Training;
        context.Training = training;
        try
        {
            return Apply(x, context);
        }
        finally
        {
            context.Training = before;
        }
    }

    /// <summary>Computes the function of a layer with several inputs or outputs, from within the function of another layer or model.</summary>
    /// <param name="inputs">The inputs, batch axis first.</param>
    /// <param name="context">The context that the caller was given.</param>
    /// <returns>The outputs.</returns>
    public Tensor[] Apply(Tensor[] inputs, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(context);
        if (!Built)
        {
            BuildAtFirstCall(inputs, ArgumentsFor(inputs.Length), context);
        }

        return Forward(inputs, ArgumentsFor(inputs.Length), context);
    }

    /// <summary>The shapes that come out for several inputs; the layer's one output for its one input by default.</summary>
    /// <param name="inputShapes">The inputs' shapes, batch axes included.</param>
    /// <exception cref="ArgumentException">The layer can't take those shapes.</exception>
    public virtual IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        return [ComputeOutputShape(OneOf(inputShapes))];
    }

    /// <summary>The same where the layer's function has several parameters.</summary>
    internal virtual IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes, CallArguments arguments) =>
        ComputeOutputShapes(inputShapes);

    /// <summary>Makes the weights of a layer with several inputs; calls <see cref="Build(Shape)"/> with the one shape by default.</summary>
    /// <param name="inputShapes">The inputs' shapes, batch axes included.</param>
    protected virtual void Build(IReadOnlyList<Shape> inputShapes) => Build(OneOf(inputShapes));

    /// <summary>The same where the layer's function has several parameters.</summary>
    private protected virtual void Build(IReadOnlyList<Shape> inputShapes, CallArguments arguments) => Build(inputShapes);

    /// <summary>The function of a layer with several inputs or outputs; calls <see cref="Call(Tensor, CallContext)"/> with the one input by default.</summary>
    /// <param name="inputs">The inputs, batch axis first.</param>
    /// <param name="context">Whether this is training, the random numbers of this step, and masks.</param>
    protected virtual Tensor[] Call(Tensor[] inputs, CallContext context) => [Call(OneOf(inputs), context)];

    /// <summary>The same where the layer's function has several parameters.</summary>
    private protected virtual Tensor[] Call(Tensor[] inputs, CallArguments arguments, CallContext context) => Call(inputs, context);

    /// <summary>The layer's function without what goes with it: neither a price on the output nor a mask of it.</summary>
    internal Tensor CallAlone(Tensor x, CallContext context) => Call(x, context);

    /// <summary>Whether what comes out for a sample depends on the others, or may do so since the layer is not ours.</summary>
    internal virtual bool MixesSamples(CallContext context) =>
        GetType().Assembly != typeof(Layer).Assembly || Sublayers.Any(s => s.Layer.MixesSamples(context));

    internal Tensor Forward(Tensor x, CallContext context)
    {
        Tensor y = Call(x, context);
        if (ActivityRegularizer is not null)
        {
            context.AddLoss(ActivityRegularizer.Penalty(y) / y.shape[0]);
        }

        if (context.HasMasks || MakesMasks)
        {
            PropagateMasks([x], [y], context);
        }

        return y;
    }

    internal Tensor[] Forward(Tensor[] inputs, CallArguments arguments, CallContext context)
    {
        if (inputs.Length == 1 && !HasSeveralOutputs)
        {
            return [Forward(inputs[0], context)];
        }

        Tensor[] outputs = Call(inputs, arguments, context);
        if (ActivityRegularizer is not null)
        {
            foreach (Tensor y in outputs)
            {
                context.AddLoss(ActivityRegularizer.Penalty(y) / y.shape[0]);
            }
        }

        if (context.HasMasks || MakesMasks)
        {
            PropagateMasks(inputs, outputs, context);
        }

        return outputs;
    }

    /// <summary>Whether the layer's function gives several tensors; then <see cref="Call(Tensor[], CallContext)"/> is its function.</summary>
    internal virtual bool HasSeveralOutputs => OutputShapes.Count > 1;

    /// <summary>Records a use of the layer, its output shapes checked.</summary>
    internal IReadOnlyList<KerasTensor> Record(IReadOnlyList<KerasTensor> inputs, CallArguments arguments)
    {
        if (inputs.Count == 0 || inputs.Contains(null!))
        {
            throw new ArgumentException($"{ClassName} '{Name}' is given {(inputs.Count == 0 ? "no input" : "an input that is null")}.",
                nameof(inputs));
        }

        IReadOnlyList<Shape> outputShapes = ComputeOutputShapes([.. inputs.Select(i => i.Shape)], arguments);
        var call = new LayerCall(this, [.. inputs], arguments, outputShapes, ScalarType.Float32);
        return call.Outputs;
    }

    private KerasTensor Single(IReadOnlyList<KerasTensor> outputs) => outputs.Count == 1
        ? outputs[0]
        : throw new InvalidOperationException($"{ClassName} '{Name}' gives {outputs.Count} outputs; call ApplyMany for all of them.");

    private T OneOf<T>(IReadOnlyList<T> inputs) => inputs.Count == 1
        ? inputs[0]
        : throw new ArgumentException($"{ClassName} '{Name}' takes one input; it was given {inputs.Count}.", nameof(inputs));
}
