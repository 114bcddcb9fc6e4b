using Cairn.Saving;
using Cairn.Saving.Hdf5;

namespace Cairn.Tests.Saving;

/// <summary>Files of other programs and older versions of Keras.</summary>
public class OtherHdf5Tests
{
    [Fact]
    public void Data_in_compressed_pieces_are_put_together()
    {
        ModelData model = Read(
            """
            for i, options in enumerate([
                    dict(chunks=(2, 3)),
                    dict(chunks=(5, 7), compression='gzip'),
                    dict(chunks=(3, 2), compression=9, shuffle=True),
                    dict(chunks=(4, 4), fletcher32=True),
                    dict(chunks=(1, 1), compression='gzip', shuffle=True, fletcher32=True)]):
                names.append(f'm/w{i}')
                g.create_dataset(f'm/w{i}', data=np.arange(35, dtype='f4').reshape(5, 7), **options)
            """);

        IReadOnlyList<WeightData> weights = model.Layers[0].Weights;
        Assert.Equal(5, weights.Count);
        Assert.All(weights, weight => Assert.Equal(Enumerable.Range(0, 35).Select(i => (float)i), weight.ToSingles()));
        Assert.All(weights, weight => Assert.Equal([5, 7], weight.Shape));
    }

    [Fact]
    public void Data_in_many_pieces_under_a_tree_of_several_levels_are_put_together()
    {
        ModelData model = Read(
            """
            names.append('w')
            g.create_dataset('w', data=np.arange(3 * 40 * 41, dtype='f8').reshape(3, 40, 41), chunks=(2, 1, 3))
            """);

        Assert.Equal(Enumerable.Range(0, 3 * 40 * 41).Select(i => (float)i), model.Layers[0].Weights[0].ToSingles());
    }

    [Fact]
    public void Numbers_of_every_type_become_float32_where_asked()
    {
        ModelData model = Read(
            """
            for t in ['f2', 'f4', 'f8', 'i1', 'i2', 'i4', 'i8', 'u1', 'u2', 'u4', 'u8', '?']:
                names.append('m/' + t)
                g.create_dataset('m/' + t, data=np.array([[1, 0]], t))
            """);

        Assert.All(model.Layers[0].Weights, weight => Assert.Equal([1f, 0f], weight.ToSingles()));
        Assert.All(model.Layers[0].Weights, weight => Assert.Equal([1L, 0L], weight.ToInt64s()));
        Assert.Equal(
            ["float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "bool"],
            model.Layers[0].Weights.Select(weight => weight.DType));
    }

    [Fact]
    public void Strings_of_fixed_length_and_files_with_weights_only_are_read()
    {
        ModelData model = Read(
            """
            del f.attrs['layer_names']
            f.attrs['layer_names0'] = np.array([b'l'])
            f.attrs['layer_names1'] = np.array([b'empty', b'x'])
            f.attrs['keras_version'] = np.bytes_('2.15.0')
            f.create_group('empty').attrs['weight_names'] = []
            f.create_group('x').attrs['weight_names'] = np.array(['é/w:0'.encode()])
            f['x'].create_dataset('é/w:0', data=np.float32(3))
            """);

        Assert.Equal(["l", "empty", "x"], model.Layers.Select(layer => layer.Name));
        Assert.Equal("é/w:0", model.Layers[2].Weights.Single().Name);
        Assert.Equal([3f], model.Layers[2].Weights.Single().ToSingles());
        Assert.Equal("2.15.0", model.KerasVersion);
        Assert.Null(model.ModelConfig);
        Assert.Null(model.OptimizerWeights);
    }

    [Fact]
    public void A_user_block_before_the_file_is_skipped()
    {
        ModelData model = Read("names.append('w'); g.create_dataset('w', data=np.float32(3))", "userblock_size=1024");

        Assert.Equal([3f], model.Layers[0].Weights.Single().ToSingles());
    }

    [Fact]
    public void Files_in_the_newest_layout_with_small_groups_are_read()
    {
        ModelData model = Read("names.append('w'); g.create_dataset('w', data=np.arange(3, dtype='f4'))", "libver='latest'");

        Assert.Equal([0f, 1f, 2f], model.Layers[0].Weights.Single().ToSingles());
    }

    [Theory]
    [InlineData(20), InlineData(700), InlineData(5000)]
    public void Files_in_the_newest_layout_are_read_with_as_many_entries_as_they_have(int count)
    {
        ModelData model = Read(
            $"""
            for i in range({count}):
                names.append('w%d' % i)
                g.create_dataset('w%d' % i, data=np.float32(i))
            if {count} > 1000:
                # as Keras splits them: one attribute ends at 64 KiB, a reference takes 16 bytes
                for i in range(0, {count}, 1000): g.attrs['weight_names%d' % (i // 1000)] = names[i:i + 1000]
                names = []
            """, "libver='latest'", namesInOne: count <= 1000);

        Assert.Equal(Enumerable.Range(0, count).Select(i => (float)i), model.Layers[0].Weights.Select(weight => weight.ToSingles()[0]));
    }

    [Fact]
    public void Many_attributes_and_long_ones_in_the_newest_layout_are_read()
    {
        ModelData model = Read(
            """
            for i in range(300): f.attrs['cairn_%d' % i] = 'value %d' % i
            f.attrs['cairn_long'] = np.bytes_(b'x' * 100_000)
            f.attrs['model_config'] = 'm' * 200_000
            names.append('w')
            g.create_dataset('w', data=np.float32(3))
            """, "libver='latest'");

        Assert.Equal(301, model.CairnAttributes.Count);
        Assert.Equal("value 299", model.CairnAttributes["299"]);
        Assert.Equal(new string('x', 100_000), model.CairnAttributes["long"]);
        Assert.Equal(new string('m', 200_000), model.ModelConfig);
    }

    [Theory]
    [InlineData("libver='earliest'"), InlineData("libver='latest'")]
    public void Links_by_name_within_the_file_are_followed(string options)
    {
        ModelData model = Read(
            """
            f.create_group('elsewhere/deep').create_dataset('data', data=np.float32(3))
            g['absolute'] = h5py.SoftLink('/elsewhere/deep/data')
            g['relative'] = h5py.SoftLink('inner/./data')
            g.create_group('inner')['data'] = h5py.SoftLink('/l/absolute')
            f['twin'] = h5py.SoftLink('/l')
            f.attrs['layer_names'] = ['l', 'twin']
            names += ['absolute', 'relative', 'inner/data']
            """, options);

        Assert.Equal(["l", "twin"], model.Layers.Select(layer => layer.Name));
        Assert.All(model.Layers, layer => Assert.Equal([3f, 3f, 3f], layer.Weights.Select(weight => weight.ToSingles()[0])));
    }

    private static Cairn.Saving.ModelData Read(string python, string options = "libver='earliest'", bool namesInOne = true)
    {
        OutsideTools.RequireH5py();
        using var folder = new TemporaryFolder();
        OutsideTools.RunPython(
            $"""
            import h5py, sys
            import numpy as np
            with h5py.File(sys.argv[1], 'w', {options}) as f:
                names = []
                f.attrs['layer_names'] = ['l']
                g = f.create_group('l')
                {python.ReplaceLineEndings("\n    ")}
                if {(namesInOne ? "True" : "False")}: g.attrs['weight_names'] = names
            """, folder["other.h5"]);
        return LegacyHdf5.Read(folder["other.h5"]);
    }
}
