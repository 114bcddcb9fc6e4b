using Cairn.Layers;
using Cairn.Saving;
using Cairn.Tests.Training;

namespace Cairn.Tests.Saving;

/// <summary>Weights by name: safetensors, and TorchSharp's <c>.dat</c>.</summary>
public sealed class NamedWeightsTests
{
    public static TheoryData<string> Endings => [".safetensors", ".dat"];

    [Theory]
    [MemberData(nameof(Endings))]
    public void Weights_are_loaded_with_the_same_bits_into_a_model_of_another_name(string ending)
    {
        using var folder = new TemporaryFolder();
        using Sequential model = Nested("first", seed: 1);
        model.SaveWeights(folder["w" + ending]);
        using Sequential other = Nested("second", seed: 2);

        other.LoadWeights(folder["w" + ending]);

        Assert.Equal(ReferenceRun.Flatten(model), ReferenceRun.Flatten(other));
        Assert.Empty(other.LoadWarnings);
    }

    [Theory]
    [MemberData(nameof(Endings))]
    public void Names_are_those_of_layers_and_weights_and_free_of_the_models_name(string ending)
    {
        using var folder = new TemporaryFolder();
        using Sequential model = Nested("first", seed: 1);
        model.SaveWeights(folder["w" + ending]);

        using NamedWeights saved = ((NamedWeightsFile)ModelFile.Of(folder["w" + ending])).Read(folder["w" + ending]);

        Assert.Equal(
            [
                "dense/kernel", "dense/bias", "inner/dense/kernel", "inner/dense/bias", "norm/gamma", "norm/beta", "norm/moving_mean",
                "norm/moving_variance",
            ],
            saved.Weights.Select(w => w.Name));
        Assert.All(saved.Weights, w => Assert.Equal(WeightType.Float32, w.DType));
        Assert.Equal([3, 4], saved.Weights[0].Shape);
    }

    [Theory]
    [MemberData(nameof(Endings))]
    public void A_missing_an_additional_or_a_misshapen_weight_is_an_error_and_changes_nothing(string ending)
    {
        using var folder = new TemporaryFolder();
        using Sequential model = Nested("m", seed: 1);
        float[] before = ReferenceRun.Flatten(model);
        foreach ((string change, string problem) in new[] { ("missing", "no 'norm/beta'"), ("more", "no weight for 'extra'"),
            ("shape", "(4, 3)") })
        {
            WriteChanged(folder["x" + ending], model, change);
            ModelFormatException exception = Assert.Throws<ModelFormatException>(() => model.LoadWeights(folder["x" + ending]));
            Assert.Contains(problem, exception.Message, StringComparison.Ordinal);
            Assert.Contains("skipMismatch", exception.Message, StringComparison.Ordinal);
            Assert.Equal(before, ReferenceRun.Flatten(model));
        }
    }

    [Theory]
    [MemberData(nameof(Endings))]
    public void Mismatches_are_skipped_with_a_warning_if_requested(string ending)
    {
        using var folder = new TemporaryFolder();
        using Sequential model = Nested("m", seed: 1);
        using Sequential other = Nested("m", seed: 2);
        float[] kernel = other.Weights[0].ToNDArray().ToArray();
        WriteChanged(folder["x" + ending], model, "shape");

        other.LoadWeights(folder["x" + ending], skipMismatch: true);

        Assert.Contains("'dense/kernel' was not loaded", Assert.Single(other.LoadWarnings), StringComparison.Ordinal);
        Assert.Equal(kernel, other.Weights[0].ToNDArray().ToArray());
        Assert.Equal(model.Weights[2].ToNDArray().ToArray(), other.Weights[2].ToNDArray().ToArray());
    }

    [Theory]
    [MemberData(nameof(Endings))]
    public void By_name_takes_the_namesakes_and_leaves_the_others(string ending)
    {
        using var folder = new TemporaryFolder();
        using Sequential model = Nested("m", seed: 1);
        model.SaveWeights(folder["w" + ending]);
        using var other = new Sequential([new Input([3]), new Dense(4), new Dense(7, name: "head")], seed: 3);
        float[] head = other.Weights[2].ToNDArray().ToArray();

        other.LoadWeights(folder["w" + ending], byName: true);

        Assert.Equal(model.Weights[0].ToNDArray().ToArray(), other.Weights[0].ToNDArray().ToArray());
        Assert.Equal(head, other.Weights[2].ToNDArray().ToArray());
    }

    [Theory]
    [MemberData(nameof(Endings))]
    public void Paths_that_begin_with_the_models_name_are_found_too(string ending)
    {
        using var folder = new TemporaryFolder();
        using var model = new Sequential([new Input([2]), new Dense(1)], name: "m");
        Write(folder["w" + ending],
            [WeightData.FromSingles("m/dense/kernel", [2, 1], new[] { 2f, 3f }),
            WeightData.FromSingles("m/dense/bias", [1], new[] { 4f })]);

        model.LoadWeights(folder["w" + ending]);

        Assert.Equal([2f, 3f, 4f], ReferenceRun.Flatten(model));
    }

    [Theory]
    [MemberData(nameof(Endings))]
    public void Numbers_of_every_type_become_the_models(string ending)
    {
        using var folder = new TemporaryFolder();
        using var model = new Sequential([new Input([2]), new Dense(1, useBias: false)], name: "m");
        foreach (string type in WeightType.All.Append(WeightType.BFloat16)
            .Where(type => ending == ".safetensors" || !type.StartsWith("uint", StringComparison.Ordinal) || type == WeightType.UInt8))
        {
            Write(folder["w" + ending], [new WeightData("dense/kernel", [2, 1], type, OneAndZero(type))]);

            model.LoadWeights(folder["w" + ending]);

            Assert.Equal([1f, 0f], ReferenceRun.Flatten(model));
        }
    }

    [Fact]
    public void NumPy_reads_a_safetensors_file_by_the_formats_description()
    {
        OutsideTools.RequireH5py();
        using var folder = new TemporaryFolder();
        using var model = new Sequential([new Input([2]), new Dense(3)], seed: 5);
        model.SaveWeights(folder["w.safetensors"]);

        string output = OutsideTools.RunPython(
            """
            import json, struct, sys
            import numpy as np
            b = open(sys.argv[1], 'rb').read()
            n, = struct.unpack('<Q', b[:8])
            assert n % 8 == 0
            for name, t in json.loads(b[8:8 + n]).items():
                s, e = t['data_offsets']
                print(name, t['dtype'], np.frombuffer(b[8 + n + s:8 + n + e], '<f4').reshape(t['shape']).tolist())
            """, folder["w.safetensors"]);

        string[] lines = output.Trim().Split('\n');
        Assert.StartsWith("dense/kernel F32 [[", lines[0], StringComparison.Ordinal);
        float[] kernel = [.. lines[0][18..].Replace("[", "").Replace("]", "").Split(',')
            .Select(n => float.Parse(n, System.Globalization.CultureInfo.InvariantCulture))];
        Assert.Equal(model.Weights[0].ToNDArray().ToArray(), kernel);
        Assert.Equal("dense/bias F32 [0.0, 0.0, 0.0]", lines[1]);
    }

    [Fact]
    public void TorchSharp_modules_load_our_files_and_we_load_theirs()
    {
        using var folder = new TemporaryFolder();
        using TorchSharp.Modules.Sequential module =
            TorchSharp.torch.nn.Sequential(("a", TorchSharp.torch.nn.Linear(3, 2)), ("b", TorchSharp.torch.nn.BatchNorm1d(2)));
        module.save(folder["theirs.dat"]);
        using NamedWeights theirs = ModuleFile.Read(folder["theirs.dat"]);
        Dictionary<string, TorchSharp.torch.Tensor> state = module.state_dict();
        Assert.Equal(state.Keys, theirs.Weights.Select(w => w.Name));
        foreach (WeightData w in theirs.Weights.Where(w => w.DType == WeightType.Float32))
        {
            Assert.Equal(state[w.Name].data<float>().ToArray(), w.ToSingles());
        }

        Assert.Equal(WeightType.Int64, theirs.Weights.Single(w => w.Name == "b.num_batches_tracked").DType);

        AtomicFile.Write(folder["ours.dat"], stream => ModuleFile.Write(stream, theirs.Weights));

        Assert.Equal(File.ReadAllBytes(folder["theirs.dat"]), File.ReadAllBytes(folder["ours.dat"]));
        using TorchSharp.Modules.Sequential other =
            TorchSharp.torch.nn.Sequential(("a", TorchSharp.torch.nn.Linear(3, 2)), ("b", TorchSharp.torch.nn.BatchNorm1d(2)));
        other.load(folder["ours.dat"]);
        Assert.Equal(state["a.weight"].data<float>().ToArray(), other.state_dict()["a.weight"].data<float>().ToArray());
    }

    [Theory]
    [InlineData("", "8 are expected")]
    [InlineData("\u0002\0\0\0\0\0\0\0[]", "not a JSON object")]
    [InlineData("\u00FF\0\0\0\0\0\0\u007F{}", "declares")]
    [InlineData("{}", "is missing")]
    [InlineData("{'dtype':'F32','shape':[1],'data_offsets':[0,4],'x':1}", "unexpected key")]
    [InlineData("{'dtype':'F32','shape':[1],'data_offsets':[0,4],'dtype':'F32'}", "unexpected key")]
    [InlineData("{'dtype':'F8_E4M3','shape':[4],'data_offsets':[0,4]}", "F8_E4M3")]
    [InlineData("{'dtype':'F32','shape':[1],'data_offsets':[0,8]}", "from 0 to 8 is outside the 4")]
    [InlineData("{'dtype':'F32','shape':[1],'data_offsets':[4,0]}", "from 4 to 0")]
    [InlineData("{'dtype':'F32','shape':[2],'data_offsets':[0,4]}", "has 8 bytes, but the file stores 4")]
    [InlineData("{'dtype':'F32','shape':[4611686018427387904,4611686018427387904],'data_offsets':[0,4]}", "has 9223372036854775807 bytes")]
    [InlineData("{'dtype':'F32','shape':[-1],'data_offsets':[0,4]}", "a size of 0 or more")]
    [InlineData("{'dtype':'F32','shape':[1.5],'data_offsets':[0,4]}", "a size of 0 or more")]
    [InlineData("{'dtype':'F32','shape':[[1]],'data_offsets':[0,4]}", "integers")]
    [InlineData("{'dtype':'F32','shape':[1],'data_offsets':[0,4,4]}", "more than 2")]
    [InlineData("{'dtype':'U8','shape':[2],'data_offsets':[2,4]}", "start at 2")]
    [InlineData("{'dtype':'U8','shape':[2],'data_offsets':[0,2]}", "take 2 of the 4 bytes")]
    [InlineData("{'dtype':'U8','shape':[4],'data_offsets':[0,4]},'b':{'dtype':'U8','shape':[4],'data_offsets':[0,4]}", "start at 0")]
    [InlineData("{'dtype':'U8','shape':[4],'data_offsets':[0,4]},'a':{'dtype':'U8','shape':[0],'data_offsets':[4,4]}", "twice")]
    [InlineData("{'dtype':'U8','shape':[4],'data_offsets':[0,4]},'__metadata__':{'a':1}", "a string")]
    [InlineData("{'dtype':'U8','shape':[[[[[[[[1]]]]]]]],'data_offsets':[0,4]}", "integers")]
    public void Invalid_content_of_a_safetensors_file_is_refused(string tensor, string problem)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["x.safetensors"], tensor.StartsWith('{') ? Safetensors($$"""{"a":{{tensor.Replace('\'', '"')}}}""", 4)
            : Latin(tensor));

        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => SafetensorsFile.Read(folder["x.safetensors"]));

        Assert.Contains(problem, exception.Message, StringComparison.Ordinal);
        Assert.Equal(folder["x.safetensors"], exception.FileName);
    }

    [Theory]
    [InlineData("\u0001\u0001a\u0006\u0003\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u007F\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u007F\0\0", "1 unexpected bytes after")]
    [InlineData("", "ends where the number of arrays")]
    [InlineData("\u0001", "declares 1 arrays")]
    [InlineData("\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u0001", "too large")]
    [InlineData("\u0001\u0001a\u0006\u0001\u0002\0\0\0\0", "8 bytes, but only 4 are left")]
    [InlineData("\u0001\u0001a\u0006\u0001\u0001\0\0\0\0\0", "1 unexpected bytes after")]
    [InlineData("\u0001\u0001a\u0009\u0001\u0001\0\0\0\0", "type number 9")]
    [InlineData("\u0001\u0001a\u0006\u007F\u0001\0\0\0\0", "127 axes")]
    [InlineData("\u0001\u007Fa\u0006\u0001\u0001\0\0\0\0", "a name has 127 bytes")]
    [InlineData("\u0001\u0001\u00FF\u0006\u0001\u0001\0\0\0\0", "not UTF-8")]
    [InlineData("\u0002\u0001a\u0000\u0001\u0001\0\u0001a\u0000\u0001\u0001\0", "twice")]
    [InlineData("\u0001\u0001a\u0006\u0002\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u007F\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u007F\0\0\0\0", "has 9223372036854775807 bytes")]
    public void Invalid_content_of_a_module_file_is_refused(string content, string problem)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["x.dat"], Latin(content));

        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => ModuleFile.Read(folder["x.dat"]));

        Assert.Contains(problem, exception.Message, StringComparison.Ordinal);
        Assert.Equal(folder["x.dat"], exception.FileName);
    }

    [Fact]
    public void Metadata_and_spaces_of_other_programs_are_skipped()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(
            folder["x.safetensors"],
            Safetensors("""{"__metadata__":{"format":"pt"},"a":{"shape":[],"dtype":"I32","data_offsets":[0,4]}}       """, 4));

        using NamedWeights saved = SafetensorsFile.Read(folder["x.safetensors"]);

        Assert.Equal([0f], Assert.Single(saved.Weights).ToSingles());
        Assert.Empty(saved.Weights[0].Shape);
    }

    [Fact]
    public void A_checkpoint_of_weights_takes_its_format_from_the_ending()
    {
        using var folder = new TemporaryFolder();
        (float[,] x, int[] y) = FitTests.Data(30);
        using Sequential model = FitTests.Classifier(1);

        model.Fit(
            x, y, epochs: 1, verbose: 0,
            callbacks:
            [
                new Cairn.Callbacks.ModelCheckpoint(folder["{epoch}.safetensors"], saveWeightsOnly: true),
                new Cairn.Callbacks.ModelCheckpoint(folder["{epoch}.dat"], saveWeightsOnly: true),
            ]);

        using NamedWeights tensors = SafetensorsFile.Read(folder["1.safetensors"]);
        using NamedWeights module = ModuleFile.Read(folder["1.dat"]);
        Assert.Equal(model.Weights[0].ToNDArray().ToArray(), tensors.Weights[0].ToSingles());
        Assert.Equal(model.Weights[0].ToNDArray().ToArray(), module.Weights[0].ToSingles());
    }

    private static Sequential Nested(string name, long seed)
    {
        var model = new Sequential(
            [new Input([3]), new Dense(4), new Sequential([new Dense(2)], name: "inner"), new BatchNormalization(name: "norm")],
            name, seed);
        model.Build([Shape.None, 3]);
        return model;
    }

    private static void WriteChanged(string path, Model model, string change)
    {
        List<WeightData> weights = [.. WeightNames.Of(model).Select(p => WeightTransfer.ToData(p.Variable).Renamed(p.Name))];
        if (change == "missing")
        {
            weights.RemoveAll(w => w.Name == "norm/beta");
        }
        else if (change == "more")
        {
            weights.Add(WeightData.Scalar("extra", 1f));
        }
        else
        {
            weights[0] = new WeightData(weights[0].Name, [4, 3], weights[0].DType, weights[0].Bytes);
        }

        Write(path, weights);
    }

    private static void Write(string path, IReadOnlyList<WeightData> weights) => AtomicFile.Write(path, stream =>
    {
        if (path.EndsWith(".dat", StringComparison.Ordinal))
        {
            ModuleFile.Write(stream, weights);
        }
        else
        {
            SafetensorsFile.Write(stream, weights);
        }
    });

    private static byte[] OneAndZero(string type)
    {
        byte[] bytes = new byte[2 * WeightType.SizeOf(type)];
        byte[] one = type switch
        {
            WeightType.BFloat16 => [0x80, 0x3F],
            WeightType.Float16 => BitConverter.GetBytes((Half)1),
            WeightType.Float32 => BitConverter.GetBytes(1f),
            WeightType.Float64 => BitConverter.GetBytes(1d),
            _ => [1],
        };
        one.CopyTo(bytes, 0);
        return bytes;
    }

    private static byte[] Safetensors(string header, int dataBytes)
    {
        byte[] text = System.Text.Encoding.UTF8.GetBytes(header);
        return [.. BitConverter.GetBytes((long)text.Length), .. text, .. new byte[dataBytes]];
    }

    private static byte[] Latin(string text) => System.Text.Encoding.Latin1.GetBytes(text);
}
