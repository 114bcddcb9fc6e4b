using System.Text.Json.Nodes;
using Cairn.Saving;
using TorchSharp;

namespace Cairn;

public abstract partial class Model
{
    /// <summary>
    /// Saves the whole model: layers, weights, compile arguments and optimizer state. The write is atomic: the file appears complete or not
    /// at all. Keras: <c>save</c>.
    /// </summary>
    /// <remarks>
    /// In a <c>.keras</c> archive, an optimizer that has not been used yet is saved with its initial state of zeros, since Keras expects
    /// it.
    /// </remarks>
    /// <param name="filepath">
    /// A path that ends in <c>.keras</c> (the Keras 3 archive) or <c>.h5</c> (the legacy HDF5 format). Missing directories are created.
    /// </param>
    /// <exception cref="ArgumentException">The path has another extension.</exception>
    /// <exception cref="InvalidOperationException">The model is not built.</exception>
    /// <exception cref="NotSupportedException">
    /// The model is a subclassed model, whose code a file can't hold; <see cref="SaveWeights"/> saves its weights.
    /// </exception>
    /// <exception cref="IOException">The file can't be written; an existing file is kept.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to the file is denied; an existing file is kept.</exception>
    public void Save(string filepath) => Save(filepath, null);

    /// <summary>Saves the weights only. Keras: <c>save_weights</c>.</summary>
    /// <param name="filepath">
    /// A path that ends in <c>.weights.h5</c> (the Keras 3 format, which includes the optimizer state), <c>.safetensors</c>, or <c>.dat</c>
    /// (the format of TorchSharp's <c>Module.save</c>). Missing directories are created.
    /// </param>
    /// <remarks>
    /// In the latter two formats, weights are named by layer and weight, <c>dense/kernel</c>, with a prefix for nested models:
    /// <c>encoder/dense/kernel</c>.
    /// </remarks>
    /// <exception cref="ArgumentException">The path has another extension.</exception>
    /// <exception cref="InvalidOperationException">The model is not built.</exception>
    /// <exception cref="IOException">The file can't be written; an existing file is kept.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to the file is denied; an existing file is kept.</exception>
    public void SaveWeights(string filepath) => Write(filepath, null, weightsOnly: true);

    /// <summary>Loads a whole model. It makes the same predictions as the saved model, and training resumes where it stopped.</summary>
    /// <remarks>
    /// A <c>.h5</c> file may also come from Keras 2. If its optimizer state is ambiguous, or one of its settings no longer exists, a
    /// warning is added to <see cref="LoadWarnings"/> and written to standard error.
    /// </remarks>
    /// <param name="filepath">
    /// A <c>.keras</c> or <c>.h5</c> file saved by Cairn or Keras. The format is detected from the content, not from the name.
    /// </param>
    /// <param name="compile">
    /// Whether to compile the model as saved, including the optimizer state; true by default. If the file names an unknown loss, metric or
    /// optimizer, the model is loaded uncompiled, with a warning in <see cref="LoadWarnings"/>.
    /// </param>
    /// <param name="customObjects">Custom classes that the file may use, in addition to the registered ones.</param>
    /// <param name="limits">Limits on what the file may request; <see cref="FileLimits.Default"/> by default.</param>
    /// <param name="lambdas">
    /// C# functions for the file's <c>Lambda</c> layers, by layer name; their Python code is never run:
    /// <c>new() { ["lambda_1"] = x =&gt; x / 127.5f - 1 }</c>.
    /// </param>
    /// <exception cref="ArgumentException">The file does not exist, and its name is not a model file name.</exception>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="ModelFormatException">
    /// The file is not a model file, or contains something this version does not support; the message names it.
    /// </exception>
    public static Model Load(
        string filepath, bool compile = true, CustomObjects? customObjects = null, FileLimits? limits = null,
        LambdaFunctions? lambdas = null)
    {
        using IDisposable bounds = (limits ?? FileLimits.Current).Scope();
        using IDisposable? scope = customObjects?.Scope();
        using IDisposable? functions = lambdas?.Scope();
        List<string> notes = [];
        using IDisposable noted = LoadNotes.Into(notes);
        Native.LibTorch.EnsureLoaded();
        Model loaded = ModelFile.Of(filepath).Load(filepath, compile);
        notes.AddRange(
            (lambdas?.Unused ?? []).Select(name => $"The file has no Lambda layer '{name}', for which a function was given."));
        if (notes.Count > 0)
        {
            loaded.ReportBefore(notes);
        }

        return loaded;
    }

    /// <summary>
    /// Loads weights from a file into this model, and the optimizer state if the model is compiled with the same optimizer.
    /// </summary>
    /// <remarks>
    /// Keras: <c>load_weights</c>. Skipped items are listed in <see cref="LoadWarnings"/> and on standard error. If any layer is skipped,
    /// the optimizer state is not loaded.
    /// </remarks>
    /// <param name="filepath">
    /// A <c>.weights.h5</c>, <c>.safetensors</c> or <c>.dat</c> file, or a <c>.keras</c> or <c>.h5</c> file with the same layers as this
    /// model; the <c>.weights.json</c> index of weights that Keras sharded over several files; or a PyTorch <c>.pth</c> file, see
    /// <see cref="LoadTorchWeights"/>. The format is detected from the content, not from the name.
    /// </param>
    /// <param name="skipMismatch">
    /// Whether to skip, with a warning, layers whose weights differ in number or shape, instead of failing; false by default.
    /// </param>
    /// <param name="byName">
    /// Whether to load only layers whose names occur in both the model and the file; false by default. In <c>.h5</c> files of whole models,
    /// layers are then matched by name instead of order; weights in <c>.safetensors</c> and <c>.dat</c> files always are. Not supported for
    /// other files.
    /// </param>
    /// <param name="limits">Limits on what the file may request; <see cref="FileLimits.Default"/> by default.</param>
    /// <exception cref="ArgumentException">
    /// The file does not exist and has an unknown extension, or <paramref name="byName"/> is set for an unsupported format.
    /// </exception>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="ModelFormatException">
    /// The file has an unsupported format, or its weights do not match this model; no weight is changed.
    /// </exception>
    /// <exception cref="InvalidOperationException">The model is not built.</exception>
    public void LoadWeights(string filepath, bool skipMismatch = false, bool byName = false, FileLimits? limits = null)
    {
        uses.ThrowIfDisposed();
        using IDisposable bounds = (limits ?? FileLimits.Current).Scope();

        // An unsupported name is reported even if the file does not exist.
        ModelFile format = byName && !Path.Exists(filepath) && ModelFile.Named(filepath) is { } named ? named : ModelFile.Of(filepath);
        if (byName && !format.CanLoadByName)
        {
            throw new ArgumentException(
                "byName: true needs a file that stores names: an '.h5' file of a whole model, '.safetensors' or '.dat'; "
                + $"'{filepath}' stores its weights in order.",
                nameof(byName));
        }

        EnsureBuilt();
        var loading = new WeightLoading { SkipMismatch = skipMismatch, ByName = byName };
        format.LoadWeights(this, filepath, loading);
        ReportLoading(loading.Warnings);
    }

    /// <summary>
    /// Loads the newest whole model saved by a <see cref="Callbacks.ModelCheckpoint"/>. If that file is damaged, the previous one is
    /// loaded, with a warning naming both in <see cref="LoadWarnings"/> and on standard error.
    /// </summary>
    /// <param name="filepath">
    /// The path template passed to the callback, with its fields in braces. The newest file is the one with the highest epoch, then the
    /// highest batch, as far as the name contains them, then the latest write time.
    /// </param>
    /// <param name="compile">Whether to compile the model as saved, including the optimizer state; true by default.</param>
    /// <param name="customObjects">Custom classes that the file may use, in addition to the registered ones.</param>
    /// <param name="limits">Limits on what the file may request; <see cref="FileLimits.Default"/> by default.</param>
    /// <exception cref="ArgumentException">The path template is invalid.</exception>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="ModelFormatException">All files are damaged or unsupported; the message describes the newest.</exception>
    public static Model LoadNewest(string filepath, bool compile = true, CustomObjects? customObjects = null, FileLimits? limits = null)
    {
        List<string> warnings = [];
        Model loaded = ReadNewest(filepath, file => Load(file, compile, customObjects, limits), warnings);
        loaded.ReportBefore(warnings);
        return loaded;
    }

    /// <summary>
    /// Loads the newest weights saved by a <see cref="Callbacks.ModelCheckpoint"/> into this model. If that file is damaged, the previous
    /// one is loaded, with a warning naming both in <see cref="LoadWarnings"/> and on standard error.
    /// </summary>
    /// <param name="filepath">
    /// The path template passed to the callback, with its fields in braces; see <see cref="LoadNewest"/> for which file is the newest.
    /// </param>
    /// <param name="limits">Limits on what the file may request; <see cref="FileLimits.Default"/> by default.</param>
    /// <returns>The path of the loaded file.</returns>
    /// <exception cref="ArgumentException">The path template is invalid.</exception>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="ModelFormatException">
    /// All files are damaged or do not match this model; the message describes the newest. No weight is changed.
    /// </exception>
    public string LoadNewestWeights(string filepath, FileLimits? limits = null)
    {
        List<string> warnings = [];
        string taken = ReadNewest(
            filepath,
            file =>
            {
                LoadWeights(file, limits: limits);
                return file;
            },
            warnings);
        ReportBefore(warnings);
        return taken;
    }

    /// <summary>
    /// Warnings about what the last <see cref="Load"/> or <see cref="LoadWeights"/> could not restore from the file, one sentence each;
    /// empty if everything was restored.
    /// </summary>
    public IReadOnlyList<string> LoadWarnings { get; private set; } = [];

    /// <summary>Returns the architecture as JSON, without weights. Keras: <c>to_json</c>.</summary>
    /// <exception cref="InvalidOperationException">The model is not built, so its input shape is not known.</exception>
    public string ToJson() => PythonJson.Write(ModelSerialization.Architecture(this, legacy: false));

    /// <summary>Creates a model from its architecture. Keras: <c>model_from_json</c>.</summary>
    /// <param name="json">JSON written by <see cref="ToJson"/> or by Keras' <c>to_json</c>.</param>
    /// <param name="customObjects">Custom classes that it may use, in addition to the registered ones.</param>
    /// <param name="limits">Limits on what it may request; <see cref="FileLimits.Default"/> by default.</param>
    /// <exception cref="ModelFormatException">
    /// The JSON is not a model architecture supported by this version; the message names the place.
    /// </exception>
    public static Model FromJson(string json, CustomObjects? customObjects = null, FileLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(json);
        using IDisposable bounds = (limits ?? FileLimits.Current).Scope();
        using IDisposable? scope = customObjects?.Scope();
        JsonObject architecture = ModelJson.ParseObject(json, null, "model");
        if (architecture["keras_version"] is JsonValue value && value.TryGetValue(out string? version)
            && version is ['0' or '1' or '2', '.', ..])
        {
            LegacyArchitecture.Upgrade(architecture, version);
        }

        try
        {
            return ModelSerialization.ReadArchitecture(architecture, "model");
        }
        catch (ConfigException exception)
        {
            throw new ModelFormatException(exception.Problem, location: exception.Place, innerException: exception);
        }
    }

    /// <summary>The remarks saved with a whole model; none for a file saved by Keras.</summary>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="ModelFormatException">The file is damaged or not a model file.</exception>
    internal static IReadOnlyDictionary<string, string> ReadRemarks(string filepath) => ModelFile.Of(filepath).ReadRemarks(filepath);

    /// <summary>Verifies a model file against its checksum, if it has one.</summary>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="ModelFormatException">The file is damaged or not a model file.</exception>
    internal static void CheckFile(string filepath) => ModelFile.Of(filepath).Check(filepath);

    /// <summary>Saves the whole model with remarks, which Keras ignores.</summary>
    internal void Save(string filepath, IReadOnlyDictionary<string, string>? remarks) => Write(filepath, remarks, weightsOnly: false);

    /// <summary>Captures what is to be saved, to be written, possibly later, to a path with the same extension.</summary>
    /// <param name="filepath">A path whose extension determines the format.</param>
    /// <param name="remarks">
    /// Remarks to store in the file of a whole model, where Keras ignores them; null for a plain file, which has no checksum either.
    /// </param>
    /// <param name="weightsOnly">Whether to save only the weights and the optimizer state.</param>
    /// <param name="read">Reads the values of a variable: borrowed, for an immediate save, or copied.</param>
    internal virtual IModelSnapshot PrepareSave(
        string filepath, IReadOnlyDictionary<string, string>? remarks, bool weightsOnly, Func<Variable, WeightData> read)
    {
        ModelFile format = weightsOnly ? ModelFile.ForWeights(filepath) : ModelFile.ForModel(filepath);
        EnsureBuilt();
        return format.Prepare(this, remarks, read);
    }

    private void Write(string filepath, IReadOnlyDictionary<string, string>? remarks, bool weightsOnly)
    {
        using DisposeScope scope = TorchSharp.torch.NewDisposeScope();
        using IModelSnapshot snapshot = PrepareSave(filepath, remarks, weightsOnly, WeightTransfer.ToData);
        snapshot.Write(filepath);
    }

    private static T ReadNewest<T>(string filepath, Func<string, T> read, List<string> warnings) =>
        NewestWhole.Read(Callbacks.CheckpointSearch.NewestFirst(filepath), read, "checkpoint", warnings.Add) is { } found
            ? found.Content
            : throw new FileNotFoundException($"No file matches '{filepath}'.", filepath);

    private void ReportBefore(IReadOnlyList<string> warnings)
    {
        IReadOnlyList<string> others = LoadWarnings;
        ReportLoading(warnings);
        LoadWarnings = [.. warnings, .. others];
    }

    internal void ReportLoading(IReadOnlyList<string> warnings)
    {
        LoadWarnings = warnings;
        foreach (string warning in warnings)
        {
            Console.Error.Write($"UserWarning: {warning}\n");
        }
    }
}
