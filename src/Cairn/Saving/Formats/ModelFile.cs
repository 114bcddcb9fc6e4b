using Cairn.Saving.Hdf5;

namespace Cairn.Saving;

/// <summary>
/// A file format of models or weights. The format of a file to read is determined by its content (<see cref="Of"/>), that of a file to
/// write by the ending of its name (<see cref="Named"/>). A new format is a new class in <see cref="Formats"/>.
/// </summary>
internal abstract class ModelFile
{
    /// <summary>The endings of weights files, for messages.</summary>
    public const string WeightEndings = "'….weights.h5', '….safetensors' or '….dat'";

    // PyTorch's archives are zip files too, so they come before Keras'. Longer endings come first: '.weights.h5' before '.h5'.
    private static readonly ModelFile[] Formats =
    [
        new Torch.TorchWeightsFile(), new KerasModelFile(), new WeightsFile(), new LegacyModelFile(), new LegacyWeightsFile(),
        new ShardedWeights(), new SafetensorsWeights(), new ModuleWeights(), new ArchitectureFile(),
    ];

    /// <summary>The endings of file names in this format, for writing and searching; empty if no ending identifies it.</summary>
    public abstract IReadOnlyList<string> Endings { get; }

    /// <summary>Whether the format includes the layers, so that a model can be created from a file.</summary>
    public virtual bool HoldsModel => false;

    /// <summary>Whether the format includes weights.</summary>
    public virtual bool HoldsWeights => true;

    /// <summary>Whether the format includes the optimizer's state.</summary>
    public virtual bool HoldsOptimizer => false;

    /// <summary>Whether weights have unique names in this format, and are matched by them.</summary>
    public virtual bool HasNames => false;

    /// <summary>Whether layers or weights can be matched by name instead of by order.</summary>
    public virtual bool CanLoadByName => HasNames;

    /// <summary>Whether the format is also written, not only read.</summary>
    public virtual bool IsWritten => true;

    /// <summary>Determines the format of a file from its content.</summary>
    /// <exception cref="ArgumentException">The file does not exist, and its name has no known ending.</exception>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="ModelFormatException">The content has no known format.</exception>
    public static ModelFile Of(string path)
    {
        RequireNameOrFile(path);
        using var file = WeightSource.Open(path);
        if (!Torch.TorchFile.IsOne(file) && ForeignFile.Problem(file) is { } problem)
        {
            throw new ModelFormatException(problem, path);
        }

        // If the content is damaged, the format given by the name reports the problem.
        return Array.Find(Formats, format => format.Recognizes(file)) ?? Named(path) ?? throw new ModelFormatException(
            "unknown file format: not a '.keras' archive, an HDF5 file ('.h5'), a safetensors file, a TorchSharp Module.save file ('.dat') "
            + "or the JSON of a model.",
            path);
    }

    /// <summary>The format that a file name ends with; null if there is none.</summary>
    public static ModelFile? Named(string path) => Array.Find(Formats, format => format.EndingIn(path).Length > 0);

    /// <summary>The ending of a file name that identifies its format; empty if there is none.</summary>
    public static string EndingOf(string path) => Named(path)?.EndingIn(path) ?? "";

    /// <summary>The format for writing a whole model to a path.</summary>
    /// <exception cref="ArgumentException">The name has another ending.</exception>
    public static ModelFile ForModel(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return Named(path) switch
        {
            { HoldsModel: true } format => format,
            { HoldsWeights: true } => throw new ArgumentException(
                $"'{path}' is a weights file; a whole model must end in '.keras', or in '.h5' for Keras' legacy format. For weights use "
                + "SaveWeights and LoadWeights.",
                nameof(path)),
            _ => throw new ArgumentException($"The path of a model must end in '.keras', or in '.h5' for Keras' legacy format; it "
                + $"was '{path}'.", nameof(path)),
        };
    }

    /// <summary>The format for writing weights to a path.</summary>
    /// <exception cref="ArgumentException">The name has another ending.</exception>
    public static ModelFile ForWeights(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return Named(path) switch
        {
            { HoldsModel: false, HoldsWeights: true, IsWritten: true } format => format,
            { IsWritten: false } => throw new ArgumentException(
                $"Sharded weights and PyTorch files can be read but not written; use one '….weights.h5' file, of any size; the path "
                    + $"was '{path}'.", nameof(path)),
            _ => throw new ArgumentException($"A weights file must be named {WeightEndings}; it was '{path}'.", nameof(path)),
        };
    }

    /// <summary>Creates a model from a file.</summary>
    /// <exception cref="ModelFormatException">The file contains no model, or is damaged.</exception>
    public virtual Model Load(string path, bool compile) => throw new ModelFormatException(
        "the file contains only weights, without a model; build the model and call LoadWeights.", path);

    /// <summary>Loads the weights of a file, and the optimizer's state if both sides have it, into a built model.</summary>
    /// <exception cref="ModelFormatException">
    /// The file has another format, or its weights do not match the model; then nothing is changed.
    /// </exception>
    public abstract void LoadWeights(Model model, string path, WeightLoading loading);

    /// <summary>Captures the current state of a model, to be written now or later.</summary>
    /// <param name="model">A built model.</param>
    /// <param name="remarks">
    /// The metadata to store in a whole-model file, where Keras ignores it; null for a plain file, which has no checksum either.
    /// </param>
    /// <param name="read">Reads the values of a variable: without a copy, for a save at once, or as a copy.</param>
    public abstract IModelSnapshot Prepare(Model model, IReadOnlyDictionary<string, string>? remarks, Func<Variable, WeightData> read);

    /// <summary>The metadata that a whole model was saved with; empty for a file written by Keras.</summary>
    /// <exception cref="ModelFormatException">The file has another format or is damaged.</exception>
    public virtual IReadOnlyDictionary<string, string> ReadRemarks(string path) => new Dictionary<string, string>();

    /// <summary>All arrays of a file, in its order.</summary>
    /// <exception cref="ModelFormatException">The file has another format or is damaged.</exception>
    public abstract ListedWeights List(string path);

    /// <summary>Verifies that a file is complete, as far as its checksum covers it.</summary>
    /// <exception cref="ModelFormatException">The file has another format or is damaged.</exception>
    public virtual void Check(string path) => List(path).Dispose();

    /// <summary>Whether the content of an open, non-empty file has this format.</summary>
    protected abstract bool Recognizes(WeightSource file);

    // If the file is missing, the wrong ending of its name is the more helpful error.
    private static void RequireNameOrFile(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (Named(path) is null && !Path.Exists(path))
        {
            throw new ArgumentException(
                $"There is no file '{path}'. Models are read from '….keras' or '….h5' files, weights also from {WeightEndings}, "
                    + "'….weights.json', or PyTorch's '….pth'.", nameof(path));
        }
    }

    private string EndingIn(string path) =>
        Endings.FirstOrDefault(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) ?? "";
}
