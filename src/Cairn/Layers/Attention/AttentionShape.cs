using Cairn.Native;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Sizes of attention, and where a head begins in contiguous memory.</summary>
internal readonly struct AttentionShape
{
    public AttentionShape(Tensor query, Tensor key, Tensor value)
    {
        (Batch, Targets, Heads, Size) = ((int)query.size(0), (int)query.size(1), (int)query.size(2), (int)query.size(3));
        (Sources, ValueSize) = ((int)key.size(1), (int)value.size(3));
        Padded = PanelProduct.Padded(Sources);
        Scale = (float)(1 / Math.Sqrt(Size));
    }

    public int Batch { get; }

    public int Targets { get; }

    public int Sources { get; }

    public int Heads { get; }

    /// <summary>Size of query and key in each head.</summary>
    public int Size { get; }

    /// <summary>Size of the value in each head.</summary>
    public int ValueSize { get; }

    /// <summary>Length of a row of scores in memory.</summary>
    public int Padded { get; }

    /// <summary>The factor of the products of query and key.</summary>
    public float Scale { get; }

    /// <summary>Length of a head's scores in memory.</summary>
    public int Scores => Targets * Padded;

    /// <summary>Number of multiplications of a head forward.</summary>
    public long Products => (long)Targets * Sources * (Size + ValueSize);

    /// <summary>The distance from target to target of the query.</summary>
    public int QueryRow => Heads * Size;

    /// <summary>The distance from source to source of the key.</summary>
    public int KeyRow => Heads * Size;

    /// <summary>The distance from source to source of the value, and from target to target of the result.</summary>
    public int ValueRow => Heads * ValueSize;

    /// <summary>The place of a head of the query.</summary>
    public nint QueryAt(int head) => ((nint)(head / Heads) * Targets * QueryRow) + (head % Heads * Size);

    /// <summary>The place of a head of the key.</summary>
    public nint KeyAt(int head) => ((nint)(head / Heads) * Sources * KeyRow) + (head % Heads * Size);

    /// <summary>The place of a head of the value.</summary>
    public nint ValueAt(int head) => ((nint)(head / Heads) * Sources * ValueRow) + (head % Heads * ValueSize);

    /// <summary>The place of a head of the result.</summary>
    public nint ResultAt(int head) => ((nint)(head / Heads) * Targets * ValueRow) + (head % Heads * ValueSize);
}
