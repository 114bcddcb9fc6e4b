namespace Cairn.Callbacks;

/// <summary>Which endings a checkpoint's path may have.</summary>
internal static class CheckpointPath
{
    private const string Weights = ".weights.h5";
    private static readonly string[] WeightsAlone = [Weights, ".safetensors", ".dat"];
    private static readonly string[] KnownEndings = [.. WeightsAlone, ".keras", ".h5", ".hdf5", ".tf", ".ckpt", ".pt", ".bin"];

    /// <exception cref="ArgumentException">The ending does not fit; the message names the nearest path that would.</exception>
    public static void CheckEnding(string filepath, bool saveWeightsOnly)
    {
        bool forWeights = WeightsAlone.Any(ending => filepath.EndsWith(ending, StringComparison.Ordinal));
        if (saveWeightsOnly && !forWeights)
        {
            throw new ArgumentException(
                $"With saveWeightsOnly: true, filepath must end in \".weights.h5\", \".safetensors\" or \".dat\"; it is \"{filepath}\". "
                + $"Use \"{Stem(filepath)}{Weights}\".",
                nameof(filepath));
        }

        if (!saveWeightsOnly && forWeights)
        {
            throw new ArgumentException(
                $"filepath \"{filepath}\" is the name of a weights file, but the whole model would be saved. "
                + $"Use \"{Stem(filepath)}.keras\", or saveWeightsOnly: true.",
                nameof(filepath));
        }

        if (!saveWeightsOnly && !filepath.EndsWith(".keras", StringComparison.Ordinal) && !filepath.EndsWith(".h5", StringComparison.Ordinal))
        {
            throw new ArgumentException(
                $"filepath must end in \".keras\", or in \".h5\" for Keras' older format; it is \"{filepath}\". "
                + $"Use \"{Stem(filepath)}.keras\".",
                nameof(filepath));
        }
    }

    private static string Stem(string filepath)
    {
        string name = filepath.Trim();
        string ending = KnownEndings.FirstOrDefault(known => name.EndsWith(known, StringComparison.OrdinalIgnoreCase)) ?? "";
        return name[..^ending.Length];
    }
}
