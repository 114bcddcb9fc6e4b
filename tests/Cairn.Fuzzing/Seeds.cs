using System.Buffers.Binary;
using System.IO.Compression;
using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Optimizers;
using Cairn.Optimizers.Schedules;
using Cairn.Saving;
using Cairn.Saving.Runs;

namespace Cairn.Fuzzing;

/// <summary>Small valid files of each format, from which the fuzzer starts.</summary>
internal static class Seeds
{
    private const string Plain = "mlp_adamw_schedule";

    /// <summary>Writes the files into folders named by the targets.</summary>
    /// <param name="folder">The folder of these folders.</param>
    /// <param name="reference">The folder of recordings with Keras, NumPy and PyTorch.</param>
    public static void Write(string folder, string reference)
    {
        string PathOf(string target, string name) => Path.Combine(Directory.CreateDirectory(Path.Combine(folder, target)).FullName, name);
        foreach (string from in Directory.EnumerateDirectories(Path.Combine(reference, "files")))
        {
            string model = Path.GetFileName(from);
            if (((string[])["model.h5", "model.weights.h5", "model.keras", "weights.npy"]).Any(name =>
                new FileInfo(Path.Combine(from, name)) is not { Exists: true, Length: <= Mutator.MostBytes }))
            {
                continue;
            }

            File.Copy(Path.Combine(from, "model.h5"), PathOf("h5", model), overwrite: true);
            File.Copy(Path.Combine(from, "model.weights.h5"), PathOf("weights", model), overwrite: true);
            File.Copy(Path.Combine(from, "model.keras"), PathOf("keras", model), overwrite: true);
            File.Copy(Path.Combine(from, "weights.npy"), PathOf("npy", model), overwrite: true);
            byte[] config = Member(Path.Combine(from, "model.keras"), "config.json");
            File.WriteAllBytes(PathOf("json", model), config);
            File.WriteAllBytes(PathOf("members", model),
            [
                .. Packing.WithLength(Member(Path.Combine(from, "model.keras"), "metadata.json")), .. Packing.WithLength(config),
                .. Member(Path.Combine(from, "model.keras"), "model.weights.h5"),
            ]);
        }

        foreach (FileInfo file in new DirectoryInfo(Path.Combine(reference, "torch")).EnumerateFiles("*.p*t*")
            .Where(file => file.Extension is ".pt" or ".pth" && file.Length <= Mutator.MostBytes))
        {
            file.CopyTo(PathOf("pth", file.Name), overwrite: true);
        }

        File.WriteAllBytes(PathOf("npz", "arrays"), Arrays(Path.Combine(reference, "files", Plain)));
        File.WriteAllText(PathOf("csv", "plain"), "a,b,y\n1,2.5,0\n-3e2,4,1\n");
        File.WriteAllText(PathOf("csv", "quoted"), "\"a;b\";\"y\"\r\n\"1\";0,5\r\n\"2\"\"\";NA\r\n");
        using var network = new Sequential([new Input([2]), new Dense(2, activation: "relu"), new BatchNormalization(), new Dense(1)],
            seed: 1);
        network.Compile(new Adam(new ExponentialDecay(0.01, 5, 0.9)), "mse", ["mae"]);
        string events = Path.Combine(folder, "written");
        float[,] x = new float[8, 2], y = new float[8, 1];
        History history = network.Fit(x, y, epochs: 2, verbose: 0, validationSplit: 0.25,
            callbacks: [new EarlyStopping(patience: 0), new TensorBoard(events, histogramFreq: 1)]);
        using var backup = new MemoryStream();
        RunFile.Write(backup, new RunSnapshot
        {
            Identity = "{\"epochs\": 2, \"optimizer\": {\"class_name\": \"Adam\", \"config\": {\"learning_rate\": 0.5}}}",
            Parts = new(StringComparer.Ordinal) { ["history"] = history.SaveState(), ["layers/0"] = null },
            Variables = [new WeightData("w", [2, 3], "float32", new MemoryContent(new byte[24]))],
        });
        File.WriteAllBytes(PathOf("backup", "run"), backup.ToArray()[..^16]);
        network.SaveWeights(PathOf("safetensors", "w.safetensors"));
        network.SaveWeights(PathOf("dat", "w.dat"));
        history.Save(PathOf("history", "h.json"));
        history.Save(PathOf("history-csv", "h.csv"));
        foreach (string file in Directory.EnumerateFiles(events, "events.out.*", SearchOption.AllDirectories))
        {
            File.WriteAllBytes(PathOf("events", Path.GetFileName(Path.GetDirectoryName(file)!)), Unpacked(File.ReadAllBytes(file)));
        }

        Directory.Delete(events, recursive: true);
        File.WriteAllText(PathOf("callbacks", "list"), CallbackSerialization.SerializeList(
            [new EarlyStopping("val_loss", patience: 3), new ModelCheckpoint("m.keras", saveBestOnly: true), new CSVLogger("l.csv")]));
    }

    private static byte[] Member(string archive, string name)
    {
        using ZipArchive zip = ZipFile.OpenRead(archive);
        using Stream member = zip.GetEntry(name)!.Open();
        using var copy = new MemoryStream();
        member.CopyTo(copy);
        return copy.ToArray();
    }

    private static byte[] Arrays(string recorded)
    {
        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (string name in (string[])["x", "y"])
            {
                using Stream member = zip.CreateEntry($"{name}.npy", CompressionLevel.NoCompression).Open();
                member.Write(File.ReadAllBytes(Path.Combine(recorded, $"{name}.npy")));
            }
        }

        return file.ToArray();
    }

    // The records of an event file with lengths of two bytes and without checksums.
    private static byte[] Unpacked(byte[] file)
    {
        const int Header = sizeof(ulong) + sizeof(uint);
        using var records = new MemoryStream();
        for (int at = 0; at < file.Length;)
        {
            int length = (int)BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(at));
            if (length <= ushort.MaxValue)
            {
                records.Write(Packing.WithLength(file.AsSpan(at + Header, length)));
            }

            at += Header + length + sizeof(uint);
        }

        return records.ToArray();
    }
}
