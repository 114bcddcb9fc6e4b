namespace Cairn.Training.Inference;

/// <summary>Some rows that pass through all steps of a plan, and where their values are.</summary>
/// <param name="values">The address of each value, <c>[rows, length]</c>.</param>
/// <param name="weights">The address of each weight.</param>
/// <param name="rows">Number of rows.</param>
/// <param name="room">Memory for intermediate results.</param>
/// <param name="inThreads">Whether a step may use several threads.</param>
/// <param name="inputs">The values that are inputs of the plan.</param>
/// <param name="following">Number of rows that come after these in the memory of the inputs.</param>
internal readonly unsafe struct RowBlock(
    float** values, float** weights, int rows, float* room, bool inThreads, int[] inputs, int following)
{
    public int Rows => rows;

    public float* Room => room;

    public bool InThreads => inThreads;

    public float* Value(int index) => values[index];

    /// <summary>The number of rows that come next, if the value is an input of the plan; otherwise 0.</summary>
    public int RowsAfter(int index) => Array.IndexOf(inputs, index) < 0 ? 0 : following;

    /// <summary>The address of a weight; null for none.</summary>
    /// <param name="index">The index, or -1 for none.</param>
    public float* Weight(int index) => index < 0 ? null : weights[index];
}
