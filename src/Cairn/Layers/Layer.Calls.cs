using System.Text.Json.Nodes;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

// How a layer is called: with symbolic tensors while a model is defined, with tensors when it computes.
public abstract partial class Layer
{
    private int calls;

    /// <summary>Counts a call and returns the number of calls before it.</summary>
    internal int CountCall() => calls++;

    /// <summary>
    /// Keras' names of the parameters that take tensors, in order; by default the one parameter <c>inputs</c>. Files distinguish positional
    /// from keyword arguments.
    /// </summary>
    internal virtual IReadOnlyList<string> CallParameters => ["inputs"];

    /// <summary>How a plain list of tensors maps to the parameters: several tensors go to the first parameter, as a list.</summary>
    internal virtual CallArguments ArgumentsFor(int count) => CallArguments.For(count);

    /// <summary>Whether the function has a parameter <c>mask</c>: Keras writes it in every call, even if it is null.</summary>
    internal virtual bool TakesMask => false;

    /// <summary>Applies the layer in a functional model. Applying it again shares its weights. Keras: <c>layer(x)</c>.</summary>
    /// <param name="input">The input; an <see cref="Input"/> converts to it implicitly.</param>
    /// <returns>The output.</returns>
    /// <exception cref="ArgumentException">The layer can't take that shape, or takes several inputs.</exception>
    /// <exception cref="InvalidOperationException">The layer has several outputs; see <see cref="ApplyMany"/>.</exception>
    public KerasTensor Apply(KerasTensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Single(Record([input], ArgumentsFor(1)));
    }

    /// <summary>
    /// Applies the layer in a functional model in a fixed mode, whatever mode the model runs in: a pretrained part stays in inference mode
    /// with <c>training: false</c>, and dropout stays active in predictions with <c>training: true</c>. Keras:
    /// <c>layer(x, training=False)</c>.
    /// </summary>
    /// <param name="input">The input; an <see cref="Input"/> converts to it implicitly.</param>
    /// <param name="training">Whether the layer and its sublayers run in training mode.</param>
    /// <returns>The output.</returns>
    /// <exception cref="ArgumentException">The layer can't take that shape, or takes several inputs.</exception>
    /// <exception cref="InvalidOperationException">The layer has several outputs.</exception>
    public KerasTensor Apply(KerasTensor input, bool training)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Single(Record([input], new CallArguments(ArgumentsFor(1).Tensors, new JsonObject { [CallArguments.Training] = training })));
    }

    /// <summary>Applies a layer with several inputs in a functional model. Keras: <c>layer([a, b])</c>.</summary>
    /// <param name="inputs">The inputs.</param>
    /// <returns>The output.</returns>
    /// <exception cref="ArgumentException">The layer can't take those shapes.</exception>
    /// <exception cref="InvalidOperationException">The layer has several outputs; see <see cref="ApplyMany"/>.</exception>
    public KerasTensor Apply(params IReadOnlyList<KerasTensor> inputs) => Single(ApplyMany(inputs));

    /// <summary>
    /// Applies a layer with several outputs in a functional model, such as a model with several outputs or an LSTM that returns its state.
    /// </summary>
    /// <param name="inputs">The inputs.</param>
    /// <returns>The outputs, in the layer's order.</returns>
    /// <exception cref="ArgumentException">The layer can't take those shapes.</exception>
    public IReadOnlyList<KerasTensor> ApplyMany(params IReadOnlyList<KerasTensor> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return Record(inputs, ArgumentsFor(inputs.Count));
    }

    /// <summary>Calls the layer on a tensor, from within the function of another layer or model.</summary>
    /// <param name="x">The input, batch axis first.</param>
    /// <param name="context">The context that was passed to the caller.</param>
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

    /// <summary>
    /// Calls the layer in a fixed mode, training or inference, whatever mode the model runs in. Keras: <c>layer(x, training=False)</c>.
    /// </summary>
    /// <param name="x">The input, batch axis first.</param>
    /// <param name="context">The context that was passed to the caller.</param>
    /// <param name="training">Whether the layer and its sublayers run in training mode.</param>
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

    /// <summary>Calls a layer with several inputs or outputs, from within the function of another layer or model.</summary>
    /// <param name="inputs">The inputs, batch axis first.</param>
    /// <param name="context">The context that was passed to the caller.</param>
    /// <returns>The outputs.</returns>
    public Tensor[] Apply(Tensor[] inputs, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return Compute(inputs, ArgumentsFor(inputs.Length), context);
    }

    /// <summary>Computes the output shapes for several inputs; by default the single output shape for a single input.</summary>
    /// <param name="inputShapes">The inputs' shapes, batch axes included.</param>
    /// <exception cref="ArgumentException">The layer can't take those shapes.</exception>
    public virtual IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        return [ComputeOutputShape(OneOf(inputShapes))];
    }

    /// <summary>The overload for layers whose function has several parameters.</summary>
    internal virtual IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes, CallArguments arguments) =>
        ComputeOutputShapes(inputShapes);

    /// <summary>
    /// Creates the weights of a layer with several inputs; calls <see cref="Build(Shape)"/> with the single shape by default.
    /// </summary>
    /// <param name="inputShapes">The inputs' shapes, batch axes included.</param>
    protected virtual void Build(IReadOnlyList<Shape> inputShapes) => Build(OneOf(inputShapes));

    /// <summary>The overload for layers whose function has several parameters.</summary>
    private protected virtual void Build(IReadOnlyList<Shape> inputShapes, CallArguments arguments) => Build(inputShapes);

    /// <summary>
    /// The function of a layer with several inputs or outputs; calls <see cref="Call(Tensor, CallContext)"/> with the single input by
    /// default.
    /// </summary>
    /// <param name="inputs">The inputs, batch axis first.</param>
    /// <param name="context">Training mode, random numbers and masks of this step.</param>
    protected virtual Tensor[] Call(Tensor[] inputs, CallContext context) => [Call(OneOf(inputs), context)];

    /// <summary>The overload for layers whose function has several parameters.</summary>
    private protected virtual Tensor[] Call(Tensor[] inputs, CallArguments arguments, CallContext context) => Call(inputs, context);

    /// <summary>The layer's function alone, without activity regularization and without a mask of the output.</summary>
    internal Tensor CallAlone(Tensor x, CallContext context) => Call(x, context);

    /// <summary>Whether the output of a sample depends on other samples, or may do so because the layer is user-defined.</summary>
    internal virtual bool MixesSamples(CallContext context) =>
        GetType().Assembly != typeof(Layer).Assembly || Sublayers.Any(s => s.Layer.MixesSamples(context));

    /// <summary>
    /// Computes the layer's function, after creating its weights in the first call. All <c>Apply</c> overloads on tensors end here.
    /// </summary>
    private protected Tensor[] Compute(Tensor[] inputs, CallArguments arguments, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (!Built)
        {
            BuildAtFirstCall(inputs, arguments, context);
        }

        return Forward(inputs, arguments, context);
    }

    internal Tensor Forward(Tensor x, CallContext context)
    {
        context.Observer?.Began(this, [x]);
        context.Depth++;
        Tensor y;
        try
        {
            y = RecomputesIn(context) ? CallTwice(x, context) : CallByPolicy(x, context);
        }
        catch (LayerException passing) when (passing.PassesBy(this))
        {
            throw;
        }
        catch (Exception exception) when (LayerFailure.IsUnexplained(exception, this))
        {
            throw new LayerException(this, [x], exception);
        }

        context.Depth--;
        if (ActivityRegularizer is not null)
        {
            context.AddLoss(ActivityRegularizer.Penalty(y) / Held(y.shape[0]));
        }

        if (context.HasMasks || MakesMasks)
        {
            PropagateMasks([x], [y], context);
        }

        context.Observer?.Ended(this, [y]);
        return y;
    }

    internal Tensor[] Forward(Tensor[] inputs, CallArguments arguments, CallContext context)
    {
        if (inputs.Length == 1 && !HasSeveralOutputs)
        {
            return [Forward(inputs[0], context)];
        }

        context.Observer?.Began(this, inputs);
        context.Depth++;
        Tensor[] outputs;
        try
        {
            outputs = RecomputesIn(context) ? CallTwice(inputs, arguments, context) : CallByPolicy(inputs, arguments, context);
        }
        catch (LayerException passing) when (passing.PassesBy(this))
        {
            throw;
        }
        catch (Exception exception) when (LayerFailure.IsUnexplained(exception, this))
        {
            throw new LayerException(this, inputs, exception);
        }

        context.Depth--;
        if (ActivityRegularizer is not null)
        {
            foreach (Tensor y in outputs)
            {
                context.AddLoss(ActivityRegularizer.Penalty(y) / Held(y.shape[0]));
            }
        }

        if (context.HasMasks || MakesMasks)
        {
            PropagateMasks(inputs, outputs, context);
        }

        context.Observer?.Ended(this, outputs);
        return outputs;
    }

    /// <summary>
    /// Whether the layer's function returns several tensors; <see cref="Call(Tensor[], CallContext)"/> is then its function.
    /// </summary>
    internal virtual bool HasSeveralOutputs => OutputShapes.Count > 1;

    /// <summary>Records a call of the layer and checks its output shapes.</summary>
    internal IReadOnlyList<KerasTensor> Record(IReadOnlyList<KerasTensor> inputs, CallArguments arguments)
    {
        if (inputs.Count == 0 || inputs.Contains(null!))
        {
            throw new ArgumentException($"{ClassName} '{Name}' got {(inputs.Count == 0 ? "no input" : "a null input")}.", nameof(inputs));
        }

        IReadOnlyList<Shape> outputShapes = ComputeOutputShapes([.. inputs.Select(i => i.Shape)], arguments);
        var call = new LayerCall(this, [.. inputs], arguments, outputShapes, ScalarType.Float32);
        return call.Outputs;
    }

    private KerasTensor Single(IReadOnlyList<KerasTensor> outputs) => outputs.Count == 1
        ? outputs[0]
        : throw new InvalidOperationException($"{ClassName} '{Name}' has {outputs.Count} outputs; call ApplyMany to get all of them.");

    private T OneOf<T>(IReadOnlyList<T> inputs) => inputs.Count == 1
        ? inputs[0]
        : throw new ArgumentException($"{ClassName} '{Name}' takes one input; got {inputs.Count}.", nameof(inputs));
}
