using Cairn.Saving.Hdf5;

namespace Cairn.Saving;

/// <summary>
/// A format of files that hold models or weights. A file that is read is of the format that its content tells (<see cref="Of"/>), one that is
/// written of the format that its name ends with (<see cref="Named"/>). A new format is one more class in <see cref="Formats"/>.
/// </summary>
internal abstract class ModelFile
{
    /// <summary>What a file of weights alone may be called, for messages.</summary>
    public const string WeightEndings = "'….weights.h5', '….safetensors' or '….dat'";

    // PyTorch's archives are zip files, too, and so stand before Keras'. Longer endings stand before those that they end with: '.weights.h5' before '.h5'.
    private static readonly ModelFile[] Formats =
    [
        new Torch.TorchWeightsFile(), new KerasModelFile(), new WeightsFile(), new LegacyModelFile(), new LegacyWeightsFile(),
        new ShardedWeights(), new SafetensorsWeights(), new ModuleWeights(), new ArchitectureFile(),
    ];

    /// <summary>The endings of the names under which such files are written, and looked for; none where no name tells the format.</summary>
    public abstract IReadOnlyList<string> Endings { get; }

    /// <summary>Whether such files hold the layers, so that a model can be made of them.</summary>
    public virtual bool HoldsModel => false;

    /// <summary>Whether such files hold weights.</summary>
    public virtual bool HoldsWeights => true;

    /// <summary>Whether such files hold the state of the optimizer.</summary>
    public virtual bool HoldsOptimizer => false;

    /// <summary>Whether the weights in such files have names of their own, and are found by them.</summary>
    public virtual bool HasNames => false;

    /// <summary>Whether layers or weights of such files can be found by their names instead of their order.</summary>
    public virtual bool CanLoadByName => HasNames;

    /// <summary>Whether such files are written, and not only read.</summary>
    public virtual bool IsWritten => true;

    /// <summary>The format of a file, by its content.</summary>
    /// <exception cref="ArgumentException">There is no such file, and its name is that of no format.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFormatException">The content is of no known format.</exception>
    public static ModelFile Of(string path)
    {
        RequireNameOrFile(path);
        using var file = WeightSource.Open(path);
        if (!Torch.TorchFile.IsOne(file) && ForeignFile.Problem(file) is { } problem)
        {
            throw new ModelFormatException(problem, path);
        }

        // Where the content is damaged, the format that the name tells says in what way.
        return Array.Find(Formats, format => format.Recognizes(file)) ?? Named(path) ?? throw new ModelFormatException(
            "the content is of no known format: neither a '.keras' archive, an HDF5 file ('.h5'), a safetensors file, one of TorchSharp's "
                + "Module.save ('.dat') "
            + "nor the JSON of a model.",
            path);
    }

    /// <summary>The format that a name ends with; null where there is none.</summary>
    public static ModelFile? Named(string path) => Array.Find(Formats, format => format.EndingIn(path).Length > 0);

    /// <summary>The ending of a name that tells its format; empty where there is none.</summary>
    public static string EndingOf(string path) => Named(path)?.EndingIn(path) ?? "";

    /// <summary>The format under whose name a whole model is written.</summary>
    /// <exception cref="ArgumentException">The name is of another kind.</exception>
    public static ModelFile ForModel(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return Named(path) switch
        {
            { HoldsModel: true } format => format,
            { HoldsWeights: true } => throw new ArgumentException(
                $"'{path}' is a name for weights alone; a whole model's ends in '.keras', or in '.h5' for Keras' older format. "
                    + "Weights are for "
                + "SaveWeights and LoadWeights.",
                nameof(path)),
            _ => throw new ArgumentException($"A model's file must be named '….keras', or '….h5' for Keras' older format; it was '{path}'.",
                nameof(path)),
        };
    }

    /// <summary>The format under whose name weights are written.</summary>
    /// <exception cref="ArgumentException">The name is of another kind.</exception>
    public static ModelFile ForWeights(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return Named(path) switch
        {
            { HoldsModel: false, HoldsWeights: true, IsWritten: true } format => format,
            { IsWritten: false } => throw new ArgumentException(
                $"Weights in several files, and those of PyTorch, are read and not written; one file of any size is named '….weights.h5'; "
                    + $"it was '{path}'.", nameof(path)),
            _ => throw new ArgumentException($"A file of weights must be named {WeightEndings}; it was '{path}'.", nameof(path)),
        };
    }

    /// <summary>Makes a model of a file.</summary>
    /// <exception cref="ModelFormatException">The file holds none, or is damaged.</exception>
    public virtual Model Load(string path, bool compile) => throw new ModelFormatException(
        "the file holds weights only, without the model they belong to; build the model and call LoadWeights.", path);

    /// <summary>Puts the weights of a file, and the optimizer's state where both sides have it, into a model with weights.</summary>
    /// <exception cref="ModelFormatException">It is not such a file, or its weights are not the model's; then nothing is changed.</exception>
    public abstract void LoadWeights(Model model, string path, WeightLoading loading);

    /// <summary>Describes what there is of a model now, so that it can be written, perhaps later.</summary>
    /// <param name="model">A model with weights.</param>
    /// <param name="remarks">
    /// What is remarked in the file of a whole model, where Keras does not look; null for a plain file, which carries no checksum either.
    /// </param>
    /// <param name="read">Reads the numbers of a variable: lends them, for a save at once, or copies them.</param>
    public abstract IModelSnapshot Prepare(Model model, IReadOnlyDictionary<string, string>? remarks, Func<Variable, WeightData> read);

    /// <summary>The remarks with which a whole model was saved; none for a file of Keras.</summary>
    /// <exception cref="ModelFormatException">It is not such a file, or a damaged one.</exception>
    public virtual IReadOnlyDictionary<string, string> ReadRemarks(string path) => new Dictionary<string, string>();

    /// <summary>All arrays of a file, in its order.</summary>
    /// <exception cref="ModelFormatException">It is not such a file, or a damaged one.</exception>
    public abstract ListedWeights List(string path);

    /// <summary>Looks whether a file is whole, as far as its checksum tells.</summary>
    /// <exception cref="ModelFormatException">It is not such a file, or a damaged one.</exception>
    public virtual void Check(string path) => List(path).Dispose();

    /// <summary>Whether the content of an open file, which is not empty, is of this format.</summary>
    protected abstract bool Recognizes(WeightSource file);

    // Without a file the name is all there is, and what is wrong with it helps more than that the file is missing.
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
