using Cairn.Saving;
using Cairn.Saving.Torch;

namespace Cairn;

// Weights trained with PyTorch.
public abstract partial class Model
{
    /// <summary>
    /// Loads a PyTorch state dictionary, as written by <c>torch.save(model.state_dict(), "model.pth")</c>, into this model. The file is
    /// read as data: none of its code is executed.
    /// </summary>
    /// <remarks>
    /// <para>A model of a TorchSharp module matches tensors by name. Other models match them module by module: kernels, gates and biases
    /// are converted to Keras' layout, and the rows of a <see cref="Layers.Dense"/> after a <see cref="Layers.Flatten"/> of images are
    /// reordered to channels last. Dense, convolutional, normalization and recurrent layers, <see cref="Layers.Embedding"/> and
    /// <see cref="Layers.PReLU"/> are supported.</para>
    /// <para>The dictionary may be part of a checkpoint, under <c>state_dict</c>, <c>model_state_dict</c> or <c>model</c>, and its names
    /// may have the prefix of <c>DataParallel</c>.</para>
    /// </remarks>
    /// <param name="filepath">The path of the file, usually <c>.pth</c> or <c>.pt</c>; any name is allowed.</param>
    /// <param name="mapping">
    /// Maps modules to layers, such as <c>["features.0"] = "conv2d"</c>; null (default) to match modules and layers in order.
    /// The second layer of a recurrent module <c>lstm</c> is <c>lstm.l1</c>. Not supported for TorchSharp modules.
    /// </param>
    /// <param name="skipMismatch">
    /// Whether to skip tensors that do not match, with a warning in <see cref="LoadWarnings"/>, instead of failing; false by default.
    /// </param>
    /// <param name="limits">Limits on what the file may request; <see cref="FileLimits.Default"/> by default.</param>
    /// <exception cref="ArgumentException">The mapping names a module or layer that does not exist.</exception>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="ModelFormatException">
    /// The file is damaged, contains objects other than tensors, or does not match the model; no weight is changed.
    /// </exception>
    public void LoadTorchWeights(string filepath, IReadOnlyDictionary<string, string>? mapping = null, bool skipMismatch = false,
        FileLimits? limits = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(filepath);
        using IDisposable bounds = (limits ?? FileLimits.Current).Scope();
        EnsureBuilt();
        var loading = new WeightLoading { SkipMismatch = skipMismatch };
        TorchWeightsFile.Load(this, filepath, mapping, loading);
        ReportLoading(loading.Warnings);
    }
}
