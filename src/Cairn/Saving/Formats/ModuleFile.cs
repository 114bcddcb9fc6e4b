using System.Text;

namespace Cairn.Saving;

/// <summary>The format of TorchSharp's <c>Module.save</c>: the number of arrays, then the name, type, shape and values of each.</summary>
/// <remarks>
/// All integers are written with seven bits per byte, least significant first, as <see cref="BinaryWriter"/> writes the length of a string.
/// There is no signature and no checksum; source: <c>TorchSharp.torch.nn.Module.save_state_dict</c> and <c>TensorExtensionMethods.Save</c>.
/// </remarks>
internal static class ModuleFile
{
    public static void Write(Stream stream, IReadOnlyList<WeightData> weights)
    {
        using var writer = new BinaryWriter(stream, new UTF8Encoding(false), leaveOpen: true);
        writer.Write7BitEncodedInt(weights.Count);
        foreach (WeightData weight in weights)
        {
            writer.Write(weight.Name);
            writer.Write7BitEncodedInt(ModuleType.NumberOf(weight));
            writer.Write7BitEncodedInt(weight.Shape.Length);
            foreach (long size in weight.Shape)
            {
                writer.Write7BitEncodedInt64(size);
            }

            writer.Flush();
            ContentWriting.Write(stream, weight);
        }
    }

    /// <summary>Reads names, types and shapes; the values are read from the file on demand.</summary>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="ModelFormatException">The file has another format or is damaged.</exception>
    public static NamedWeights Read(string path, FileLimits? limits = null) => Read(WeightSource.Open(path), limits);

    /// <summary>Reads an open file, which is closed with the returned object.</summary>
    /// <exception cref="ModelFormatException">The file has another format or is damaged.</exception>
    public static NamedWeights Read(WeightSource file, FileLimits? limits = null)
    {
        try
        {
            return new NamedWeights(new ModuleReader(file, limits ?? FileLimits.Current).Read(), file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
