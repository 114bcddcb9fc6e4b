using Cairn.EventFiles;
using Cairn.Tests.Saving;
using SkiaSharp;

namespace Cairn.Tests.EventFiles;

/// <summary>The format of the files, compared with published values and independent readers.</summary>
public sealed class EventFileTests
{
    /// <summary>RFC 3720, appendix B.4, and the check value of the CRC catalogues.</summary>
    public static TheoryData<string, uint> PublishedChecksums => new()
    {
        { new string('0', 64), 0x8A9136AA },
        { new string('F', 64), 0x62A8AB43 },
        { Convert.ToHexString([.. Enumerable.Range(0, 32).Select(i => (byte)i)]), 0x46DD794E },
        { Convert.ToHexString([.. Enumerable.Range(0, 32).Select(i => (byte)(31 - i))]), 0x113FDB5C },
        { Convert.ToHexString("123456789"u8), 0xE3069283 },
    };

    [Theory]
    [MemberData(nameof(PublishedChecksums))]
    public void The_checksum_is_CRC_32C_and_masked(string hex, uint crc)
    {
        byte[] data = Convert.FromHexString(hex);
        Assert.Equal(crc, EventReader.Crc32C(data));
        Assert.Equal(EventReader.Masked(data), MaskedCrc32C.Of(data));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(1001)]
    public void The_checksum_does_not_depend_on_how_many_bytes_are_taken_at_once(int length)
    {
        byte[] data = [.. Enumerable.Range(0, length).Select(i => (byte)(i * 31))];
        Assert.Equal(EventReader.Masked(data), MaskedCrc32C.Of(data));
    }

    [Fact]
    public void A_file_begins_with_the_bytes_that_files_of_TensorFlow_begin_with()
    {
        using var folder = new TemporaryFolder();
        using (EventFile.Create(Path.Combine(folder["train"], EventFile.NewName(TimeProvider.System)), TimeProvider.System))
        {
        }

        string path = Assert.Single(EventReader.FilesIn(folder["train"]));
        Assert.Matches(@"^events\.out\.tfevents\.\d{10}\.[^/]+\.\d+\.\d+\.v2$", Path.GetFileName(path));

        // 24 bytes of an event with a time and "brain.Event:2", the masked checksum of that length, then the time as field 1.
        byte[] file = File.ReadAllBytes(path);
        Assert.Equal("1800000000000000A37F4B2209", Convert.ToHexString(file[..13]));
        ReadEvent first = Assert.Single(EventReader.ReadFile(path));
        Assert.Equal("brain.Event:2", first.FileVersion);
        Assert.InRange(first.WallTime, DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 600, DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1);
    }

    [Fact]
    public void TensorBoards_own_messages_parse_the_files()
    {
        using var folder = new TemporaryFolder();
        WeightImages weights = WeightImages.Of([0, 0.5f, 1, 0.25f], [2, 2])!;
        using (var file = EventFile.Create(folder[EventFile.NewName(TimeProvider.System)], TimeProvider.System))
        {
            file.Write(7, SummaryValue.Scalar("epoch_loss", 0.1));
            file.Write(8, SummaryValue.Histogram("dense/kernel/histogram", [1, 2, 2, float.NaN, 4]));
            file.Write(9, SummaryValue.Images("dense/kernel/image", weights));
            file.Write(10, SummaryValue.Text("model_summary", "# größer"));
        }

        // TorchSharp includes TensorBoard's messages.
        List<Tensorboard.Event> events =
            [.. EventReader.Records(EventReader.FilesIn(folder.Folder)[0]).Select(Tensorboard.Event.Parser.ParseFrom)];
        Assert.Equal([0, 7, 8, 9, 10], events.Select(happened => happened.Step));
        Assert.Equal("brain.Event:2", events[0].FileVersion);
        List<Tensorboard.Summary.Types.Value> values = [.. events.Skip(1).Select(happened => Assert.Single(happened.Summary.Value))];
        Assert.Equal(["epoch_loss", "dense/kernel/histogram", "dense/kernel/image", "model_summary"], values.Select(value => value.Tag));
        Assert.Equal(["scalars", "histograms", "images", "text"], values.Select(value => value.Metadata.PluginData.PluginName));
        Assert.Equal([0.1f], values[0].Tensor.FloatVal);
        Assert.Equal((Tensorboard.DataType.DtFloat, 0), (values[0].Tensor.Dtype, values[0].Tensor.TensorShape.Dim.Count));
        Assert.Equal([30, 3], values[1].Tensor.TensorShape.Dim.Select(dim => dim.Size));
        Assert.Equal(30 * 3 * sizeof(double), values[1].Tensor.TensorContent.Length);
        Assert.Equal([3], values[2].Tensor.TensorShape.Dim.Select(dim => dim.Size));
        Assert.Equal("# größer", values[3].Tensor.StringVal[0].ToStringUtf8());
    }

    [Fact]
    public void A_file_is_continued_after_the_saved_position()
    {
        using var folder = new TemporaryFolder();
        string path;
        long length;
        using (var file = EventFile.Create(folder[EventFile.NewName(TimeProvider.System)], TimeProvider.System))
        {
            file.Write(0, SummaryValue.Scalar("loss", 1));
            (path, length) = (file.Path, file.Length);
            file.Write(1, SummaryValue.Scalar("loss", 2));
        }

        // The process was killed in the middle of a record.
        File.AppendAllBytes(path, [1, 2, 3]);
        using (EventFile file = EventFile.Continue(path, length, TimeProvider.System)!)
        {
            file.Write(1, SummaryValue.Scalar("loss", 3));
        }

        Assert.Equal([1, 3], EventReader.ReadFile(path).SelectMany(happened => happened.Values).Select(value => value.Floats[0]));
        Assert.Null(EventFile.Continue(path, 1_000_000, TimeProvider.System));
        Assert.Null(EventFile.Continue(folder["none"], 0, TimeProvider.System));
    }

    [Fact]
    public void A_histogram_has_thirty_buckets_between_the_least_and_the_greatest_number()
    {
        // Width (30 - 0) / 30 = 1: 0.5 and 0 fall into the first bucket, 1 into the second, 29.5 and, by the closed right edge, 30 into the
        // last.
        double[] buckets = HistogramBuckets.Of([0, 0.5f, 1, 29.5f, 30, float.NaN, float.PositiveInfinity]);
        Assert.Equal(30 * 3, buckets.Length);
        Assert.Equal([0, 1, 2], buckets[..3]);
        Assert.Equal([1, 2, 1], buckets[3..6]);
        Assert.Equal([29, 30, 2], buckets[^3..]);
        Assert.Equal(5, buckets.Where((_, i) => i % 3 == 2).Sum());
        Assert.Equal([-0.25, 0.75, 4], HistogramBuckets.Of([0.25f, 0.25f, 0.25f, 0.25f]));
        Assert.Empty(HistogramBuckets.Of([float.NaN]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_PNG_is_read_back_by_another_library(int channels)
    {
        const int Width = 5;
        const int Height = 3;
        byte[] pixels =
            [.. Enumerable.Range(0, Width * Height * channels).Select(i => channels == 4 && i % 4 == 3 ? (byte)255 : (byte)(i * 4))];
        using var image = SKBitmap.Decode(Png.Encode(pixels, Width, Height, channels));
        Assert.Equal((Width, Height), (image.Width, image.Height));
        for (int i = 0; i < Width * Height; i++)
        {
            SKColor color = image.GetPixel(i % Width, i / Width);
            byte[] expected = channels == 1 ? [pixels[i], pixels[i], pixels[i]] : pixels[(i * channels)..((i * channels) + 3)];
            Assert.Equal(expected, new[] { color.Red, color.Green, color.Blue });
        }
    }

    /// <summary>The arrangements of Keras' callback: shape, then count, height, width and channels of the images, and the element behind
    /// each byte of the first.</summary>
    public static TheoryData<long[], int[], int[]> Arrangements => new()
    {
        { [4], [1, 4, 1, 1], [0, 1, 2, 3] },
        { [1, 4, 1], [1, 4, 1, 1], [0, 1, 2, 3] },
        { [2, 3], [1, 2, 3, 1], [0, 1, 2, 3, 4, 5] },
        { [3, 2], [1, 2, 3, 1], [0, 2, 4, 1, 3, 5] },
        { [2, 2, 3], [3, 2, 2, 1], [0, 3, 6, 9] },
        { [2, 2, 1, 3], [3, 2, 2, 1], [0, 3, 6, 9] },
        { [2, 2, 2, 3], [2, 2, 2, 3], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] },
    };

    [Theory]
    [MemberData(nameof(Arrangements))]
    public void Weights_become_images_as_in_Keras(long[] shape, int[] layout, int[] first)
    {
        float[] numbers = [.. Enumerable.Range(0, (int)shape.Aggregate((a, b) => a * b)).Select(i => (i + 0.25f) / 255.5f)];
        WeightImages images = WeightImages.Of(numbers, shape)!;
        Assert.Equal(layout, new[] { images.Count, images.Height, images.Width, images.Channels });
        Assert.Equal(first, images.Pixels(0).Select(one => (int)one));
    }

    [Fact]
    public void Brightness_equals_TensorFlows_and_other_shapes_give_no_images()
    {
        Assert.Equal([0, 0, 127, 255, 255, 0], WeightImages.Of([-1, 0, 0.5f, 1, 2, float.NaN], [6])!.Pixels(0));
        Assert.Null(WeightImages.Of([1], [1]));
        Assert.Null(WeightImages.Of(new float[16], [2, 2, 2, 2]));
        Assert.Null(WeightImages.Of(new float[32], [2, 2, 2, 2, 2]));
        Assert.Null(WeightImages.Of([], [0, 3]));
        Assert.Null(WeightImages.Of(new float[(1 << 24) + 1], [(1 << 24) + 1]));
    }
}
