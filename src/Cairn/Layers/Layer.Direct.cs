using System.Runtime.CompilerServices;
using Cairn.Training;
using static TorchSharp.torch;

namespace Cairn.Layers;

// Calls of layers and models on tensors outside of Fit, for custom training loops.
public abstract partial class Layer
{
    // Direct calls are numbered from here, so that their random numbers differ from those of Fit.
    private const ulong FirstDirectStep = 1UL << 63;

    // Keras stores the mask in the tensor itself.
    private static readonly ConditionalWeakTable<Tensor, Tensor> DirectMasks = [];

    private IReadOnlyList<Tensor> addedLosses = [];
    private ulong? directSeed;
    private ulong directCalls;
    private long markedAt = -1;

    /// <summary>Computes the output of the layer for a tensor. Keras: <c>layer(x)</c>, <c>model(x, training=True)</c>.</summary>
    /// <remarks>
    /// The first call creates the weights, unless they exist. libtorch records the computation, so that a <see cref="GradientTape"/> or
    /// <c>backward()</c> can compute gradients. The output belongs to the dispose scope around the call, such as that of the tape. Within a
    /// step of <c>Fit</c>, the call is part of that step and shares its random numbers, masks and added losses.
    /// </remarks>
    /// <param name="x">The input, batch axis first, of the type that the layer expects: float32, or int64 for integers.</param>
    /// <param name="training">
    /// Whether to run in training mode. Null (default) uses the mode of the calling layer, or inference mode outside of layers, as in
    /// Keras.
    /// </param>
    /// <exception cref="ArgumentException">The layer does not accept that shape.</exception>
    /// <exception cref="InvalidOperationException">The layer has several outputs; see <see cref="CallMany(Tensor, bool?)"/>.</exception>
    public Tensor Call(Tensor x, bool? training = null) => OneOf(CallMany(x, training));

    /// <summary>Computes the output of the layer for several tensors. Keras: <c>layer([a, b])</c>.</summary>
    /// <inheritdoc cref="Call(Tensor, bool?)" path="/*[self::remarks or self::returns or self::exception]"/>
    /// <param name="inputs">The inputs, batch axis first, in the layer's order.</param>
    /// <param name="training">
    /// Whether to run in training mode. Null (default) uses the mode of the calling layer, or inference mode outside of layers, as in
    /// Keras.
    /// </param>
    public Tensor Call(Tensor[] inputs, bool? training = null) => OneOf(CallMany(inputs, training));

    /// <summary>Computes all outputs of a layer with several outputs.</summary>
    /// <inheritdoc cref="Call(Tensor, bool?)"/>
    public Tensor[] CallMany(Tensor x, bool? training = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        return CallDirectly([x], ArgumentsFor(1), training);
    }

    /// <summary>Computes all outputs of a layer with several inputs and outputs.</summary>
    /// <inheritdoc cref="Call(Tensor[], bool?)"/>
    public Tensor[] CallMany(Tensor[] inputs, bool? training = null)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.Length == 0 || inputs.Contains(null!))
        {
            throw new ArgumentException(
                $"{ClassName} '{Name}' got {(inputs.Length == 0 ? "no input" : "an input that is null")}.", nameof(inputs));
        }

        return CallDirectly(inputs, ArgumentsFor(inputs.Length), training);
    }

    /// <summary>
    /// The losses added by the layer and its sublayers in their last <c>Call</c>, and the penalties of the regularizers. Add them to the
    /// loss in a custom training loop. Keras: <c>losses</c>.
    /// </summary>
    /// <remarks>Scalar tensors. Those of a call belong to its dispose scope; penalties are computed on each access.</remarks>
    public IReadOnlyList<Tensor> Losses =>
    [
        .. addedLosses.Where(loss => !loss.IsInvalid),
        .. TrainableWeights.Where(weight => weight.Regularizer is not null).Select(weight => weight.Regularizer!.Penalty(weight.Stored)),
    ];

    /// <summary>Whether a call may add losses: always true for user-defined code, which is not known before it runs.</summary>
    internal virtual bool MayAddLosses => IsOfUser || ActivityRegularizer is not null || OwnWeights.Any(v => v.Regularizer is not null)
        || Parts.Any(part => part.MayAddLosses);

    /// <summary>Copies of all weights, in the order of <see cref="Weights"/>. Keras: <c>get_weights</c>.</summary>
    /// <exception cref="InvalidOperationException">A model has no weights yet because its input shape is unknown.</exception>
    public NDArray[] GetWeights()
    {
        EnsureWeights();
        return [.. Weights.Select(v => v.ToNDArray())];
    }

    /// <summary>Replaces all weights. Keras: <c>set_weights</c>.</summary>
    /// <param name="weights">One array per weight, with the same shapes and in the same order.</param>
    /// <exception cref="ArgumentException">The number of arrays or a shape differs; no weight is changed.</exception>
    /// <exception cref="InvalidOperationException">A model has no weights yet because its input shape is unknown.</exception>
    public void SetWeights(IReadOnlyList<NDArray> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        EnsureWeights();
        IReadOnlyList<Variable> variables = Weights;
        string what = this is { IsModel: true } ? "model" : $"layer {ClassName}";
        if (weights.Count != variables.Count)
        {
            string hint = Built ? "" : " It is not built; call Build(inputShape) first.";
            throw new ArgumentException(
                $"The {what} '{Name}' has {variables.Count} weights; got {weights.Count}.{hint}", nameof(weights));
        }

        for (int i = 0; i < weights.Count; i++)
        {
            if (!weights[i].Shape.Equals(variables[i].Shape))
            {
                throw new ArgumentException(
                    $"The weight '{variables[i].Path}' has the shape {variables[i].Shape}; got an array of shape {weights[i].Shape}.",
                    nameof(weights));
            }
        }

        for (int i = 0; i < weights.Count; i++)
        {
            variables[i].Assign(weights[i]);
        }
    }

    /// <summary>Creates the weights, unless they exist. Keras: <c>build</c>.</summary>
    /// <param name="inputShapes">
    /// The input shape, including the batch axis, which may be <see cref="Shape.None"/>: <c>layer.Build([Shape.None, 28, 28])</c>. One
    /// shape per input for a layer with several inputs.
    /// </param>
    /// <exception cref="ArgumentException">The layer does not accept that shape, or was built for another one.</exception>
    public void Build(params IEnumerable<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        BuildDirectly([.. inputShapes]);
    }

    /// <summary>Whether the layer is a model; used in messages.</summary>
    private protected virtual bool IsModel => false;

    /// <summary>The seed of initial weights and of random numbers in direct calls.</summary>
    private protected virtual ulong DirectSeed => directSeed ??= (ulong)System.Random.Shared.NextInt64();

    /// <summary>Creates the weights if the input shape is known.</summary>
    private protected virtual void EnsureWeights()
    {
        if (!Built && firstCall is { } call)
        {
            Native.LibTorch.EnsureLoaded();
            BuildFor([.. call.Inputs.Select(input => input.Shape)], call.Arguments, new BuildContext(DirectSeed));
        }
    }

    private protected virtual void BuildDirectly(IReadOnlyList<Shape> inputShapes)
    {
        Native.LibTorch.EnsureLoaded();
        BuildFor(inputShapes, ArgumentsFor(inputShapes.Count), underway ?? CallContext.Current?.Builder ?? new BuildContext(DirectSeed));
    }

    /// <summary>The device of the computation.</summary>
    private protected virtual Device DirectDevice(Tensor x) => Weights is [var first, ..] ? first.Stored.device : x.device;

    /// <summary>Throws if the layer can't be called now.</summary>
    private protected virtual void BeginDirectCall()
    {
    }

    private Tensor[] CallDirectly(Tensor[] inputs, CallArguments arguments, bool? training)
    {
        BeginDirectCall();
        CallContext? outer = CallContext.Current;
        if (!Built)
        {
            if (outer?.Builder is not null)
            {
                BuildAtFirstCall(inputs, arguments, outer);
            }
            else
            {
                BuildDirectly([.. inputs.Select(x => ((Shape)x.shape).OpenBatch)]);
            }
        }

        if (is_grad_enabled())
        {
            MarkForGradients();
        }

        inputs = InTypes(inputs);

        if (outer is not null)
        {
            return CallWithin(outer, inputs, arguments, training ?? (outer.Depth > 0 && outer.Training));
        }

        if (training is not true && !is_grad_enabled() && !Array.Exists(inputs, x => DirectMasks.TryGetValue(x, out _))
            && Infer(inputs) is { } inferred)
        {
            directCalls++;
            addedLosses = [];
            return inferred;
        }

        using var context = new CallContext(training ?? false, DirectSeed, DirectDevice(inputs[0]));
        context.BeginStep(FirstDirectStep | directCalls++);
        using (context.Enter())
        {
            return CallWithin(context, inputs, arguments, context.Training);
        }
    }

    /// <summary>The outputs in inference mode, without gradients, masks and losses, if there is a faster way than the function.</summary>
    private protected virtual Tensor[]? Infer(Tensor[] inputs) => null;

    /// <summary>The required type of an input; null to accept any type, with floating-point numbers converted to float32.</summary>
    private protected virtual ScalarType? DirectType(int input) => null;

    // Keras' autocast, and Fit's conversion of integers.
    private Tensor[] InTypes(Tensor[] inputs)
    {
        var typed = new Tensor[inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            ScalarType type = DirectType(i) ?? (inputs[i].is_floating_point() ? ScalarType.Float32 : inputs[i].dtype);
            typed[i] = inputs[i].dtype == type ? inputs[i] : inputs[i].to(type);
        }

        return typed;
    }

    private Tensor[] CallWithin(CallContext context, Tensor[] inputs, CallArguments arguments, bool training)
    {
        foreach (Tensor x in inputs)
        {
            if (DirectMasks.TryGetValue(x, out Tensor? mask) && !mask.IsInvalid && context.MaskOf(x) is null)
            {
                context.SetMask(x, mask);
            }
        }

        int before = context.Losses.Count;
        bool trainingBefore = context.Training;
        context.Training = training;
        try
        {
            Tensor[] outputs = Forward(inputs, arguments, context);
            addedLosses = [.. context.Losses.Skip(before)];
            foreach (Tensor y in outputs)
            {
                if (context.MaskOf(y) is { } mask)
                {
                    DirectMasks.AddOrUpdate(y, mask);
                }
            }

            return outputs;
        }
        finally
        {
            context.Training = trainingBefore;
        }
    }

    /// <summary>Sets which weights get gradients, if that has changed since the last call.</summary>
    private void MarkForGradients()
    {
        long changes = TrainableChanges;
        if (markedAt == changes)
        {
            return;
        }

        HashSet<Variable> wanted = [.. TrainableWeights];
        bool changed = false;
        foreach (Variable variable in Weights)
        {
            changed |= variable.TakesGradient(wanted.Contains(variable));
        }

        markedAt = changed ? CountTrainableChange() : changes;
    }

    private Tensor OneOf(Tensor[] outputs) => outputs is [var one]
        ? one
        : throw new InvalidOperationException($"{ClassName} '{Name}' has {outputs.Length} outputs; call CallMany to get all of them.");
}
