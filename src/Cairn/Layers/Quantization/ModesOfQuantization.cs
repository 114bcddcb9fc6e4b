namespace Cairn.Layers;

/// <summary>The modes in which layers are quantized here; those of files are more.</summary>
internal static class ModesOfQuantization
{
    /// <summary>Throws an exception for another mode than float8.</summary>
    /// <param name="mode">The mode.</param>
    /// <exception cref="ArgumentException">There is no such mode.</exception>
    /// <exception cref="NotSupportedException">Only Keras quantizes in this mode.</exception>
    public static void Check(string mode)
    {
        ArgumentNullException.ThrowIfNull(mode);
        string[] ofFiles = ["int8", "int4", "gptq", "awq", "ternary"];
        if (ofFiles.Contains(mode))
        {
            throw new NotSupportedException(
                $"Quantizing to '{mode}' is not supported; layers that Keras has quantized so are loaded from files. Supported: float8.");
        }

        if (mode != "float8")
        {
            throw new ArgumentException(
                $"Unknown quantization mode '{mode}'; allowed: float8. {NearestName.Hint(mode, ["float8"])}", nameof(mode));
        }
    }
}
