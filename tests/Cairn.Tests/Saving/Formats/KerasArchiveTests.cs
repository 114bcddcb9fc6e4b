using System.Text.Json.Nodes;
using Cairn.Layers;
using Cairn.Saving;
using Cairn.Saving.Hdf5;
using Cairn.Tests.Training;

namespace Cairn.Tests.Saving;

/// <summary><c>.keras</c> archives written by Cairn: their contents, and the files after a failed save.</summary>
public sealed class KerasArchiveTests
{
    [Fact]
    public void Remarks_are_only_in_the_metadata()
    {
        using var folder = new TemporaryFolder();
        using var model = Model.Load(Golden("mlp", "model.keras"));

        model.Save(folder["remarked.keras"], new Dictionary<string, string> { ["best"] = "0.25", ["note"] = "größer" });

        var archive = KerasArchive.Read(folder["remarked.keras"]);
        Assert.Equal(new Dictionary<string, string> { ["best"] = "0.25", ["note"] = "größer" }, archive.Remarks);
        Assert.DoesNotContain("best", archive.Config.ToJsonString());
        Assert.Empty(KerasArchive.Read(Golden("mlp", "model.keras")).Remarks);
    }

    [Fact]
    public void An_uncompiled_model_is_loaded_uncompiled()
    {
        using var folder = new TemporaryFolder();
        using (Model model = new Sequential([new Input([3]), new Dense(2)], seed: 1))
        {
            model.Save(folder["plain.keras"]);
        }

        using var loaded = Model.Load(folder["plain.keras"]);
        using var uncompiled = Model.Load(Golden("mlp", "model.keras"), compile: false);

        Assert.False(loaded.Compiled);
        Assert.False(uncompiled.Compiled);
        Assert.Equal(new JsonObject().ToJsonString(), KerasArchive.Read(folder["plain.keras"]).Config["compile_config"]!.ToJsonString());
    }

    [Fact]
    public void An_optimizer_that_has_not_been_used_is_saved_with_all_the_state_Keras_looks_for_and_stays_unbuilt()
    {
        using var folder = new TemporaryFolder();
        using Model model = new Sequential([new Input([3]), new Dense(2)], seed: 1);
        model.Compile("adam", "mse");

        model.Save(folder["new.keras"]);

        // Iteration, learning rate, and momentum and velocity of kernel and bias: the variables of Keras' Adam for this model.
        IReadOnlyList<WeightData> state = KerasArchive.Read(folder["new.keras"]).Weights["optimizer"].Weights;
        Assert.Equal(["[]", "[]", "[3,2]", "[3,2]", "[2]", "[2]"], state.Select(w => $"[{string.Join(",", w.Shape)}]"));
        Assert.All(state.Where((_, i) => i != 1), w => Assert.All(w.ToSingles(), number => Assert.Equal(0, number)));
        Assert.Equal(0.001f, state[1].ToSingles()[0]);
        Assert.False(model.Optimizer!.Built);
        using var loaded = Model.Load(folder["new.keras"]);
        Assert.Equal(0, loaded.Optimizer!.Iterations);
        Assert.False(loaded.Optimizer.Built);
    }

    [Fact]
    public void Weights_alone_can_be_loaded_from_an_archive()
    {
        using var model = Model.Load(Golden("mlp", "model.keras"));
        ReferenceRun.SetWeights(model, new float[ReferenceRun.Flatten(model).Length]);

        model.LoadWeights(Golden("mlp", "model.keras"));

        Assert.Empty(model.LoadWarnings);
        RecordedModel.Own("mlp").AssertContinues(model);
    }

    [Fact]
    public void A_save_that_fails_leaves_the_previous_archive_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        using var model = Model.Load(Golden("mlp", "model.keras"));
        model.Save(folder["m.keras"]);
        byte[] before = File.ReadAllBytes(folder["m.keras"]);

        Assert.Throws<ArgumentException>(() => AtomicFile.Write(folder["m.keras"], stream =>
        {
            stream.WriteByte(1);
            throw new ArgumentException("on the way");
        }));

        Assert.Equal(before, File.ReadAllBytes(folder["m.keras"]));
        Assert.Single(Directory.GetFileSystemEntries(folder.Folder));
    }

    [Fact]
    public void Python_opens_an_archive_and_finds_every_checksum_right()
    {
        OutsideTools.RequireH5py();
        using var folder = new TemporaryFolder();
        using (var model = Model.Load(Golden("mlp", "model.keras")))
        {
            model.Save(folder["m.keras"]);
        }

        string output = OutsideTools.RunPython(
            """
            import io, sys, zipfile
            import h5py
            with zipfile.ZipFile(sys.argv[1]) as z:
                assert z.testzip() is None
                for i in z.infolist(): print(i.filename, i.compress_type, i.file_size == i.compress_size, i.date_time)
                print(sorted(h5py.File(io.BytesIO(z.read('model.weights.h5')))))
            """, folder["m.keras"]);

        Assert.Equal(
            [
                "metadata.json 0 True (1980, 1, 1, 0, 0, 0)", "config.json 0 True (1980, 1, 1, 0, 0, 0)",
                "model.weights.h5 0 True (1980, 1, 1, 0, 0, 0)",
                "['layers', 'optimizer', 'vars']",
            ],
            output.Trim().Split('\n'));
    }

    [Fact]
    public void A_member_announced_as_larger_than_four_gigabytes_gets_the_wide_fields_and_Python_reads_it()
    {
        OutsideTools.RequireH5py();
        using var folder = new TemporaryFolder();
        AtomicFile.Write(folder["wide.zip"], stream =>
        {
            var zip = new ZipWriter(stream);
            zip.Add("small", "abc"u8);
            zip.Add("wide", 5L << 30, member => member.Write("defg"u8));
            zip.Finish();
        });

        Assert.Equal(
            "b'abc' b'defg' None",
            OutsideTools.RunPython("import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(z.read('small'), z.read('wide'), "
                + "z.testzip())", folder["wide.zip"]).Trim());
        using System.IO.Compression.ZipArchive ours = System.IO.Compression.ZipFile.OpenRead(folder["wide.zip"]);
        Assert.Equal([3, 4], ours.Entries.Select(entry => entry.Length));
    }

    private static string Golden(string name, string file) => Path.Combine(GoldenFile.Folder, name, file);
}
