using Cairn.Saving;
using Cairn.Saving.Torch;

namespace Cairn;

// Weights that were trained with PyTorch.
public abstract partial class Model
{
    /// <summary>
    /// Loads a state dictionary of PyTorch, what <c>torch.save(model.state_dict(), "model.pth")</c> wrote, into this model. The file is read as
    /// data: nothing in it is run.
    /// </summary>
    /// <remarks>
    /// <para>A model of a TorchSharp module takes the tensors by their names. Other models take them module by module: kernels, gates and biases
    /// are laid out as Keras has them, and the rows of a <see cref="Layers.Dense"/> behind a <see cref="Layers.Flatten"/> of images are put in the order of
    /// channels last. Dense, convolutional, normalising and recurrent layers, <see cref="Layers.Embedding"/> and <see cref="Layers.PReLU"/> can take them.</para>
    /// <para>The dictionary may be a part of a checkpoint, under <c>state_dict</c>, <c>model_state_dict</c> or <c>model</c>, and have the names of
    /// <c>DataParallel</c>.</para>
    /// </remarks>
    /// <param name="filepath">The file, <c>….pth</c>, <c>….pt</c> or any other name.</param>
    /// <param name="mapping">
    /// Which layer each module's tensors are for, such as <c>["features.0"] = "conv2d"</c>; null (default) for modules and layers in their order.
    /// The second layer of a recurrent module <c>lstm</c> is <c>lstm.l1</c>. Not for TorchSharp modules.
    /// </param>
    /// <param name="skipMismatch">Whether what does not fit is left out with a warning in <see cref="LoadWarnings"/> instead of being an error; false by default.</param>
    /// <param name="limits">What the file may claim; <see cref="FileLimits.Default"/> by default.</param>
    /// <exception cref="ArgumentException">The mapping names a module or layer that is not there.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFormatException">The file is damaged, holds more than tensors, or does not fit; no weight is changed.</exception>
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
