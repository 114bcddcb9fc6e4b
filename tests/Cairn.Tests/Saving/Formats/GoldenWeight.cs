namespace Cairn.Tests.Saving;

/// <summary>A weight or optimizer variable at the time Keras saved it.</summary>
internal sealed record GoldenWeight(string Name, long[] Shape, string DType, float[] Values);
