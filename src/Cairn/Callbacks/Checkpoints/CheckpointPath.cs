using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>Validates the extension of a checkpoint path.</summary>
internal static class CheckpointPath
{
    // Extensions of other formats that are easily passed by mistake.
    private static readonly string[] OtherEndings = [".tf", ".ckpt", ".pt", ".bin"];

    /// <exception cref="ArgumentException">The extension is not supported; the message suggests the nearest valid path.</exception>
    public static void CheckEnding(string filepath, bool saveWeightsOnly)
    {
        bool forWeights = HasExactExtension(filepath)
            && ModelFile.Named(filepath) is { HoldsModel: false, HoldsWeights: true, IsWritten: true };
        if (saveWeightsOnly && !forWeights)
        {
            throw new ArgumentException(
                $"With saveWeightsOnly: true, filepath must end in \".weights.h5\", \".safetensors\" or \".dat\"; it is \"{filepath}\". "
                + $"Use \"{Stem(filepath)}.weights.h5\".",
                nameof(filepath));
        }

        if (!saveWeightsOnly && forWeights)
        {
            throw new ArgumentException(
                $"filepath \"{filepath}\" names a weights file, but the whole model is to be saved. "
                + $"Use \"{Stem(filepath)}.keras\", or saveWeightsOnly: true.",
                nameof(filepath));
        }

        // Keras' checkpoints do not accept '.hdf5'.
        if (!saveWeightsOnly && !(HasExactExtension(filepath) && ModelFile.EndingOf(filepath) is ".keras" or ".h5"))
        {
            throw new ArgumentException(
                $"filepath must end in \".keras\", or in \".h5\" for Keras' legacy format; it is \"{filepath}\". "
                + $"Use \"{Stem(filepath)}.keras\".",
                nameof(filepath));
        }
    }

    // Keras matches extensions in lower case only.
    private static bool HasExactExtension(string filepath) => filepath.EndsWith(ModelFile.EndingOf(filepath), StringComparison.Ordinal);

    private static string Stem(string filepath)
    {
        string name = filepath.Trim();
        string ending = ModelFile.EndingOf(name);
        if (ending.Length == 0)
        {
            ending = Array.Find(OtherEndings, other => name.EndsWith(other, StringComparison.OrdinalIgnoreCase)) ?? "";
        }

        return name[..^ending.Length];
    }
}
