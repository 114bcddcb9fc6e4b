using Cairn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Layers;

// A function that calls other layers has to run to show what shapes reach them: the first run, on zeros, builds them.
public abstract partial class Layer
{
    private protected bool IsOfUser => GetType().Assembly != typeof(Layer).Assembly;

    /// <summary>Whether the layer runs user code.</summary>
    internal virtual bool HasUserCode => IsOfUser;

    /// <summary>The name of the assembly of that code; null if it is not known.</summary>
    internal virtual string? UserAssembly => GetType().Assembly.GetName().Name;

    /// <summary>Runs the function on zeros, with two samples if the batch size is open, and returns the output shapes.</summary>
    /// <param name="inputShapes">The inputs' shapes. Axes of unknown size are tried with several sizes.</param>
    /// <param name="arguments">The parameters that the inputs belong to.</param>
    /// <param name="builder">Creates the weights of sublayers that have none; null if all are built.</param>
    /// <exception cref="ArgumentException">A layer can't take the shape that reaches it.</exception>
    /// <exception cref="InvalidOperationException">The function calls a layer that is not a sublayer of this one.</exception>
    private protected IReadOnlyList<Shape> FirstRun(IReadOnlyList<Shape> inputShapes, CallArguments arguments, BuildContext? builder)
    {
        if (inputShapes.Any(s => s.Rank == 0))
        {
            throw new ArgumentException(
                $"{ClassName} '{Name}' needs inputs with a batch axis; got {Shape.Describe(inputShapes)}.", nameof(inputShapes));
        }

        return inputShapes.All(s => s[1..].IsFullyKnown)
            ? RunOnZeros(inputShapes, arguments, builder, new CallShapes())
            : RunWithSeveralSizes(inputShapes, arguments, builder);
    }

    private IReadOnlyList<Shape> RunOnZeros(IReadOnlyList<Shape> inputShapes, CallArguments arguments, BuildContext? builder,
        CallShapes shapes)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        Device device = Weights is [var first, ..] ? first.Stored.device : CPU;
        using var context = new CallContext(training: false, 0, device) { Builder = builder, Observer = shapes };
        using CallContext.Within within = context.Enter();
        context.Depth++;
        Tensor[] inputs = [.. inputShapes.Select(s =>
            zeros([.. s.Select((size, axis) => axis == 0 && size == Shape.None ? 2 : size)], device: device))];
        (RNN Layer, IReadOnlyList<NDArray>? States)[] kept =
            [.. AllParts().OfType<RNN>().Where(l => l.Stateful).Select(l => (l, l.States))];
        Tensor[] outputs = Call(inputs, arguments, context);
        if (builder is not null && AllParts().Any(part => !part.Built))
        {
            // Layers that are called only in training get their weights there. Moving statistics are restored: they have seen no data.
            Tensor[] before = [.. Weights.Select(w => w.Stored.clone())];
            Variable[] after = [.. Weights];
            context.Training = true;
            Call(inputs, arguments, context);
            for (int i = 0; i < after.Length; i++)
            {
                after[i].Stored.copy_(before[i]);
            }
        }

        // The first batch starts from the initial states of a layer, not from those after a call on zeros.
        foreach ((RNN layer, IReadOnlyList<NDArray>? states) in kept)
        {
            layer.ResetState(states);
        }

        foreach (Layer stranger in context.BuiltLayers.Where(l => !HasPart(l)))
        {
            stranger.Dispose();
            throw new InvalidOperationException(
                $"{ClassName} '{Name}' calls {stranger.ClassName} '{stranger.Name}', which is not one of its sublayers and would never be "
                + "trained; pass it to AddSublayer first.");
        }

        return [.. outputs.Select(y => ((Shape)y.shape).OpenBatch)];
    }

    /// <summary>Whether there is a function from inputs to outputs that can be run.</summary>
    private protected virtual bool HasFunction => true;

    private IEnumerable<Layer> AllParts() => Parts.SelectMany(part => part.AllParts().Prepend(part)).Distinct();

    private bool HasPart(Layer layer) => Parts.Any(part => ReferenceEquals(part, layer) || part.HasPart(layer));

    /// <summary>Creates the weights of a sublayer that is called for the first time, during the first run of its parent.</summary>
    private void BuildAtFirstCall(Tensor[] inputs, CallArguments arguments, CallContext context)
    {
        if (Built)
        {
            return;
        }

        Shape[] shapes = [.. inputs.Select(x => ((Shape)x.shape).OpenBatch)];
        if (context.Builder is { } builder)
        {
            BuildFor(shapes, arguments, builder);
            context.BuiltLayers.Add(this);
            return;
        }

        if (context.IsOfUser)
        {
            BuildDirectly(shapes);
            return;
        }

        using IDisposable normal = inference_mode(false);
        if (!BuildsItself())
        {
            BuildFor(shapes, arguments, BuildContext.WithoutWeights(() => new InvalidOperationException(
                $"{ClassName} '{Name}' is called before its weights are created, so they would never be trained. Add it with "
                    + $"AddSublayer to "
                + "the layer or model that calls it, and call it in Call.")));
        }
    }

    /// <summary>Creates the weights without a caller, if the layer can: a model with known inputs.</summary>
    /// <returns>Whether the weights were created.</returns>
    private protected virtual bool BuildsItself() => false;
}
