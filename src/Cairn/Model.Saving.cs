using Cairn.Saving;

namespace Cairn;

public abstract partial class Model
{
    /// <summary>
    /// Saves the whole model: layers, weights, how it is compiled and the optimizer's state. The file appears under its name whole or
    /// not at all. Keras: <c>save</c>.
    /// </summary>
    /// <param name="filepath">A name that ends in <c>.h5</c> (Keras' legacy HDF5). Missing folders are created.</param>
    /// <exception cref="ArgumentException">The name ends otherwise.</exception>
    /// <exception cref="InvalidOperationException">The model has no weights yet.</exception>
    /// <exception cref="IOException">The file can't be written; what was there before stays.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written; what was there before stays.</exception>
    public void Save(string filepath) => Save(filepath, null);

    /// <summary>Saves the weights and the optimizer's state, without the layers. Keras: <c>save_weights</c>.</summary>
    /// <param name="filepath">A name that ends in <c>.weights.h5</c>. Missing folders are created.</param>
    /// <exception cref="ArgumentException">The name ends otherwise.</exception>
    /// <exception cref="InvalidOperationException">The model has no weights yet.</exception>
    /// <exception cref="IOException">The file can't be written; what was there before stays.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written; what was there before stays.</exception>
    public void SaveWeights(string filepath)
    {
        FileFormat.RequireWeights(filepath);
        EnsureBuilt();
        WeightsFile.Save(this, filepath);
    }

    /// <summary>Loads a whole model; it predicts as the saved one did and goes on training where that one stopped.</summary>
    /// <param name="filepath">A <c>.h5</c> file of Cairn or Keras.</param>
    /// <param name="compile">Whether to compile it as the file says, optimizer state included; true by default.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFormatException">It is not such a file, or holds what this version does not know; the message names it.</exception>
    public static Model Load(string filepath, bool compile = true)
    {
        FileFormat.RequireModel(filepath);
        Native.LibTorch.EnsureLoaded();
        return LegacyModelFile.Load(filepath, compile);
    }

    /// <summary>Puts the weights of a file, and the optimizer's state where the model is compiled alike, into this model.</summary>
    /// <param name="filepath">A <c>.weights.h5</c> file, or a <c>.h5</c> file whose layers are this model's.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFormatException">It is not such a file, or its weights are not this model's; then nothing is changed.</exception>
    /// <exception cref="InvalidOperationException">The model has no weights yet.</exception>
    public void LoadWeights(string filepath)
    {
        FileFormat.RequireModel(filepath);
        EnsureBuilt();
        if (FileFormat.IsWeights(filepath)) WeightsFile.Load(this, filepath);
        else LegacyModelFile.LoadWeights(this, filepath);
    }

    /// <summary>The architecture, without weights, as Keras' <c>to_json</c> writes it.</summary>
    /// <exception cref="InvalidOperationException">The model has no weights yet, so its input's shape is not known.</exception>
    public string ToJson() => PythonJson.Write(ModelSerialization.Architecture(this, legacy: false));

    /// <summary>Makes a model of its architecture. Keras: <c>model_from_json</c>.</summary>
    /// <param name="json">What <see cref="ToJson"/> or Keras' <c>to_json</c> wrote.</param>
    /// <exception cref="ModelFormatException">It is not the architecture of a model that this version knows; the message names the place.</exception>
    public static Model FromJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            return ModelSerialization.ReadArchitecture(ModelJson.ParseObject(json, null, "model"), "model");
        }
        catch (ConfigException exception)
        {
            throw new ModelFormatException(exception.Message, location: exception.Place, innerException: exception);
        }
    }

    /// <summary>The remarks with which a whole model was saved; none for a file of Keras.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFormatException">It is not a model's file, or a damaged one.</exception>
    internal static IReadOnlyDictionary<string, string> ReadRemarks(string filepath)
    {
        FileFormat.RequireModel(filepath);
        return LegacyModelFile.ReadRemarks(filepath);
    }

    /// <summary>Saves the whole model with remarks of a callback, which Keras does not look at.</summary>
    internal virtual void Save(string filepath, IReadOnlyDictionary<string, string>? remarks)
    {
        FileFormat.RequireWholeModel(filepath);
        EnsureBuilt();
        LegacyModelFile.Save(this, filepath, remarks);
    }
}
