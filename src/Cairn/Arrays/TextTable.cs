using System.Collections.Concurrent;
using static TorchSharp.torch;

namespace Cairn;

/// <summary>
/// The strings of an array. libtorch has no string tensors, so a tensor holds an ID for each string, which encodes the table and the index
/// in it; layers that take strings look them up.
/// </summary>
/// <remarks>
/// A table lives as long as the array it belongs to, or until many others have been created: streamed batches are used soon.
/// </remarks>
internal sealed class TextTable
{
    // String IDs are 2^62 or more, a range that data does not use.
    private const long Mark = 1L << 62;
    private const int PlaceBits = 32;
    private const int MostTables = 1 << 29;
    private const int Kept = 512;

    private static readonly ConcurrentDictionary<int, WeakReference<TextTable>> Tables = new();
    private static readonly TextTable?[] Recent = new TextTable[Kept];
    private static int made;

    private readonly string[] texts;
    private readonly int number;

    /// <summary>Creates a table of strings.</summary>
    /// <exception cref="ArgumentException">An element is null.</exception>
    public TextTable(string[] texts)
    {
        if (Array.FindIndex(texts, text => text is null) is >= 0 and var index)
        {
            throw new ArgumentException($"The string at index {index} is null.", nameof(texts));
        }

        this.texts = texts;
        number = (Interlocked.Increment(ref made) % MostTables) + 1;
        Tables[number] = new WeakReference<TextTable>(this);
        Recent[number % Kept] = this;
    }

    ~TextTable()
    {
        if (Tables.TryGetValue(number, out WeakReference<TextTable>? own) && !own.TryGetTarget(out _))
        {
            Tables.TryRemove(KeyValuePair.Create(number, own));
        }
    }

    public IReadOnlyList<string> Texts => texts;

    /// <summary>Writes the IDs of all strings.</summary>
    public void FillNumbers(Span<long> numbers)
    {
        for (int i = 0; i < texts.Length; i++)
        {
            numbers[i] = Mark | ((long)number << PlaceBits) | (uint)i;
        }
    }

    /// <summary>Whether a number is a string ID.</summary>
    public static bool IsText(long number) => number >> 62 == 1;

    /// <summary>The strings of a tensor of IDs, in C order.</summary>
    /// <param name="x">The tensor. Zeros represent empty strings: a model is run on zeros before it sees data.</param>
    /// <param name="layer">The layer that takes the strings, for messages.</param>
    /// <exception cref="ArgumentException">The tensor contains plain numbers.</exception>
    public static string[] TextsOf(Tensor x, string layer)
    {
        long[] numbers = NumbersOf(x);
        string[] found = new string[numbers.Length];
        TextTable? table = null;
        for (int i = 0; i < numbers.Length; i++)
        {
            found[i] = numbers[i] == 0 ? "" : TextOf(numbers[i], ref table)
                ?? throw new ArgumentException($"{layer} takes strings; got the number {numbers[i]}.");
        }

        return found;
    }

    /// <summary>The integers of a tensor, in C order.</summary>
    public static long[] NumbersOf(Tensor x)
    {
        using IDisposable _ = no_grad();
        using Tensor plain = x.detach().to(ScalarType.Int64).cpu().contiguous();
        return plain.data<long>().ToArray();
    }

    /// <summary>The string with this ID; null if the number is not an ID.</summary>
    /// <exception cref="InvalidOperationException">The array of the string has been freed.</exception>
    public static string? TextOf(long id, ref TextTable? table)
    {
        if (!IsText(id))
        {
            return null;
        }

        int wanted = (int)((id & ~Mark) >> PlaceBits);
        if (table?.number != wanted && !(Tables.TryGetValue(wanted, out WeakReference<TextTable>? found) && found.TryGetTarget(out table)))
        {
            throw new InvalidOperationException("The array of these strings has been freed; keep it alive while tensors created from it "
                + "are in use.");
        }

        return table!.texts[(int)(uint)id];
    }
}
