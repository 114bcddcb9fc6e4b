using Cairn.Callbacks;
using Cairn.Dashboard.Folders;
using Cairn.Data;
using Cairn.Native;
using Cairn.Saving;
using Cairn.Saving.Hdf5;
using Cairn.Saving.Runs;
using Cairn.Saving.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Fuzzing;

/// <summary>The readers of one format, which must read a file or reject it with the documented exception.</summary>
internal sealed class Targets : IDisposable
{
    private const string Memory = "/dev/shm";

    private static readonly Dictionary<string, (string FileName, Action<string> Read)> All = new(StringComparer.Ordinal)
    {
        ["h5"] = ("m.h5", ReadLegacy),
        ["weights"] = ("w.weights.h5", ReadWeights),
        ["keras"] = ("m.keras", path => Model.Load(path).Dispose()),
        ["members"] = ("m.keras", path => Model.Load(path).Dispose()),
        ["json"] = ("m.json", path => Model.FromJson(File.ReadAllText(path)).Dispose()),
        ["callbacks"] = ("c.json", path => CallbackSerialization.DeserializeList(File.ReadAllText(path))),
        ["safetensors"] = ("w.safetensors", path => ReadNamed(SafetensorsFile.Read(path))),
        ["dat"] = ("w.dat", path => ReadNamed(ModuleFile.Read(path))),
        ["pth"] = ("w.pth", path => ReadNamed(TorchFile.Read(path))),
        ["npy"] = ("x.npy", path => NpyFile.Read(path)),
        ["npz"] = ("x.npz", path => ReadBatches(Dataset.FromNpz(path, "x", "y", prefetch: 0))),
        ["csv"] = ("x.csv", path => ReadBatches(Dataset.FromCsv(path, target: "y", prefetch: 0))),
        ["history"] = ("h.json", path => History.Load(path)),
        ["history-csv"] = ("h.csv", path => History.Load(path)),
        ["events"] = ("events.out.tfevents.1.x", ReadEvents),
        ["backup"] = ("run-1.backup", ReadBackup),
    };

    private readonly string name;
    private readonly string folder;
    private readonly string path;
    private readonly Action<string> read;

    /// <summary>Creates the target with a name of <see cref="Names"/>.</summary>
    public Targets(string name)
    {
        LibTorch.EnsureLoaded();
        set_num_threads(1);
        this.name = name;
        folder = Path.Combine(Directory.Exists(Memory) ? Memory : Path.GetTempPath(), $"cairn-fuzzing-{Environment.ProcessId}");
        Directory.CreateDirectory(folder);
        (string fileName, read) = All[name];
        path = Path.Combine(folder, fileName);
    }

    public static IReadOnlyCollection<string> Names => All.Keys;

    /// <summary>Reads a file; any exception but the documented ones is a bug.</summary>
    public void Read(byte[] bytes)
    {
        File.WriteAllBytes(path, name switch
        {
            "members" => Packing.Archive(bytes),
            "events" => Packing.Records(bytes),
            "backup" => Packing.WithHash(bytes),
            _ => bytes,
        });
        try
        {
            read(path);
        }
        catch (ModelFormatException)
        {
        }
        catch (FormatException) when (name == "csv")
        {
        }
        catch (ArgumentException) when (name is "callbacks" or "csv" or "npz")
        {
        }
        catch (InvalidOperationException) when (name is "csv" or "npz")
        {
            // A file without rows.
        }
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static void ReadLegacy(string path)
    {
        using ModelData data = LegacyHdf5.Read(path);
        foreach (LayerData layer in data.Layers)
        {
            ReadAll(layer.Weights);
        }
    }

    private static void ReadWeights(string path)
    {
        using WeightGroups groups = WeightsHdf5.Read(path);
        foreach (WeightGroup group in groups.Values)
        {
            ReadAll(group.Weights);
        }
    }

    private static void ReadNamed(NamedWeights weights)
    {
        using (weights)
        {
            ReadAll(weights.Weights);
        }
    }

    private static void ReadAll(IEnumerable<WeightData> weights)
    {
        foreach (WeightData weight in weights)
        {
            _ = weight.Bytes;
        }
    }

    private static void ReadBatches(Dataset dataset)
    {
        using DisposeScope scope = NewDisposeScope();
        using BatchSource source = dataset.Open(
            new BatchLayout(["x"], ["y"], [ScalarType.Float32], [ScalarType.Float32], CPU, MustBeFinite: true));
        source.BeginPass(null);
        for (int i = 0; i < 3 && source.MoveNext(); i++)
        {
            _ = source.Current.Count;
        }
    }

    // Both what a page shows and what a training goes on from.
    private static void ReadBackup(string path)
    {
        try
        {
            RunReader.Read(new FoundRun(path, RunFileKind.Backup, [new FileInfo(path)]));
        }
        catch (ModelFormatException)
        {
        }

        ReadAll(RunFile.Read(path).Variables);
    }

    private static void ReadEvents(string path) =>
        EventFileRun.Read(new FoundRun(Path.GetDirectoryName(path)!, RunFileKind.TensorBoard, [new FileInfo(path)]));
}
