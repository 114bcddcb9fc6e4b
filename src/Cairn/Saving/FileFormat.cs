namespace Cairn.Saving;

/// <summary>What a file's name says it is.</summary>
internal static class FileFormat
{
    private const string Weights = ".weights.h5";
    private const string Sharded = ".weights.json";
    private const string Archive = ".keras";
    private const string Tensors = ".safetensors";
    private const string Module = ".dat";
    private static readonly string[] Legacy = [".h5", ".hdf5"];

    /// <summary>What a file of weights alone may be called, for messages.</summary>
    public const string WeightEndings = "'….weights.h5', '….safetensors' or '….dat'";

    /// <summary>Keras 3's file of weights and the optimizer's state.</summary>
    public static bool IsWeights(string path) => Ends(path, Weights);

    /// <summary>What names the several files over which Keras 3 spread weights; read only.</summary>
    public static bool IsSharded(string path) => Ends(path, Sharded);

    /// <summary>Keras 3's archive of a whole model.</summary>
    public static bool IsArchive(string path) => Ends(path, Archive);

    /// <summary>Weights by name, without code or optimizer.</summary>
    public static bool IsSafetensors(string path) => Ends(path, Tensors);

    /// <summary>Weights by name as TorchSharp's <c>Module.save</c> writes them.</summary>
    public static bool IsModule(string path) => Ends(path, Module);

    /// <summary>Keras' older HDF5 file of a whole model.</summary>
    public static bool IsLegacy(string path) => !IsWeights(path) && Legacy.Any(ending => Ends(path, ending));

    /// <summary>Whether the weights in such a file have names of their own.</summary>
    public static bool HasNames(string path) => IsSafetensors(path) || IsModule(path);

    public static bool IsWeightsAlone(string path) => IsWeights(path) || IsSharded(path) || HasNames(path);

    public static void RequireWeights(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (IsSharded(path))
        {
            throw new ArgumentException($"Weights in several files are read and not written; one file of any size is named '….weights.h5'; it was '{path}'.", nameof(path));
        }

        if (!IsWeightsAlone(path))
        {
            throw new ArgumentException($"A file of weights must be named {WeightEndings}; it was '{path}'.", nameof(path));
        }
    }

    public static void RequireWholeModel(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (IsWeightsAlone(path))
        {
            throw new ArgumentException(
                $"'{path}' is a name for weights alone; a whole model's ends in '.keras', or in '.h5' for Keras' older format. Weights are for "
                + "SaveWeights and LoadWeights.",
                nameof(path));
        }

        if (!IsArchive(path) && !IsLegacy(path))
        {
            throw new ArgumentException($"A model's file must be named '….keras', or '….h5' for Keras' older format; it was '{path}'.", nameof(path));
        }
    }

    /// <summary>Refuses what weights can't be taken from.</summary>
    public static void RequireKnown(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (!IsArchive(path) && !IsLegacy(path) && !IsWeightsAlone(path))
        {
            throw new ArgumentException(
                $"Weights are read from a model's file, '….keras' or '….h5', or from a file of weights, {WeightEndings}, or '….weights.json'; it was '{path}'.", nameof(path));
        }
    }

    private static bool Ends(string path, string ending) => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase);
}
