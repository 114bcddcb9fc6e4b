namespace Cairn.Training.Inference;

/// <summary>A step of a plan: computes one value of some rows from others.</summary>
/// <param name="inputs">The values it reads.</param>
/// <param name="output">The value it writes, which may be its only input.</param>
internal abstract unsafe class RowStep(int[] inputs, int output)
{
    public IReadOnlyList<int> Inputs => inputs;

    public int Output => output;

    /// <summary>Products of a row, as a measure of the work.</summary>
    public virtual long Products => 0;

    /// <summary>Numbers of room that it needs.</summary>
    public virtual int Room => 0;

    public abstract void Run(in RowBlock block);

    protected float* From(in RowBlock block) => block.Value(inputs[0]);
}
