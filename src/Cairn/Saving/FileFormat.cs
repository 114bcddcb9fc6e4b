namespace Cairn.Saving;

/// <summary>What a file's name says it is.</summary>
internal static class FileFormat
{
    private const string Weights = ".weights.h5";
    private const string Archive = ".keras";
    private static readonly string[] Legacy = [".h5", ".hdf5"];

    public static bool IsWeights(string path) => path.EndsWith(Weights, StringComparison.OrdinalIgnoreCase);

    public static bool IsArchive(string path) => path.EndsWith(Archive, StringComparison.OrdinalIgnoreCase);

    public static bool IsLegacy(string path) => !IsWeights(path) && Legacy.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    public static void RequireWeights(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (!IsWeights(path)) throw new ArgumentException($"A file of weights must be named '….weights.h5'; it was '{path}'.", nameof(path));
    }

    public static void RequireWholeModel(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (IsWeights(path))
        {
            throw new ArgumentException(
                $"'{path}' is a name for weights alone; a whole model's ends in '.keras', or in '.h5' for Keras' older format. Weights are for "
                + "SaveWeights and LoadWeights.",
                nameof(path));
        }

        RequireModel(path);
    }

    public static void RequireModel(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (!IsArchive(path) && !IsLegacy(path) && !IsWeights(path))
        {
            throw new ArgumentException($"A model's file must be named '….keras', or '….h5' for Keras' older format; it was '{path}'.", nameof(path));
        }
    }
}
