using Cairn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Layers;

// A function made of other layers tells by running what shapes reach them: the first run, on zeros, makes their weights.
public abstract partial class Layer
{
    private bool IsOfUser => GetType().Assembly != typeof(Layer).Assembly;

    /// <summary>Runs the function on zeros, two samples where the batch is open, and tells the shapes that come out.</summary>
    /// <param name="inputShapes">The inputs' shapes, in which nothing but the batch may be open.</param>
    /// <param name="arguments">What the inputs are for.</param>
    /// <param name="builder">Makes the weights of the parts that have none; null where all have them.</param>
    /// <exception cref="ArgumentException">A size is not known, or a layer can't take what reaches it.</exception>
    /// <exception cref="InvalidOperationException">The function calls a layer that is no part of this one.</exception>
    private protected IReadOnlyList<Shape> FirstRun(IReadOnlyList<Shape> inputShapes, CallArguments arguments, BuildContext? builder)
    {
        if (inputShapes.Any(s => s.Rank == 0 || !s[1..].IsFullyKnown))
        {
            throw new ArgumentException(
                $"{ClassName} '{Name}' finds its weights by a first run and needs the sizes of all axes but the batch; it was "
                    + $"given {Shape.Describe(inputShapes)}.",
                nameof(inputShapes));
        }

        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        Device device = Weights is [var first, ..] ? first.Value.device : CPU;
        using var context = new CallContext(training: false, 0, device) { Builder = builder };
        Tensor[] outputs =
            Call([.. inputShapes.Select(s =>
            zeros([.. s.Select((size, axis) => axis == 0 && size == Shape.None ? 2 : size)], device: device))], arguments, context);
        foreach (Layer stranger in context.BuiltLayers.Where(l => !HasPart(l)))
        {
            stranger.Dispose();
            throw new InvalidOperationException(
                $"{ClassName} '{Name}' calls {stranger.ClassName} '{stranger.Name}', which is no part of it, so that it would never learn; "
                    + "give it to AddSublayer first.");
        }

        return [.. outputs.Select(y => OpenBatch(y.shape))];
    }

    private bool HasPart(Layer layer) => Parts.Any(part => ReferenceEquals(part, layer) || part.HasPart(layer));

    /// <summary>Makes the weights of a part that is called for the first time, in the first run of what it is part of.</summary>
    private void BuildAtFirstCall(Tensor[] inputs, CallArguments arguments, CallContext context)
    {
        if (Built || context.Builder is not { } builder)
        {
            return;
        }

        BuildFor([.. inputs.Select(x => OpenBatch(x.shape))], arguments, builder);
        context.BuiltLayers.Add(this);
    }

    private static Shape OpenBatch(Shape shape) => shape.Rank == 0 ? shape : shape[1..].WithBatch();
}
