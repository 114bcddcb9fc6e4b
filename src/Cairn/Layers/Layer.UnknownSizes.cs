using Cairn.Training;

namespace Cairn.Layers;

// Layers made of layers, for inputs with axes of unknown size: runs with different sizes show which axes inside depend on them.
public abstract partial class Layer
{
    // Large enough for several poolings, and then smaller, as some functions have a maximum length.
    private static readonly long[] TriedSizes = [32, 8, 64, 16, 4, 2, 1];

    private IReadOnlyList<Shape> RunWithSeveralSizes(IReadOnlyList<Shape> inputShapes, CallArguments arguments, BuildContext? builder)
    {
        HashSet<Layer> builtBefore = [.. AllParts().Where(part => part.Built)];
        (IReadOnlyList<Shape> Outputs, CallShapes Inside)? first = null;
        Exception? failure = null;
        foreach (long size in TriedSizes)
        {
            var inside = new CallShapes(first?.Inside);
            IReadOnlyList<Shape> outputs;
            try
            {
                outputs = RunOnZeros([.. inputShapes.Select(shape => WithSize(shape, size))], arguments, builder, inside);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                failure ??= exception;
                continue;
            }

            if (first is not { } one)
            {
                first = (outputs, inside);
                continue;
            }

            foreach (Layer part in AllParts().Where(part => part.Built && !builtBefore.Contains(part)))
            {
                if (one.Inside.Merged(part, inside) is { } seen)
                {
                    (part.InputShapes, part.OutputShapes) = seen;
                }
            }

            return CallShapes.Merge(one.Outputs, outputs);
        }

        throw new ArgumentException(
            $"{ClassName} '{Name}' can't be built for {Shape.Describe(inputShapes)}; it needs the sizes of all axes but the "
                + $"batch, since its "
            + $"function fails for every size tried for the unknown axes. {failure!.Message}",
            nameof(inputShapes), failure);
    }

    private static Shape WithSize(Shape shape, long size) =>
        [.. shape.Select((one, axis) => axis > 0 && one == Shape.None ? size : one)];
}
