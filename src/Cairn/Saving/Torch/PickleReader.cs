using System.Buffers.Binary;
using System.Text;

namespace Cairn.Saving.Torch;

/// <summary>
/// Reads PyTorch pickles as data: numbers, strings, lists, tuples, dictionaries, storages and tensors, the same set as
/// <c>torch.load(weights_only=True)</c>. Nothing is imported, called or run; anything else in a pickle is rejected by name.
/// </summary>
/// <remarks>Sources: Python's <c>pickletools</c> for the opcodes, <c>torch/_utils.py</c> for the encoding of tensors.</remarks>
internal sealed class PickleReader(ReadOnlyMemory<byte> bytes, string? fileName, FileLimits limits)
{
    private static readonly object Mark = new();

    private readonly List<object?> stack = [];
    private readonly Dictionary<long, object?> memo = [];
    private int position;
    private int made;

    /// <summary>The number of bytes read so far; after a pickle was read, its end.</summary>
    public int Position => position;

    /// <summary>Reads the pickle that starts where the last one ended.</summary>
    /// <exception cref="ModelFormatException">It is damaged, or contains something other than data.</exception>
    public object? Read()
    {
        stack.Clear();
        memo.Clear();
        while (true)
        {
            byte code = Byte();
            if (code == (byte)'.')
            {
                return Pop();
            }

            Step(code);
            if (stack.Count > limits.MaximumObjects || memo.Count > limits.MaximumObjects || made > limits.MaximumObjects)
            {
                throw Failure($"the pickle creates more than {limits.MaximumObjects} objects.");
            }
        }
    }

    private void Step(byte code)
    {
        switch ((char)code)
        {
            case '\x80': Byte(); break; // the protocol
            case '\x95': Take(8); break; // a frame: only its length
            case '(': stack.Add(Mark); break;
            case '0': Pop(); break;
            case '1': PopToMark(); break;
            case '2': stack.Add(Peek()); break;
            case 'N': stack.Add(null); break;
            case '\x88': stack.Add(true); break;
            case '\x89': stack.Add(false); break;
            case 'J': stack.Add((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4))); break;
            case 'K': stack.Add((long)Byte()); break;
            case 'M': stack.Add((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2))); break;
            case '\x8a': stack.Add(Long(Byte())); break;
            case '\x8b': stack.Add(Long(Length(4))); break;
            case 'G': stack.Add(BinaryPrimitives.ReadDoubleBigEndian(Take(8))); break;
            case 'X': stack.Add(Text(Length(4))); break;
            case '\x8c': stack.Add(Text(Byte())); break;
            case '\x8d': stack.Add(Text(Length(8))); break;
            case 'U': stack.Add(Latin(Byte())); break;
            case 'T': stack.Add(Latin(Length(4))); break;
            case 'C': stack.Add(Take(Byte()).ToArray()); break;
            case 'B': stack.Add(Take(Length(4)).ToArray()); break;
            case ')': stack.Add(new PickleTuple([])); break;
            case 't': stack.Add(new PickleTuple(PopToMark())); break;
            case '\x85': stack.Add(new PickleTuple(PopMany(1))); break;
            case '\x86': stack.Add(new PickleTuple(PopMany(2))); break;
            case '\x87': stack.Add(new PickleTuple(PopMany(3))); break;
            case ']': stack.Add(new PickleList()); break;
            case 'l': AddTo(new PickleList(), PopToMark()); break;
            case 'a': Append([Pop()]); break;
            case 'e': Append(PopToMark()); break;
            case '}': stack.Add(new PickleDictionary()); break;
            case 'd': SetItems(new PickleDictionary(), PopToMark(), push: true); break;
            case 's': SetItem(); break;
            case 'u': SetItems(null, PopToMark(), push: false); break;
            case 'q': memo[Byte()] = Peek(); break;
            case 'r': memo[Length(4)] = Peek(); break;
            case '\x94': memo[memo.Count] = Peek(); break;
            case 'h': stack.Add(Remembered(Byte())); break;
            case 'j': stack.Add(Remembered(Length(4))); break;
            case 'c': stack.Add(TorchGlobals.Check(new PickleGlobal(Line(), Line()), fileName)); break;
            case '\x93': StackGlobal(); break;
            case 'Q': stack.Add(TorchGlobals.Storage(Pop(), fileName)); break;
            case 'R' or '\x81': Reduce(); break;
            case 'b': Build(); break;
            default: throw Failure($"the opcode 0x{code:x2} at {position - 1} is not supported in a file of tensors.");
        }

        made++;
    }

    private void Reduce()
    {
        object? arguments = Pop();
        object? callee = Pop();
        stack.Add(TorchGlobals.Made(callee as PickleGlobal, (arguments as PickleTuple)?.Items, fileName, limits));
    }

    // State set on an existing object: the metadata of a state dictionary, which does not affect its tensors.
    private void Build()
    {
        Pop();
        if (Peek() is not (PickleDictionary or TorchTensor))
        {
            throw Failure("the pickle sets attributes of an object that is not plain data.");
        }
    }

    private void StackGlobal()
    {
        object?[] names = PopMany(2);
        stack.Add(names is [string module, string name]
            ? TorchGlobals.Check(new PickleGlobal(module, name), fileName)
            : throw Failure("the pickle requests a global whose name is not a string."));
    }

    private void Append(object?[] items)
    {
        if (Peek() is not PickleList list)
        {
            throw Failure("the pickle appends to an object that is not a list.");
        }

        list.AddRange(items);
        made += items.Length;
    }

    private void AddTo(PickleList list, object?[] items)
    {
        list.AddRange(items);
        stack.Add(list);
    }

    private void SetItem()
    {
        object?[] pair = PopMany(2);
        SetItems(null, pair, push: false);
    }

    private void SetItems(PickleDictionary? fresh, object?[] items, bool push)
    {
        PickleDictionary dictionary = fresh ?? Peek() as PickleDictionary
            ?? throw Failure("the pickle sets a key of an object that is not a dictionary.");
        if (items.Length % 2 != 0)
        {
            throw Failure("the pickle has a key without a value.");
        }

        for (int i = 0; i < items.Length; i += 2)
        {
            dictionary.Entries.Add((items[i], items[i + 1]));
        }

        made += items.Length;
        if (push)
        {
            stack.Add(dictionary);
        }
    }

    private object? Peek() =>
        stack.Count > 0 && !ReferenceEquals(stack[^1], Mark) ? stack[^1] : throw Failure("the pickle uses a value from an empty stack.");

    private object? Pop()
    {
        object? top = Peek();
        stack.RemoveAt(stack.Count - 1);
        return top;
    }

    private object?[] PopMany(int count)
    {
        object?[] items = new object?[count];
        for (int i = count - 1; i >= 0; i--)
        {
            items[i] = Pop();
        }

        return items;
    }

    private object?[] PopToMark()
    {
        int mark = stack.FindLastIndex(item => ReferenceEquals(item, Mark));
        if (mark < 0)
        {
            throw Failure("the pickle ends a group that was never started.");
        }

        object?[] items = [.. stack.Skip(mark + 1)];
        stack.RemoveRange(mark, stack.Count - mark);
        return items;
    }

    private object? Remembered(long key) =>
        memo.TryGetValue(key, out object? value) ? value : throw Failure("the pickle uses a memo entry that does not exist.");

    private byte Byte() => Take(1)[0];

    private ReadOnlySpan<byte> Take(long count)
    {
        if (count < 0 || count > bytes.Length - position)
        {
            throw Failure($"the pickle ends where {count} more bytes are expected: it is truncated.");
        }

        ReadOnlySpan<byte> taken = bytes.Span.Slice(position, (int)count);
        position += (int)count;
        return taken;
    }

    private long Length(int size) => size == 4
        ? BinaryPrimitives.ReadUInt32LittleEndian(Take(4))
        : (long)Math.Min(BinaryPrimitives.ReadUInt64LittleEndian(Take(8)), long.MaxValue);

    // Integers of more than 8 bytes occur in one place only, the signature of old files.
    private object Long(long size)
    {
        ReadOnlySpan<byte> digits = Take(size);
        if (size <= 8)
        {
            long value = size > 0 && (sbyte)digits[^1] < 0 ? -1 : 0;
            for (int i = digits.Length - 1; i >= 0; i--)
            {
                value = (value << 8) | digits[i];
            }

            return value;
        }

        return size <= 16 ? new System.Numerics.BigInteger(digits) : throw Failure($"an integer of {size} bytes is too large.");
    }

    private string Text(long length)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Take(length));
        }
        catch (DecoderFallbackException exception)
        {
            throw new ModelFormatException("a string is not UTF-8.", fileName, innerException: exception);
        }
    }

    private string Latin(long length) => Encoding.Latin1.GetString(Take(length));

    private string Line()
    {
        int end = bytes.Span[position..].IndexOf((byte)'\n');
        if (end < 0 || end > limits.MaximumNameBytes)
        {
            throw Failure("a name is not terminated.");
        }

        string line = Latin(end);
        position++;
        return line;
    }

    private ModelFormatException Failure(string problem) => new(problem, fileName, "data.pkl");
}
