using System.Text;

namespace Cairn.Tests.EventFiles;

/// <summary>One field of an encoded protobuf message: a number, or bytes that may be a message, a string or packed numbers.</summary>
internal sealed record WireField(int Id, ulong Number, byte[] Bytes)
{
    public double Double => BitConverter.UInt64BitsToDouble(Number);

    public string Text => Encoding.UTF8.GetString(Bytes);

    /// <summary>All fields by their number; a key is the field's number times 8 plus its kind.</summary>
    public static ILookup<int, WireField> Read(byte[] message)
    {
        var fields = new List<WireField>();
        int at = 0;
        while (at < message.Length)
        {
            ulong key = Varint(message, ref at);
            int id = (int)(key >> 3);
            switch (key & 7)
            {
                case 0:
                    fields.Add(new WireField(id, Varint(message, ref at), []));
                    break;
                case 1:
                    fields.Add(new WireField(id, BitConverter.ToUInt64(message, at), []));
                    at += 8;
                    break;
                case 2:
                    int length = (int)Varint(message, ref at);
                    fields.Add(new WireField(id, 0, message[at..(at + length)]));
                    at += length;
                    break;
                case 5:
                    fields.Add(new WireField(id, BitConverter.ToUInt32(message, at), []));
                    at += 4;
                    break;
                default:
                    throw new InvalidDataException($"field {id} has the wire type {key & 7}");
            }
        }

        Assert.Equal(message.Length, at);
        return fields.ToLookup(field => field.Id);
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte one = message[at++];
            value |= (ulong)(one & 0x7F) << shift;
            if (one < 0x80)
            {
                return value;
            }
        }
    }
}
