namespace Cairn.Saving;

/// <summary>What a file's name says it is.</summary>
internal static class FileFormat
{
    private const string Weights = ".weights.h5";
    private const string WholeModel = ".h5";

    public static bool IsWeights(string path) => path.EndsWith(Weights, StringComparison.OrdinalIgnoreCase);

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
            throw new ArgumentException($"'{path}' is a name for weights alone; save a whole model under a name ending in '.h5', or call SaveWeights.", nameof(path));
        }

        RequireModel(path);
    }

    public static void RequireModel(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (!path.EndsWith(WholeModel, StringComparison.OrdinalIgnoreCase) && !path.EndsWith(".hdf5", StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException($"A model's file must be named '….h5'; it was '{path}'.", nameof(path));
        }
    }
}
