using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Cairn.Saving;

namespace Cairn.Tests.Saving;

/// <summary>Untrusted archives are read completely or rejected with ModelFormatException.</summary>
public sealed class HostileKerasArchiveTests
{
    private static byte[] Golden => File.ReadAllBytes(Path.Combine(GoldenFile.Folder, "mlp", "model.keras"));

    [Fact]
    public void Archives_of_Keras_with_changed_bytes_are_loaded_or_refused_and_nothing_else_happens()
    {
        using var folder = new TemporaryFolder();
        byte[] original = Golden;
        var random = new Random(20240);
        int refused = 0;
        var clock = Stopwatch.StartNew();
        const int count = 600;
        for (int i = 0; i < count; i++)
        {
            byte[] bytes = (byte[])original.Clone();

            // Weights are most of the file, protected only by a checksum; every second change is therefore in the headers and the
            // directory.
            for (int change = random.Next(1, 6); change > 0; change--)
            {
                int place = random.Next(3) switch
                {
                    0 => random.Next(bytes.Length),
                    1 => bytes.Length - 1 - random.Next(330),
                    _ =>
                    random.Next(4000)
                };
                bytes[place] = random.Next(3) switch { 0 => 0xFF, 1 => 0, _ => (byte)random.Next(256) };
            }

            if (i % 10 == 0)
            {
                bytes = bytes[..random.Next(bytes.Length)];
            }

            if (!Loads(folder["mutant.keras"], bytes))
            {
                refused++;
            }
        }

        Assert.True(refused > count / 2, $"only {refused} of {count} were refused");
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), $"took {clock.Elapsed}");
    }

    [Fact]
    public void Configs_with_changed_characters_in_a_sound_archive_are_loaded_or_refused_and_nothing_else_happens()
    {
        using var folder = new TemporaryFolder();
        (byte[] config, byte[] weights) = Members();
        var random = new Random(20241);
        int refused = 0;
        const int count = 400;
        for (int i = 0; i < count; i++)
        {
            byte[] mutant = (byte[])config.Clone();
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                mutant[random.Next(mutant.Length)] = (byte)"0123456789-.\"[]{},:ntfe"[random.Next(23)];
            }

            if (!Loads(folder["mutant.keras"], Zip(("config.json", mutant), ("model.weights.h5", weights))))
            {
                refused++;
            }
        }

        Assert.True(refused > count / 4, $"only {refused} of {count} were refused");
    }

    [Fact]
    public void An_archive_cut_short_anywhere_is_refused_by_name()
    {
        byte[] bytes = Golden;
        for (int length = 0; length < bytes.Length; length += 211)
        {
            ModelFormatException exception =
                Assert.Throws<ModelFormatException>(() => KerasArchive.Read(new MemoryStream(bytes, 0, length), "cut.keras"));
            Assert.Equal("cut.keras", exception.FileName);
        }
    }

    [Theory]
    [InlineData("../config.json"), InlineData("/etc/passwd"), InlineData("assets/vocabulary.txt"), InlineData("a\\b"), InlineData("C:x"),
        InlineData("..")]
    [InlineData("assets/"), InlineData("x\ny")]
    public void Names_with_folders_are_refused(string name)
    {
        (byte[] config, byte[] weights) = Members();
        byte[] bytes = Zip(("config.json", config), ("model.weights.h5", weights), (name, [1]));

        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => KerasArchive.Read(new MemoryStream(bytes), "x.keras"));

        Assert.Contains("only names without folders", exception.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Problem);
    }

    [Fact]
    public void A_member_named_twice_is_refused()
    {
        (byte[] config, byte[] weights) = Members();
        byte[] bytes = Zip(("config.json", config), ("model.weights.h5", weights), ("config.json", config));

        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => KerasArchive.Read(new MemoryStream(bytes), "x.keras"));

        Assert.Equal("config.json", exception.Location);
        Assert.Contains("two members", exception.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_member_packed_too_small_is_refused_before_it_is_unpacked()
    {
        (byte[] config, _) = Members();
        byte[] bytes = Zip(CompressionLevel.Optimal, ("config.json", config), ("model.weights.h5", new byte[80 * 1024 * 1024]));

        ModelFormatException exception =
            Assert.Throws<ModelFormatException>(() => KerasArchive.Read(new MemoryStream(bytes), "bomb.keras"));

        Assert.Equal("model.weights.h5", exception.Location);
        Assert.Contains("compress", exception.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_member_with_a_wrong_size_is_refused()
    {
        byte[] bytes = Golden;

        // The directory at the end has the uncompressed size 24 bytes after each entry's signature; the first entry is metadata.json.
        int entry = bytes.AsSpan().LastIndexOf("config.json"u8) - 46;
        Assert.True(bytes.AsSpan(entry, 4).SequenceEqual(new byte[] { 0x50, 0x4B, 1, 2 }));
        BitConverter.GetBytes(uint.MaxValue - 1).CopyTo(bytes, entry + 24);

        ModelFormatException exception =
            Assert.Throws<ModelFormatException>(() => KerasArchive.Read(new MemoryStream(bytes), "lies.keras"));

        Assert.Equal("config.json", exception.Location);
    }

    [Fact]
    public void A_changed_bit_of_a_weight_is_found_by_its_checksum()
    {
        byte[] bytes = Golden;
        bytes[bytes.Length / 2] ^= 1;

        ModelFormatException exception =
            Assert.Throws<ModelFormatException>(() => KerasArchive.Read(new MemoryStream(bytes), "flipped.keras"));

        Assert.Equal("model.weights.h5", exception.Location);
        Assert.Contains("checksum", exception.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_packed_archive_is_read_like_a_stored_one()
    {
        (byte[] config, byte[] weights) = Members();
        using var folder = new TemporaryFolder();

        Assert.True(Loads(folder["packed.keras"], Zip(CompressionLevel.Optimal, ("config.json", config), ("model.weights.h5", weights))));
    }

    [Fact]
    public void An_archive_inside_an_archive_is_refused_and_the_message_says_what_is_there()
    {
        ModelFormatException exception = Assert.Throws<ModelFormatException>(
            () => KerasArchive.Read(new MemoryStream(Zip(("model.keras", Golden))), "nested.keras"));

        Assert.Contains("'config.json' is missing; the archive holds model.keras", exception.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "empty"), InlineData("{\"a\": 1}", "not a zip archive"), InlineData("PK", "zip archive is damaged")]
    public void Other_values_are_refused(string content, string problem)
    {
        ModelFormatException exception =
            Assert.Throws<ModelFormatException>(() => KerasArchive.Read(new MemoryStream(Encoding.UTF8.GetBytes(content)), "x.keras"));

        Assert.Contains(problem, exception.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("m.keras"), InlineData("m.h5"), InlineData("m.weights.h5")]
    public void A_pickle_is_refused_as_what_it_is(string file)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder[file], [0x80, 4, 0x5D, 0x94, 0x2E]); // pickle.dumps([])
        using var model = new Sequential([new Cairn.Layers.Input([1]), new Cairn.Layers.Dense(1)]);

        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => model.LoadWeights(folder[file]));

        Assert.Contains("a Python pickle", exception.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_legacy_file_under_the_name_of_an_archive_is_refused_with_the_right_ending()
    {
        ModelFormatException exception =
            Assert.Throws<ModelFormatException>(() => KerasArchive.Read(File.OpenRead(new GoldenFile("mlp").LegacyPath), "x.keras"));

        Assert.Contains("'.h5'", exception.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"units\": 7", "\"units\": 2147483647", "elements")]
    [InlineData("\"units\": 7", "\"units\": 8", "shape")]
    [InlineData("\"class_name\": \"Dense\"", "\"class_name\": \"Dance\"", "Dense")]
    [InlineData("\"class_name\": \"Sequential\"", "\"class_name\": \"Dense\"", "units")]
    [InlineData("[null, 5]", "[null, null]", "features")]
    [InlineData("\"relu\"", "\"relo\"", "relu")]
    public void An_invalid_configuration_is_refused_with_file_and_reason(string text, string instead, string reason)
    {
        using var folder = new TemporaryFolder();
        (byte[] config, byte[] weights) = Members();
        string changed = Encoding.UTF8.GetString(config).Replace(text, instead, StringComparison.Ordinal);
        File.WriteAllBytes(folder["bad.keras"], Zip(("config.json", Encoding.UTF8.GetBytes(changed)), ("model.weights.h5", weights)));

        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => Model.Load(folder["bad.keras"]));

        Assert.Equal(folder["bad.keras"], exception.FileName);
        Assert.NotNull(exception.Location);
        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
    }

    private static bool Loads(string path, byte[] bytes)
    {
        File.WriteAllBytes(path, bytes);
        try
        {
            Model.Load(path).Dispose();
            return true;
        }
        catch (ModelFormatException)
        {
            return false;
        }
    }

    private static (byte[] Config, byte[] Weights) Members()
    {
        using var zip = new ZipArchive(new MemoryStream(Golden));
        return (Content("config.json"), Content("model.weights.h5"));

        byte[] Content(string name)
        {
            using Stream stream = zip.GetEntry(name)!.Open();
            using var copy = new MemoryStream();
            stream.CopyTo(copy);
            return copy.ToArray();
        }
    }

    private static byte[] Zip(params (string Name, byte[] Content)[] members) => Zip(CompressionLevel.NoCompression, members);

    private static byte[] Zip(CompressionLevel level, params (string Name, byte[] Content)[] members)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in members)
            {
                using Stream member = zip.CreateEntry(name, level).Open();
                member.Write(content);
            }
        }

        return bytes.ToArray();
    }
}
