using System.Text.Json.Nodes;
using Cairn.Saving;
using TorchSharp;

namespace Cairn;

public abstract partial class Model
{
    /// <summary>
    /// Saves the whole model: layers, weights, how it is compiled and the optimizer's state. The file appears under its name whole or
    /// not at all. Keras: <c>save</c>.
    /// </summary>
    /// <remarks>
    /// In a <c>.keras</c> archive an optimizer that has not been used yet stands with its state of zeros, so that Keras finds all it looks for.
    /// </remarks>
    /// <param name="filepath">
    /// A name that ends in <c>.keras</c> (Keras 3's archive), or in <c>.h5</c> (its older HDF5 format). Missing folders are created.
    /// </param>
    /// <exception cref="ArgumentException">The name ends otherwise.</exception>
    /// <exception cref="InvalidOperationException">The model has no weights yet.</exception>
    /// <exception cref="NotSupportedException">The model is of your own class, whose function no file can hold; <see cref="SaveWeights"/> keeps its weights.</exception>
    /// <exception cref="IOException">The file can't be written; what was there before stays.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written; what was there before stays.</exception>
    public void Save(string filepath) => Save(filepath, null);

    /// <summary>Saves the weights without the layers. Keras: <c>save_weights</c>.</summary>
    /// <param name="filepath">
    /// A name that ends in <c>.weights.h5</c> (Keras 3's format, which holds the optimizer's state too), in <c>.safetensors</c>, or in
    /// <c>.dat</c> (the format of TorchSharp's <c>Module.save</c>). Missing folders are created.
    /// </param>
    /// <remarks>
    /// In the latter two a weight has the name of its layer and its own, <c>dense/kernel</c>, those of nested models with the model's before:
    /// <c>encoder/dense/kernel</c>.
    /// </remarks>
    /// <exception cref="ArgumentException">The name ends otherwise.</exception>
    /// <exception cref="InvalidOperationException">The model has no weights yet.</exception>
    /// <exception cref="IOException">The file can't be written; what was there before stays.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written; what was there before stays.</exception>
    public void SaveWeights(string filepath) => Write(filepath, null, weightsOnly: true);

    /// <summary>Loads a whole model; it predicts as the saved one did and goes on training where that one stopped.</summary>
    /// <remarks>
    /// A <c>.h5</c> file may also come from Keras 2. Where its optimizer's state can't be told for certain, or one of its settings no longer
    /// exists, <see cref="LoadWarnings"/> says so, and standard error too.
    /// </remarks>
    /// <param name="filepath">A <c>.keras</c> or <c>.h5</c> file of Cairn or Keras. Its content tells its format, whatever its name is.</param>
    /// <param name="compile">
    /// Whether to compile it as the file says, optimizer state included; true by default. Where the file asks for a loss, a metric or an optimizer
    /// that is not known, the model is loaded uncompiled, and <see cref="LoadWarnings"/> tells it.
    /// </param>
    /// <param name="customObjects">Classes of your own that the file may ask for, besides those that are registered.</param>
    /// <param name="limits">What the file may claim; <see cref="FileLimits.Default"/> by default.</param>
    /// <param name="lambdas">
    /// C# functions for the file's <c>Lambda</c> layers, whose Python code is never run, by the layers' names:
    /// <c>new() { ["lambda_1"] = x =&gt; x / 127.5f - 1 }</c>.
    /// </param>
    /// <exception cref="ArgumentException">There is no such file, and its name is not that of a model.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFormatException">It is not such a file, or holds what this version does not know; the message names it.</exception>
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
        notes.AddRange((lambdas?.Unused ?? []).Select(name => $"The file has no Lambda '{name}', for which a function was given."));
        if (notes.Count > 0)
        {
            loaded.ReportBefore(notes);
        }

        return loaded;
    }

    /// <summary>Puts the weights of a file, and the optimizer's state where the model is compiled alike, into this model.</summary>
    /// <remarks>
    /// Keras: <c>load_weights</c>. What is left out is in <see cref="LoadWarnings"/>, and on standard error. With layers left out the
    /// optimizer's state stays as it is.
    /// </remarks>
    /// <param name="filepath">
    /// A <c>.weights.h5</c>, <c>.safetensors</c> or <c>.dat</c> file, or a <c>.keras</c> or <c>.h5</c> file whose layers are this model's; or the
    /// <c>.weights.json</c> file of weights that Keras spread over several files beside it, or PyTorch's <c>.pth</c>, see
    /// <see cref="LoadTorchWeights"/>. The content of a file tells its format, whatever its
    /// name is.
    /// </param>
    /// <param name="skipMismatch">
    /// Whether weights whose number or shape differs are left as they are, with a warning, instead of being an error; false by default.
    /// </param>
    /// <param name="byName">
    /// Whether layers without a namesake in the file are left as they are, and the file's others left out; false by default. In <c>.h5</c>
    /// files of whole models layers are then found by their names instead of their order; in <c>.safetensors</c> and <c>.dat</c> files weights
    /// always are. Not for other files.
    /// </param>
    /// <param name="limits">What the file may claim; <see cref="FileLimits.Default"/> by default.</param>
    /// <exception cref="ArgumentException">
    /// There is no such file, and its name is of no known kind, or <paramref name="byName"/> is set for a file of another kind.
    /// </exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFormatException">It is not such a file, or its weights are not this model's; then no weight is changed.</exception>
    /// <exception cref="InvalidOperationException">The model has no weights yet.</exception>
    public void LoadWeights(string filepath, bool skipMismatch = false, bool byName = false, FileLimits? limits = null)
    {
        uses.ThrowIfDisposed();
        using IDisposable bounds = (limits ?? FileLimits.Current).Scope();

        // A name that can't be meant is told also where there is no file.
        ModelFile format = byName && !Path.Exists(filepath) && ModelFile.Named(filepath) is { } named ? named : ModelFile.Of(filepath);
        if (byName && !format.CanLoadByName)
        {
            throw new ArgumentException(
                "byName: true is for files that know layers or weights by their names, '.h5' files of whole models, '.safetensors' "
                    + "and '.dat'; "
                + $"'{filepath}' lists its weights in order.",
                nameof(byName));
        }

        EnsureBuilt();
        var loading = new WeightLoading { SkipMismatch = skipMismatch, ByName = byName };
        format.LoadWeights(this, filepath, loading);
        ReportLoading(loading.Warnings);
    }

    /// <summary>
    /// Loads the newest whole model that a <see cref="Callbacks.ModelCheckpoint"/> wrote; where that is damaged, the one before, with a warning that
    /// names both in <see cref="LoadWarnings"/> and on standard error.
    /// </summary>
    /// <param name="filepath">
    /// The path with its fields in braces, as the callback was given it. The newest is the one with the highest epoch, then the highest batch, as
    /// far as its name tells them, then the one written last.
    /// </param>
    /// <param name="compile">Whether to compile it as the file says, optimizer state included; true by default.</param>
    /// <param name="customObjects">Classes of your own that the file may ask for, besides those that are registered.</param>
    /// <param name="limits">What the file may claim; <see cref="FileLimits.Default"/> by default.</param>
    /// <exception cref="ArgumentException">The path can't be filled.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFormatException">All files are damaged, or hold what this version does not know; the message is about the newest.</exception>
    public static Model LoadNewest(string filepath, bool compile = true, CustomObjects? customObjects = null, FileLimits? limits = null)
    {
        List<string> warnings = [];
        Model loaded = ReadNewest(filepath, file => Load(file, compile, customObjects, limits), warnings);
        loaded.ReportBefore(warnings);
        return loaded;
    }

    /// <summary>
    /// Puts the newest weights that a <see cref="Callbacks.ModelCheckpoint"/> wrote into this model; where those are damaged, the ones before, with a
    /// warning that names both in <see cref="LoadWarnings"/> and on standard error.
    /// </summary>
    /// <param name="filepath">The path with its fields in braces, as the callback was given it; see <see cref="LoadNewest"/> for what is the newest.</param>
    /// <param name="limits">What the file may claim; <see cref="FileLimits.Default"/> by default.</param>
    /// <returns>The file.</returns>
    /// <exception cref="ArgumentException">The path can't be filled.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFormatException">All files are damaged, or not this model's; the message is about the newest. No weight is changed.</exception>
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
    /// What the last <see cref="Load"/> or <see cref="LoadWeights"/> of this model could not take over from the file, one sentence each;
    /// empty where all was.
    /// </summary>
    public IReadOnlyList<string> LoadWarnings { get; private set; } = [];

    /// <summary>The architecture, without weights, as Keras' <c>to_json</c> writes it.</summary>
    /// <exception cref="InvalidOperationException">The model has no weights yet, so its input's shape is not known.</exception>
    public string ToJson() => PythonJson.Write(ModelSerialization.Architecture(this, legacy: false));

    /// <summary>Makes a model of its architecture. Keras: <c>model_from_json</c>.</summary>
    /// <param name="json">What <see cref="ToJson"/> or Keras' <c>to_json</c> wrote.</param>
    /// <param name="customObjects">Classes of your own that it may ask for, besides those that are registered.</param>
    /// <param name="limits">What it may claim; <see cref="FileLimits.Default"/> by default.</param>
    /// <exception cref="ModelFormatException">It is not the architecture of a model that this version knows; the message names the place.</exception>
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

    /// <summary>The remarks with which a whole model was saved; none for a file of Keras.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFormatException">It is not a model's file, or a damaged one.</exception>
    internal static IReadOnlyDictionary<string, string> ReadRemarks(string filepath) => ModelFile.Of(filepath).ReadRemarks(filepath);

    /// <summary>Looks whether a model's file is whole, as far as its checksum tells.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFormatException">It is not a model's file, or a damaged one.</exception>
    internal static void CheckFile(string filepath) => ModelFile.Of(filepath).Check(filepath);

    /// <summary>Saves the whole model with remarks, which Keras does not look at.</summary>
    internal void Save(string filepath, IReadOnlyDictionary<string, string>? remarks) => Write(filepath, remarks, weightsOnly: false);

    /// <summary>Describes what is about to be saved, to be written under a name of the same ending, perhaps later.</summary>
    /// <param name="filepath">A path with the ending that tells the format.</param>
    /// <param name="remarks">
    /// What is remarked in the file of a whole model, where Keras does not look; null for a plain file, which carries no checksum either.
    /// </param>
    /// <param name="weightsOnly">Whether the weights and the optimizer's state are saved alone.</param>
    /// <param name="read">Reads the numbers of a variable: lends them, for a save at once, or copies them.</param>
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
            : throw new FileNotFoundException($"There is no file that '{filepath}' could be the name of.", filepath);

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
