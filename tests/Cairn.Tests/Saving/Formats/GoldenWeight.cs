namespace Cairn.Tests.Saving;

/// <summary>A weight or optimizer variable as Keras held it when it saved.</summary>
internal sealed record GoldenWeight(string Name, long[] Shape, string DType, float[] Values);
