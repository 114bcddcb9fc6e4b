using System.Text;

namespace Cairn.Layers;

/// <summary>Orders strings by their UTF-8 bytes, as TensorFlow does.</summary>
internal static class TextOrder
{
    public static int Compare(string a, string b) => Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b));
}
