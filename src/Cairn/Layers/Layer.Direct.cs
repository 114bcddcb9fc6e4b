using System.Runtime.CompilerServices;
using Cairn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Layers;

// Layers and models as functions of tensors, outside of Fit: what custom training loops are made of.
public abstract partial class Layer
{
    // Numbers of calls from here on, so that their random numbers are none of those of Fit.
    private const ulong FirstDirectStep = 1UL << 63;

    // Keras keeps the mask in the tensor itself.
    private static readonly ConditionalWeakTable<Tensor, Tensor> DirectMasks = [];

    private IReadOnlyList<Tensor> addedLosses = [];
    private ulong? directSeed;
    private ulong directCalls;
    private long markedAt = -1;

    /// <summary>Computes the output for a tensor. Keras: <c>layer(x)</c>, <c>model(x, training=True)</c>.</summary>
    /// <remarks>
    /// Weights are made at the first call, where there are none. libtorch records the way to the output, so that a
    /// <see cref="GradientTape"/> or <c>backward()</c> gives gradients. The output belongs to the dispose scope around the call, such as
    /// that of the tape. Within a step of <c>Fit</c> the call takes part in that step: its random numbers, masks and added losses.
    /// </remarks>
    /// <param name="x">The input, batch axis first, of the type that the layer takes: float32, or int64 for whole numbers.</param>
    /// <param name="training">
    /// Whether to compute as in training; null (default) for as the layer does whose function makes the call, and as in inference
    /// elsewhere, as in Keras.
    /// </param>
    /// <exception cref="ArgumentException">The layer can't take that shape.</exception>
    /// <exception cref="InvalidOperationException">The layer gives several outputs; see <see cref="CallMany(Tensor, bool?)"/>.</exception>
    public Tensor Call(Tensor x, bool? training = null) => OneOf(CallMany(x, training));

    /// <summary>Computes the output for several tensors. Keras: <c>layer([a, b])</c>.</summary>
    /// <inheritdoc cref="Call(Tensor, bool?)"/>
    /// <param name="inputs">The inputs, batch axis first, in the layer's order.</param>
    /// <param name="training">
    /// Whether to compute as in training; null (default) for as the layer does whose function makes the call, and as in inference
    /// elsewhere, as in Keras.
    /// </param>
    public Tensor Call(Tensor[] inputs, bool? training = null) => OneOf(CallMany(inputs, training));

    /// <summary>Computes all outputs for a tensor, of a layer that gives several.</summary>
    /// <inheritdoc cref="Call(Tensor, bool?)"/>
    public Tensor[] CallMany(Tensor x, bool? training = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        return CallDirectly([x], ArgumentsFor(1), training);
    }

    /// <summary>Computes all outputs for several tensors, of a layer that gives several.</summary>
    /// <inheritdoc cref="Call(Tensor[], bool?)"/>
    public Tensor[] CallMany(Tensor[] inputs, bool? training = null)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.Length == 0 || inputs.Contains(null!))
        {
            throw new ArgumentException(
                $"{ClassName} '{Name}' is given {(inputs.Length == 0 ? "no input" : "an input that is null")}.", nameof(inputs));
        }

        return CallDirectly(inputs, ArgumentsFor(inputs.Length), training);
    }

    /// <summary>
    /// The losses that the layer and its parts added in their last <c>Call</c>, and the penalties of regularized weights; to be added to
    /// the loss of a custom loop. Keras: <c>losses</c>.
    /// </summary>
    /// <remarks>Tensors without axes. Those of a call belong to its dispose scope; penalties are computed anew each time.</remarks>
    public IReadOnlyList<Tensor> Losses =>
    [
        .. addedLosses.Where(loss => !loss.IsInvalid),
        .. TrainableWeights.Where(weight => weight.Regularizer is not null).Select(weight => weight.Regularizer!.Penalty(weight.Value)),
    ];

    /// <summary>Copies of all weights, in the order of <see cref="Weights"/>. Keras: <c>get_weights</c>.</summary>
    /// <exception cref="InvalidOperationException">A model has no weights yet, since its input's shape is not known.</exception>
    public NDArray[] GetWeights()
    {
        EnsureWeights();
        return [.. Weights.Select(v => v.ToNDArray())];
    }

    /// <summary>Replaces all weights. Keras: <c>set_weights</c>.</summary>
    /// <param name="weights">As many arrays as there are weights, of the same shapes and in the same order.</param>
    /// <exception cref="ArgumentException">Their number or a shape differs; then nothing is changed.</exception>
    /// <exception cref="InvalidOperationException">A model has no weights yet, since its input's shape is not known.</exception>
    public void SetWeights(IReadOnlyList<NDArray> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        EnsureWeights();
        IReadOnlyList<Variable> variables = Weights;
        string what = this is { IsModel: true } ? "model" : $"layer {ClassName}";
        if (weights.Count != variables.Count)
        {
            string hint = Built ? "" : " It is not built; call Build(inputShape) before.";
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

    /// <summary>Makes the weights, where that has not happened. Keras: <c>build</c>.</summary>
    /// <param name="inputShapes">
    /// The shape of the input with the batch axis, which may be <see cref="Shape.None"/>: <c>layer.Build([Shape.None, 28, 28])</c>; for a
    /// layer of several inputs one shape for each.
    /// </param>
    /// <exception cref="ArgumentException">The layer can't take that shape, or has weights for another one.</exception>
    public void Build(params IEnumerable<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        BuildDirectly([.. inputShapes]);
    }

    /// <summary>Whether this is a model, for messages.</summary>
    private protected virtual bool IsModel => false;

    /// <summary>The seed of first weights and of random numbers in direct calls.</summary>
    private protected virtual ulong DirectSeed => directSeed ??= (ulong)System.Random.Shared.NextInt64();

    /// <summary>Makes the weights where the input's shape is known.</summary>
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
    private protected virtual Device DirectDevice(Tensor x) => Weights is [var first, ..] ? first.Value.device : x.device;

    /// <summary>Throws where the layer can't be called now.</summary>
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
                BuildDirectly([.. inputs.Select(x => OpenBatch(x.shape))]);
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

        using var context = new CallContext(training ?? false, DirectSeed, DirectDevice(inputs[0]));
        context.BeginStep(FirstDirectStep | directCalls++);
        using (context.Enter())
        {
            return CallWithin(context, inputs, arguments, context.Training);
        }
    }

    /// <summary>The type of an input; null where whatever comes is taken, except floating-point numbers of other widths.</summary>
    private protected virtual ScalarType? DirectType(int input) => null;

    // Keras' autocast, and what Fit does with whole numbers.
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

    /// <summary>Lets libtorch record what the trainable weights do, where that has changed since the last call.</summary>
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
        : throw new InvalidOperationException($"{ClassName} '{Name}' gives {outputs.Length} outputs; call CallMany for all of them.");
}
