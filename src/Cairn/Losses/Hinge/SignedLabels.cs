using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Losses;

/// <summary>The labels of the hinge losses.</summary>
internal static class SignedLabels
{
    /// <summary>Converts labels to -1 and 1 if they are all 0 or 1; leaves other labels unchanged.</summary>
    public static Tensor Of(Tensor yTrue)
    {
        Tensor isBinary = (yTrue.eq(Held(0)) | yTrue.eq(Held(1))).all();
        return ((yTrue * Held(2f)) - Held(1f)).where(isBinary, yTrue);
    }
}
