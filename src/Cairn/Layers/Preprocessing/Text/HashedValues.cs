using System.Globalization;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>What hashes are taken of: strings as they are, whole numbers by their digits.</summary>
internal static class HashedValues
{
    public static IEnumerable<string> TextsOf(Tensor x)
    {
        TextTable? table = null;
        foreach (long number in TextTable.NumbersOf(x))
        {
            yield return TextTable.TextOf(number, ref table) ?? number.ToString(CultureInfo.InvariantCulture);
        }
    }
}
