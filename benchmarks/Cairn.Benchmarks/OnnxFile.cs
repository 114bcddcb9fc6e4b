using System.Runtime.InteropServices;
using Google.Protobuf;

namespace Cairn.Benchmarks;

/// <summary>
/// Writes the few parts of ONNX that the networks of <see cref="InferenceComparison"/> need. Field numbers are those of <c>onnx.proto</c>.
/// </summary>
internal sealed class OnnxFile
{
    private const int FloatType = 1;
    private const int Int64Type = 7;
    private const int FloatAttribute = 1;
    private const int IntAttribute = 2;
    private const int IntsAttribute = 7;

    private readonly List<byte[]> nodes = [];
    private readonly List<byte[]> weights = [];
    private string last = "x";

    /// <summary>Writes the file.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="sample">Shape of a sample.</param>
    /// <param name="classes">Size of the output.</param>
    public void Save(string path, long[] sample, int classes)
    {
        byte[] graph = Message(to =>
        {
            nodes.ForEach(node => Bytes(to, 1, node));
            Text(to, 2, "graph");
            weights.ForEach(weight => Bytes(to, 5, weight));
            Bytes(to, 11, Value("x", sample));
            Bytes(to, 12, Value(last, [classes]));
        });
        File.WriteAllBytes(path, Message(to =>
        {
            Number(to, 1, 8);
            Bytes(to, 7, graph);
            Bytes(to, 8, Message(set => Number(set, 2, 17)));
        }));
    }

    /// <summary>Appends an operator whose first input is the output of the one before.</summary>
    /// <param name="type">The operator.</param>
    /// <param name="others">Further inputs.</param>
    /// <param name="attributes">Its attributes: a number or an array of numbers.</param>
    public void Add(string type, string[]? others = null, params (string Name, object Value)[] attributes)
    {
        string output = $"y{nodes.Count}", input = last;
        nodes.Add(Message(to =>
        {
            Text(to, 1, input);
            foreach (string other in others ?? [])
            {
                Text(to, 1, other);
            }

            Text(to, 2, output);
            Text(to, 3, $"node{nodes.Count}");
            Text(to, 4, type);
            foreach ((string name, object value) in attributes)
            {
                Bytes(to, 5, Attribute(name, value));
            }
        }));
        last = output;
    }

    /// <summary>Adds a weight.</summary>
    /// <returns>Its name.</returns>
    public string Weight(float[] numbers, params long[] shape) => Tensor(FloatType, MemoryMarshal.AsBytes(numbers.AsSpan()), shape);

    /// <summary>Adds a vector of integers.</summary>
    /// <returns>Its name.</returns>
    public string Weight(params long[] numbers) => Tensor(Int64Type, MemoryMarshal.AsBytes(numbers.AsSpan()), numbers.Length);

    private string Tensor(int type, ReadOnlySpan<byte> content, params long[] shape)
    {
        string name = $"w{weights.Count}";
        byte[] copy = content.ToArray();
        weights.Add(Message(to =>
        {
            foreach (long size in shape)
            {
                Number(to, 1, size);
            }

            Number(to, 2, type);
            Text(to, 8, name);
            Bytes(to, 9, copy);
        }));
        return name;
    }

    private static byte[] Value(string name, long[] sample)
    {
        byte[] shape = Message(to =>
        {
            Bytes(to, 1, Message(batch => Text(batch, 2, "batch")));
            foreach (long size in sample)
            {
                Bytes(to, 1, Message(axis => Number(axis, 1, size)));
            }
        });
        byte[] tensor = Message(to =>
        {
            Number(to, 1, FloatType);
            Bytes(to, 2, shape);
        });
        return Message(to =>
        {
            Text(to, 1, name);
            Bytes(to, 2, Message(type => Bytes(type, 1, tensor)));
        });
    }

    private static byte[] Attribute(string name, object value) => Message(to =>
    {
        Text(to, 1, name);
        switch (value)
        {
            case float number:
                to.WriteTag(2, WireFormat.WireType.Fixed32);
                to.WriteFloat(number);
                Number(to, 20, FloatAttribute);
                break;
            case long number:
                Number(to, 3, number);
                Number(to, 20, IntAttribute);
                break;
            default:
                foreach (long number in (long[])value)
                {
                    Number(to, 8, number);
                }

                Number(to, 20, IntsAttribute);
                break;
        }
    });

    private static byte[] Message(Action<CodedOutputStream> write)
    {
        using var memory = new MemoryStream();
        using (var to = new CodedOutputStream(memory, leaveOpen: true))
        {
            write(to);
        }

        return memory.ToArray();
    }

    private static void Number(CodedOutputStream to, int field, long value)
    {
        to.WriteTag(field, WireFormat.WireType.Varint);
        to.WriteInt64(value);
    }

    private static void Text(CodedOutputStream to, int field, string value)
    {
        to.WriteTag(field, WireFormat.WireType.LengthDelimited);
        to.WriteString(value);
    }

    private static void Bytes(CodedOutputStream to, int field, byte[] value)
    {
        to.WriteTag(field, WireFormat.WireType.LengthDelimited);
        to.WriteBytes(ByteString.CopyFrom(value));
    }
}
