using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>Which endings a checkpoint's path may have.</summary>
internal static class CheckpointPath
{
    // Endings of other programs' files, which people write where one of ours belongs.
    private static readonly string[] OtherEndings = [".tf", ".ckpt", ".pt", ".bin"];

    /// <exception cref="ArgumentException">The ending does not fit; the message names the nearest path that would.</exception>
    public static void CheckEnding(string filepath, bool saveWeightsOnly)
    {
        bool forWeights = IsSpeltAsKerasDoes(filepath)
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
                $"filepath \"{filepath}\" is the name of a weights file, but the whole model would be saved. "
                + $"Use \"{Stem(filepath)}.keras\", or saveWeightsOnly: true.",
                nameof(filepath));
        }

        // Keras' checkpoints know no '.hdf5'.
        if (!saveWeightsOnly && !(IsSpeltAsKerasDoes(filepath) && ModelFile.EndingOf(filepath) is ".keras" or ".h5"))
        {
            throw new ArgumentException(
                $"filepath must end in \".keras\", or in \".h5\" for Keras' older format; it is \"{filepath}\". "
                + $"Use \"{Stem(filepath)}.keras\".",
                nameof(filepath));
        }
    }

    // Keras looks for endings in small letters.
    private static bool IsSpeltAsKerasDoes(string filepath) => filepath.EndsWith(ModelFile.EndingOf(filepath), StringComparison.Ordinal);

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
