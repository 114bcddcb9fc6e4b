using System.Globalization;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>The strings to hash: strings as they are, integers as their decimal digits.</summary>
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
