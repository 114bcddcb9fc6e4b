using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Losses;

/// <summary>The labels of the hinge losses.</summary>
internal static class SignedLabels
{
    /// <summary>-1 and 1 in place of 0 and 1 where there is nothing else; other labels as they are.</summary>
    public static Tensor Of(Tensor yTrue)
    {
        Tensor isBinary = (yTrue.eq(Held(0)) | yTrue.eq(Held(1))).all();
        return ((yTrue * 2f) - 1f).where(isBinary, yTrue);
    }
}
