namespace Cairn.Tests.Callbacks;

/// <summary>The values of an epoch of a simulated training: the losses of its batches, and the values at its end.</summary>
internal sealed record GivenEpoch(double[] BatchLosses, (string Name, double Value)[] Values)
{
    /// <summary>The value of every weight after a batch; exact in float32.</summary>
    public static double WeightsAfter(int epoch, int batch) => epoch + ((batch + 1) / 1024.0);

    public override string ToString() => $"[{string.Join(" ", BatchLosses)}] {string.Join(" ", Values)}";
}
