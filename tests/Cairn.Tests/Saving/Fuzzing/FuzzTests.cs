using System.IO.Compression;
using System.Text;
using Cairn.Data;
using Cairn.Saving;
using Cairn.Saving.Hdf5;
using Cairn.Tests.Training;

namespace Cairn.Tests.Saving.Fuzzing;

/// <summary>Thousands of damaged and hostile files of each format.</summary>
public sealed class FuzzTests
{
    private const int Many = 1500;

    [Theory]
    [InlineData("mlp", 1), InlineData("nested_sequential", 2)]
    public void Whole_models_in_h5_of_Keras(string name, int seed)
    {
        byte[] original = File.ReadAllBytes(new GoldenFile(name).LegacyPath);

        Loads("m.h5", Many / 2, seed, mutator => mutator.Bytes(original));
        Loads("m.h5", Many / 2, seed + 100, mutator => Hdf5Mutation.Of(original, mutator));
    }

    [Fact]
    public void Whole_models_in_h5_of_Cairn_with_valid_checksums()
    {
        byte[] original = Written("m.h5");

        Loads("m.h5", Many, 3, mutator => Hdf5Mutation.Of(original, mutator));
    }

    [Fact]
    public void Configurations_of_models_and_of_their_training_in_h5()
    {
        using ModelData data = LegacyHdf5.Read(new GoldenFile("mlp").LegacyPath);

        Loads("m.h5", Many, 4, mutator =>
        {
            bool model = mutator.Next(2) == 0;
            using var stream = new MemoryStream();
            LegacyHdf5.Write(stream, new ModelData
            {
                ModelConfig = model ? mutator.Json(data.ModelConfig!) : data.ModelConfig,
                TrainingConfig = model ? data.TrainingConfig : mutator.Json(data.TrainingConfig!),
                KerasVersion = mutator.Next(50) == 0 ? "2.15.0" : data.KerasVersion, // rarely, because it gives warnings
                Layers = data.Layers,
                OptimizerWeights = data.OptimizerWeights,
            });
            return stream.ToArray();
        });
    }

    [Theory]
    [InlineData("mlp", 5), InlineData("cnn_bn", 6)]
    public void Archives_of_Keras(string name, int seed)
    {
        byte[] original = File.ReadAllBytes(new GoldenFile(name).PathOf("model.keras"));

        Loads("m.keras", Many / 2, seed, mutator => mutator.Bytes(original), leastRefused: 0.5);
    }

    [Fact]
    public void Archives_with_vocabularies()
    {
        using var folder = new TemporaryFolder();
        var input = new Cairn.Layers.Input([1], dtype: "string");
        using var model = new Functional(input,
            new Cairn.Layers.Dense(2).Apply(new Cairn.Layers.TextVectorization(outputMode: "count", vocabulary: ["a", "b"]).Apply(input)));
        ((Cairn.Layers.TextVectorization)model.Layers[1]).SetVocabulary(["b", "a"]);
        model.Save(folder["m.keras"]);
        byte[] original = File.ReadAllBytes(folder["m.keras"]);

        Loads("m.keras", Many / 2, 40, mutator => mutator.Bytes(original), leastRefused: 0.3);
    }

    [Theory]
    [InlineData("mlp", 7), InlineData("mlp_adamw_schedule", 8)]
    public void Valid_archives_with_changed_members(string name, int seed)
    {
        (byte[] config, byte[] metadata, byte[] weights) = Members(name);

        Loads("m.keras", Many, seed, mutator => mutator.Next(3) switch
        {
            0 => Zip(config, metadata, Hdf5Mutation.Of(weights, mutator)),
            1 => Zip(config, Encoding.UTF8.GetBytes(mutator.Json(Encoding.UTF8.GetString(metadata))), mutator.Bytes(weights)),
            _ => Zip(Encoding.UTF8.GetBytes(mutator.Json(Encoding.UTF8.GetString(config))), metadata, weights),
        });
    }

    [Fact]
    public void Weights_files_of_Keras()
    {
        byte[] original = File.ReadAllBytes(new GoldenFile("mlp").WeightsPath);

        LoadsWeights("w.weights.h5", 2000, 9, mutator => mutator.Next(2) == 0 ? mutator.Bytes(original)
            : Hdf5Mutation.Of(original, mutator));
    }

    [Fact]
    public void Weights_in_several_files()
    {
        using var folder = new TemporaryFolder();
        string shards = Path.Combine(ReferenceFile.Own, "shards");
        foreach (string file in Directory.GetFiles(shards, "w_*"))
        {
            File.Copy(file, folder[Path.GetFileName(file)]);
        }

        string original = File.ReadAllText(Path.Combine(shards, "w.weights.json"));

        FuzzRun.Run(Many, 13, mutator => mutator.Next(3) == 0 ? mutator.Bytes(Encoding.UTF8.GetBytes(original))
            : Encoding.UTF8.GetBytes(mutator.Json(original)), bytes =>
        {
            File.WriteAllBytes(folder["w.weights.json"], bytes);
            return ShardedWeights.Read(folder["w.weights.json"]);
        });
    }

    [Fact]
    public void Safetensors()
    {
        byte[] original = Written("w.safetensors");
        int header = (int)BitConverter.ToInt64(original, 0);

        LoadsWeights("w.safetensors", 2000, 10, mutator =>
        {
            if (mutator.Next(3) == 0)
            {
                return mutator.Bytes(original);
            }

            byte[] text = Encoding.UTF8.GetBytes(mutator.Json(Encoding.UTF8.GetString(original, 8, header)));
            return [.. BitConverter.GetBytes((long)text.Length), .. text, .. original.AsSpan(8 + header)];
        });
    }

    [Fact]
    public void Files_of_modules()
    {
        byte[] original = Written("w.dat");

        LoadsWeights("w.dat", 2 * Many, 11, mutator => mutator.Bytes(original));
    }

    [Fact]
    public void Arrays_of_NumPy()
    {
        byte[] original = File.ReadAllBytes(new GoldenFile("mlp").PathOf("x.npy"));

        FuzzRun.Run(2 * Many, 12, mutator => mutator.Bytes(original), bytes =>
        {
            NpyFile.Read(new MemoryStream(bytes), "x.npy");
            return null;
        });
    }

    private static void Loads(string file, int count, int seed, Func<Mutator, byte[]> mutate, double leastRefused = 0.05)
    {
        using var folder = new TemporaryFolder();
        string path = folder[file];
        FuzzRun.Run(count, seed, mutate, bytes => Load(path, bytes), leastRefused);
    }

    private static Model Load(string path, byte[] bytes)
    {
        File.WriteAllBytes(path, bytes);
        return Model.Load(path);
    }

    private static void LoadsWeights(string file, int count, int seed, Func<Mutator, byte[]> mutate)
    {
        using var folder = new TemporaryFolder();
        using var model = Model.Load(new GoldenFile("mlp").LegacyPath);
        float[] weights = ReferenceRun.Flatten(model);
        string path = folder[file];
        FuzzRun.Run(count, seed, mutate, bytes =>
        {
            File.WriteAllBytes(path, bytes);
            try
            {
                model.LoadWeights(path, skipMismatch: false);
                ReferenceRun.SetWeights(model, weights);
            }
            catch (ModelFormatException)
            {
                Assert.Equal(weights, ReferenceRun.Flatten(model));
                throw;
            }

            return null;
        });
    }

    private static byte[] Written(string file)
    {
        using var folder = new TemporaryFolder();
        using var model = Model.Load(new GoldenFile("mlp").LegacyPath);
        if (file.StartsWith('m'))
        {
            model.Save(folder[file]);
        }
        else
        {
            model.SaveWeights(folder[file]);
        }

        return File.ReadAllBytes(folder[file]);
    }

    private static (byte[] Config, byte[] Metadata, byte[] Weights) Members(string name)
    {
        using ZipArchive zip = ZipFile.OpenRead(new GoldenFile(name).PathOf("model.keras"));
        return (Content("config.json"), Content("metadata.json"), Content("model.weights.h5"));

        byte[] Content(string member)
        {
            using Stream stream = zip.GetEntry(member)!.Open();
            using var copy = new MemoryStream();
            stream.CopyTo(copy);
            return copy.ToArray();
        }
    }

    private static byte[] Zip(byte[] config, byte[] metadata, byte[] weights)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in new[]
                { ("metadata.json", metadata), ("config.json", config), ("model.weights.h5", weights) })
            {
                using Stream member = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
                member.Write(content);
            }
        }

        return bytes.ToArray();
    }
}
