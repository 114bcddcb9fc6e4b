using System.Diagnostics;
using Cairn.Saving;
using Cairn.Saving.Hdf5;

namespace Cairn.Tests.Saving;

public class HostileHdf5Tests
{
    [Theory]
    [InlineData("mlp", 1, 400), InlineData("cnn_bn", 2, 200)]
    public void Files_by_Keras_with_changed_bytes_are_read_or_refused_and_nothing_else_happens(string name, int seed, int count)
    {
        var golden = new GoldenFile(name);
        Fuzz(File.ReadAllBytes(golden.LegacyPath), seed, count, stream => LegacyHdf5.Read(stream, name));
        Fuzz(File.ReadAllBytes(golden.WeightsPath), seed, count, stream => WeightsHdf5.Read(stream, name));
    }

    [Fact]
    public void Our_files_with_changed_bytes_are_read_or_refused_and_nothing_else_happens()
    {
        using var stream = new MemoryStream();
        LegacyHdf5.Write(stream, LegacyHdf5.Read(new GoldenFile("mlp").LegacyPath));

        Fuzz(stream.ToArray(), seed: 3, count: 400, bytes => LegacyHdf5.Read(bytes, "ours"));
    }

    [Fact]
    public void Compressed_data_with_changed_bytes_are_read_or_refused_and_nothing_else_happens()
    {
        OutsideTools.RequireH5py();
        using var folder = new TemporaryFolder();
        OutsideTools.RunPython(
            """
            import h5py, sys
            import numpy as np
            with h5py.File(sys.argv[1], 'w') as f:
                f.attrs['layer_names'] = ['l']
                g = f.create_group('l')
                g.attrs['weight_names'] = ['w']
                w = np.arange(70, dtype='f4').reshape(10, 7)
                g.create_dataset('w', data=w, chunks=(2, 3), compression='gzip', shuffle=True)
            """, folder["chunked.h5"]);

        Fuzz(File.ReadAllBytes(folder["chunked.h5"]), seed: 4, count: 2000, stream => LegacyHdf5.Read(stream, "chunked"));
    }

    [Fact]
    public void A_file_cut_short_anywhere_is_refused()
    {
        byte[] bytes = File.ReadAllBytes(new GoldenFile("mlp").LegacyPath);

        for (int length = 0; length < bytes.Length; length += 97)
        {
            ModelFormatException exception =
                Assert.Throws<ModelFormatException>(() => LegacyHdf5.Read(new MemoryStream(bytes, 0, length), "cut.h5"));
            Assert.Equal("cut.h5", exception.FileName);
        }
    }

    [Fact]
    public void Files_in_the_newest_layout_with_changed_bytes_are_read_or_refused_and_nothing_else_happens()
    {
        OutsideTools.RequireH5py();
        using var folder = new TemporaryFolder();
        OutsideTools.RunPython(
            """
            import h5py, sys
            import numpy as np
            with h5py.File(sys.argv[1], 'w', libver='latest') as f:
                f.attrs['layer_names'] = ['l']
                g = f.create_group('l')
                for i in range(60):
                    g.create_dataset('w%d' % i, data=np.float32(i))
                    f.attrs['cairn_%d' % i] = 'v'
                g.attrs['weight_names'] = ['w%d' % i for i in range(60)]
            """, folder["latest.h5"]);
        byte[] original = File.ReadAllBytes(folder["latest.h5"]);

        Fuzzing.FuzzRun.Run(
            1500, 21, mutator => mutator.Next(2) == 0 ? Fuzzing.Hdf5Mutation.Of(original, mutator) : mutator.Bytes(original),
            bytes => LegacyHdf5.Read(new MemoryStream(bytes), "latest"));
    }

    [Fact]
    public void A_changed_bit_in_a_header_we_wrote_is_found_by_its_checksum()
    {
        using var stream = new MemoryStream();
        LegacyHdf5.Write(stream, new ModelData { Layers = [new("a", [])] });
        byte[] bytes = stream.ToArray();
        int place = bytes.AsSpan().IndexOf("keras_version"u8);
        bytes[place] ^= 1;

        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => LegacyHdf5.Read(new MemoryStream(bytes), null));

        Assert.Contains("checksum", exception.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "empty"), InlineData("{\"this\": \"is JSON\"}", "not an HDF5 file"), InlineData("PK\u0003\u0004", "'.keras' file")]
    public void Other_values_are_refused_by_name(string content, string problem)
    {
        ModelFormatException exception = Assert.Throws<ModelFormatException>(
            () => LegacyHdf5.Read(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(content)), "x.h5"));

        Assert.Contains(problem, exception.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("g['w'] = h5py.SoftLink('/elsewhere')", "link")]
    [InlineData("g['w'] = h5py.SoftLink('w')", "cycle")]
    [InlineData("g['w'] = h5py.SoftLink('../../outside')", "does not exist")]
    [InlineData("g['v'] = h5py.SoftLink('w'); g['w'] = h5py.SoftLink('v')", "cycle")]
    [InlineData("g['w'] = h5py.ExternalLink('/etc/other.h5', '/w')", "link")]
    [InlineData("g.create_dataset('w', (4,), 'f4', external=[('/etc/passwd', 0, 16)])", "another file")]
    [InlineData("g.create_dataset('w', (1 << 40,), 'f4', chunks=(1 << 20,), compression='gzip')", "allowed")]
    [InlineData("g.create_dataset('w', (1 << 28,), 'f4', chunks=(1 << 20,), compression='gzip')", "too many for a file")]
    [InlineData("g.create_dataset('w', (1 << 16,), 'f4')", "too many|stored|written|file of")]
    [InlineData("g.create_dataset('w', data=np.zeros(3, '>f4'))", "big-endian")]
    [InlineData("g.create_dataset('w', data=['text'])", "numbers")]
    [InlineData("g.create_group('w')", "not a data set")]
    [InlineData("g.create_dataset('w', data=np.zeros(64, 'f4'), compression='lzf')", "compression")]
    [InlineData("g.attrs['weight_names'] = ['gone']", "there is no data set 'gone'")]
    [InlineData("g.attrs['weight_names'] = ['/'.join('abcdefgh' * 10)]", "parts")]
    [InlineData("g.attrs['weight_names'] = ['a//b']", "slashes")]
    [InlineData("g.attrs['weight_names'] = [1, 2]", "expected strings")]
    public void Invalid_content_of_a_model_file_is_refused(string python, string problem)
    {
        OutsideTools.RequireH5py();
        using var folder = new TemporaryFolder();
        OutsideTools.RunPython(
            $"""
            import h5py, sys
            import numpy as np
            with h5py.File(sys.argv[1], 'w') as f:
                f.attrs['layer_names'] = ['l']
                g = f.create_group('l')
                g.attrs['weight_names'] = ['w']
                {python}
            """, folder["hostile.h5"]);

        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => LegacyHdf5.Read(folder["hostile.h5"]));

        Assert.Contains(problem.Split('|'), part => exception.Problem.Contains(part, StringComparison.Ordinal));
        Assert.Equal("l", exception.Location!.Split('/')[0]);
    }

    [Fact]
    public void A_group_that_contains_itself_terminates()
    {
        OutsideTools.RequireH5py();
        using var folder = new TemporaryFolder();
        OutsideTools.RunPython(
            """
            import h5py, sys
            with h5py.File(sys.argv[1], 'w') as f:
                g = f.create_group('a')
                for i in range(8): g[f'b{i}'] = g
            """, folder["circle.weights.h5"]);

        Assert.Throws<ModelFormatException>(() => WeightsHdf5.Read(folder["circle.weights.h5"]));
    }

    [Fact]
    public void A_long_string_referenced_many_times_is_refused()
    {
        OutsideTools.RequireH5py();
        using var folder = new TemporaryFolder();
        OutsideTools.RunPython(
            """
            import h5py, sys
            with h5py.File(sys.argv[1], 'w') as f:
                f.attrs['model_config'] = 'x' * (1 << 22)
                f.attrs['layer_names'] = ['l%d' % i for i in range(1000)]
            """, folder["bomb.h5"]);
        byte[] bytes = File.ReadAllBytes(folder["bomb.h5"]);
        // Every reference (length, heap, item) of layer_names becomes that of model_config.
        int config = bytes.AsSpan().IndexOf(new byte[] { 0x00, 0x00, 0x40, 0x00 });
        while (BitConverter.ToUInt64(bytes, config + 4) is 0 or > 1 << 25)
        {
            config += 1 + bytes.AsSpan(config + 1).IndexOf(new byte[] { 0x00, 0x00, 0x40, 0x00 });
        }

        byte[] reference = bytes.AsSpan(config, 16).ToArray();
        int names = bytes.AsSpan().IndexOf("layer_names"u8);
        int first = names + bytes.AsSpan(names).IndexOf(new byte[] { 2, 0, 0, 0 });
        for (int i = 0; i < 900; i++)
        {
            reference.CopyTo(bytes, first + 16 * i);
        }

        ModelFormatException exception = Assert.Throws<ModelFormatException>(
            () => LegacyHdf5.Read(new MemoryStream(bytes), null, new FileLimits { MaximumNameBytes = 1 << 30 }));

        Assert.Contains("longer than the file", exception.Problem, StringComparison.Ordinal);
    }

    private static void Fuzz(byte[] original, int seed, int count, Action<Stream> read)
    {
        var random = new Random(seed);
        int refused = 0;
        var clock = Stopwatch.StartNew();
        for (int i = 0; i < count; i++)
        {
            byte[] bytes = (byte[])original.Clone();
            for (int change = random.Next(1, 9); change > 0; change--)
            {
                // Weights are most of the file, and changes of them can't be detected; half of the changes are therefore where structures
                // are dense.
                bytes[Place(bytes, random)] = random.Next(3) switch { 0 => 0xFF, 1 => 0, _ => (byte)random.Next(256) };
            }

            try
            {
                read(new MemoryStream(bytes));
            }
            catch (ModelFormatException)
            {
                refused++;
            }
        }

        Assert.True(refused > count / 20, $"only {refused} of {count} were refused");
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), $"took {clock.Elapsed}");
    }

    private static int Place(byte[] bytes, Random random)
    {
        if (random.Next(2) == 0)
        {
            return random.Next(bytes.Length);
        }

        ReadOnlySpan<byte> signature = random.Next(6) switch
        {
            0 => "TREE"u8,
            1 => "SNOD"u8,
            2 => "HEAP"u8,
            3 => "GCOL"u8,
            4 => "OHDR"u8,
            _ => "HDF"u8,
        };
        int start = random.Next(bytes.Length / 2);
        int found = bytes.AsSpan(start).IndexOf(signature);
        return found < 0 ? random.Next(Math.Min(200, bytes.Length)) : Math.Min(bytes.Length - 1, start + found + random.Next(64));
    }
}
