using Cairn.Dashboard.Folders;
using Cairn.EventFiles;
using Cairn.EventFiles.Messages;
using Google.Protobuf;
using Value = Cairn.EventFiles.Messages.Summary.Types.Value;

namespace Cairn.Dashboard.Tests;

/// <summary>Scalars read from the bytes of a record, compared with the parser of messages.</summary>
public sealed class ScalarRecordTests
{
    private static readonly Value PyTorch = new() { Tag = "Loss/train", SimpleValue = 0.25f };
    private static readonly Value Keras = SummaryValue.Scalar("epoch_loss", 0.1);

    // tf.summary.scalar writes the bytes of the number.
    private static readonly Value TensorFlow = new()
    {
        Tag = "batch größe",
        Tensor = new TensorProto
        {
            Dtype = DataType.DtFloat,
            TensorShape = new(),
            TensorContent = ByteString.CopyFrom(BitConverter.GetBytes(-3.5f)),
        },
        Metadata = new() { PluginData = new() { PluginName = "scalars" }, DataClass = DataClass.Scalar },
    };

    public static TheoryData<string, float, byte[]> Scalars => new()
    {
        { "Loss/train", 0.25f, Bytes(7, PyTorch) },
        { "epoch_loss", 0.1f, Bytes(0, Keras) },
        { "batch größe", -3.5f, Bytes(1L << 40, TensorFlow) },
    };

    public static TheoryData<byte[]> Others => new()
    {
        new Event { WallTime = 1, FileVersion = "brain.Event:2" }.ToByteArray(),
        Bytes(1, PyTorch, Keras),
        Bytes(1, SummaryValue.Text("text", "hello")),
        Bytes(1, SummaryValue.Histogram("weights", [1, 2, 3])),
        Bytes(1, new Value { Tag = "none" }),
        Bytes(1, new Value { SimpleValue = 1 }),
        Bytes(1),
        Array.Empty<byte>(),
    };

    [Theory]
    [MemberData(nameof(Scalars))]
    public void Scalars_of_PyTorch_Keras_and_TensorFlow_are_read(string tag, float value, byte[] record)
    {
        Assert.True(ScalarRecord.TryRead(record, out ScalarRecord scalar));
        Assert.Equal((tag, value, 1.5), (System.Text.Encoding.UTF8.GetString(scalar.Tag), scalar.Value, scalar.WallTime));
        Assert.Equal(Event.Parser.ParseFrom(record).Step, scalar.Step);
    }

    [Theory]
    [MemberData(nameof(Others))]
    public void Anything_else_is_left_to_the_parser(byte[] record) => Assert.False(ScalarRecord.TryRead(record, out _));

    [Fact]
    public void A_damaged_record_is_left_or_read_as_the_parser_reads_it()
    {
        var random = new Random(5);
        int read = 0;
        for (int trial = 0; trial < 30_000; trial++)
        {
            byte[] record = Bytes(random.Next(1000), trial % 3 == 0 ? PyTorch : trial % 3 == 1 ? Keras : TensorFlow);
            record[random.Next(record.Length)] ^= (byte)(1 << random.Next(8));
            record = trial % 5 == 0 ? record[..random.Next(record.Length)] : record;
            if (!ScalarRecord.TryRead(record, out ScalarRecord scalar) || Parsed(record) is not { } parsed)
            {
                continue;
            }

            read++;
            Value value = Assert.Single(parsed.Summary.Value);
            float expected = value.HasSimpleValue ? value.SimpleValue
                : value.Tensor.FloatVal.Count == 1 ? value.Tensor.FloatVal[0] : BitConverter.ToSingle(value.Tensor.TensorContent.Span);
            Assert.Equal((parsed.WallTime, parsed.Step, value.Tag, expected),
                (scalar.WallTime, scalar.Step, System.Text.Encoding.UTF8.GetString(scalar.Tag), scalar.Value));
        }

        Assert.InRange(read, 1000, 30_000);
    }

    private static Event? Parsed(byte[] record)
    {
        try
        {
            return Event.Parser.ParseFrom(record);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    private static byte[] Bytes(long step, params Value[] values) =>
        new Event { WallTime = 1.5, Step = step, Summary = new Summary { Value = { values } } }.ToByteArray();
}
