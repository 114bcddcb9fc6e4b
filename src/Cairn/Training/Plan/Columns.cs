namespace Cairn.Training.Plan;

/// <summary>Some columns of a matrix in the plan's memory; their number is a multiple of the length of a vector.</summary>
/// <param name="Rows">Number of rows.</param>
/// <param name="Stride">The distance from row to row.</param>
/// <param name="First">The first column.</param>
/// <param name="Count">Number of columns, including those that only fill the row up.</param>
internal readonly record struct Columns(int Rows, nint Stride, int First, int Count);
