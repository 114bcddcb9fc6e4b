namespace Cairn.Optimizers;

/// <summary>
/// The memory that the update of one variable reads and writes: <paramref name="length"/> floats each; unused slots are null.
/// </summary>
internal readonly unsafe struct FusedStep(long length, float* weight, float* gradient, float* slot0, float* slot1, float* slot2)
{
    public readonly long Length = length;
    public readonly float* Weight = weight;
    public readonly float* Gradient = gradient;
    public readonly float* Slot0 = slot0;
    public readonly float* Slot1 = slot1;
    public readonly float* Slot2 = slot2;
}
