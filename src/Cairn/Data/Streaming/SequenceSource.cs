using Cairn.Training;

namespace Cairn.Data;

/// <summary>Batches whose shapes and count are known only once they are read.</summary>
internal sealed class SequenceSource(Func<IBatchReader> open, int? count, BatchLayout layout, int prefetch) : StreamSource(layout, prefetch)
{
    private IReadOnlyList<Shape>? inputShapes;
    private IReadOnlyList<Shape>? targetShapes;

    public override int? BatchCount => count;

    public override IReadOnlyList<Shape> InputShapes => inputShapes ?? Look().Inputs;

    public override IReadOnlyList<Shape> TargetShapes => targetShapes ?? Look().Targets;

    protected override IBatchReader Open(RandomStream? order) => open();

    private (IReadOnlyList<Shape> Inputs, IReadOnlyList<Shape> Targets) Look()
    {
        Batch first = Peek() ?? throw new ArgumentException("The data contains no batches.");
        inputShapes = BatchIntake.ShapesOf(first.Inputs);
        targetShapes = BatchIntake.ShapesOf(first.Targets);
        return (inputShapes, targetShapes);
    }
}
