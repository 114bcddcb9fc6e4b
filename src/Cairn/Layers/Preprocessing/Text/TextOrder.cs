using System.Text;

namespace Cairn.Layers;

/// <summary>The order of strings by their bytes in UTF-8, as in TensorFlow.</summary>
internal static class TextOrder
{
    public static int Compare(string a, string b) => Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b));
}
