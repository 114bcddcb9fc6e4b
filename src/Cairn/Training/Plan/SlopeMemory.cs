namespace Cairn.Training.Plan;

/// <summary>The gradient of a value. Several values may have the same; then none may overwrite it.</summary>
/// <param name="memory">The memory; null if it belongs to somebody else.</param>
internal sealed unsafe class SlopeMemory(PlanMemory? memory)
{
    /// <summary>Its first number.</summary>
    public float* First { get; set; } = memory is null ? null : memory.First;

    /// <summary>The memory; null if it belongs to somebody else, and can't be overwritten.</summary>
    public PlanMemory? Memory => memory;

    /// <summary>How many values have this gradient.</summary>
    public int Users { get; set; }

    /// <summary>Whether a node may overwrite it.</summary>
    public bool MayOverwrite => Users == 1 && memory is not null;
}
