using Cairn.Saving;
using Cairn.Saving.Hdf5;

namespace Cairn.Tests.Saving;

/// <summary>Files of some kilobytes that would take gigabytes: refused before they cost more than any small file may.</summary>
public sealed class SmallFilesThatAskForMuchTests
{
    private const long Most = 512L << 20;

    // Each of 50 groups is in the one before it under two names: 2^50 paths of up to 25,000 letters.
    [Fact]
    public void Groups_with_ever_new_paths_to_them_are_refused()
    {
        AssertRefused("bomb.weights.h5", path => WeightsHdf5.Read(path).Dispose(), "longer than the file", """
            import h5py, sys
            with h5py.File(sys.argv[1], 'w') as f:
                group = f
                for i in range(50):
                    below = f.create_group(None)
                    group['x' * 500] = below
                    group['y' * 500] = below
                    group = below
            """);
    }

    // Each of four links has 60 steps, and each step is the link before it: 60^4 groups to pass.
    [Fact]
    public void Links_through_links_are_refused()
    {
        AssertRefused("bomb.h5", path => LegacyHdf5.Read(path).Dispose(), "lead in circles", """
            import h5py, sys
            with h5py.File(sys.argv[1], 'w') as f:
                f['a'] = f
                for link, to in ('ba', 'cb', 'dc', 'ed'): f[link] = h5py.SoftLink('/'.join([to] * 60))
                f.attrs['layer_names'] = ['e']
            """);
    }

    [Fact]
    public void Pieces_far_larger_than_their_array_are_refused()
    {
        AssertRefused("bomb.h5", path => LegacyHdf5.Read(path).Dispose(), "stand for", """
            import h5py, sys
            with h5py.File(sys.argv[1], 'w') as f:
                f.attrs['layer_names'] = ['l']
                g = f.create_group('l')
                g.attrs['weight_names'] = ['w'] * 500
                g.create_dataset('w', (1,), 'f8', data=[0], maxshape=(None,), chunks=(1 << 22,), compression='gzip')
            """);
    }

    // Each of 40 models calls the one within it twice: 2^40 layers to run.
    [Fact]
    public void Models_that_call_each_other_ever_more_often_are_refused()
    {
        string layer = "'class_name': 'Dense', 'name': 'm0', 'config': {'name': 'm0', 'units': 2}";
        for (int i = 1; i <= 40; i++)
        {
            int first = i == 1 ? 0 : 1; // models' calls are counted from 1
            layer = $$"""
                'class_name': 'Functional', 'name': 'm{{i}}', 'config': {'name': 'm{{i}}', 'layers': [
                    {'class_name': 'InputLayer', 'name': 'x', 'config': {'batch_shape': [null, 2], 'name': 'x'}, 'inbound_nodes': []},
                    { {{layer}}, 'inbound_nodes': [[['x', 0, 0, {}]], [['m{{i - 1}}', {{first}}, 0, {}]]] }],
                  'input_layers': [['x', 0, 0]], 'output_layers': [['m{{i - 1}}', {{first + 1}}, 0]] }
                """;
        }

        var exception = Assert.Throws<ModelFormatException>(() => Model.FromJson($"{{{layer}}}".Replace('\'', '"')));

        Assert.Contains("at most 100000", exception.Problem, StringComparison.Ordinal);
    }

    private static void AssertRefused(string name, Action<string> read, string problem, string script)
    {
        OutsideTools.RequireH5py();
        using var folder = new TemporaryFolder();
        OutsideTools.RunPython(script, folder[name]);
        Assert.True(new FileInfo(folder[name]).Length < 1 << 20);
        long before = GC.GetAllocatedBytesForCurrentThread();

        var exception = Assert.Throws<ModelFormatException>(() => read(folder[name]));

        Assert.Contains(problem, exception.Problem, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Most);
    }
}
