using Cairn.Callbacks;

namespace Cairn.Cli.Training;

/// <summary>The callbacks of a training: the three defaults, or those of a file.</summary>
internal static class StandardCallbacks
{
    public const double Factor = 0.3;
    public const int PatienceBeforeReducing = 3;
    public const int PatienceBeforeStopping = 8;

    /// <summary>Reduces the learning rate on a plateau, saves the best model, stops when there is no improvement.</summary>
    /// <param name="monitor">The value to monitor.</param>
    /// <param name="path">The file of the best model.</param>
    /// <param name="best">The value of the initial model, which the first save must improve on; null for none.</param>
    public static IReadOnlyList<Callback> Create(string monitor, string path, double? best) =>
    [
        new ReduceLROnPlateau(monitor, Factor, PatienceBeforeReducing, minLr: 1e-6),
        new ModelCheckpoint(path, monitor, saveBestOnly: true, initialValueThreshold: best),
        new EarlyStopping(monitor, patience: PatienceBeforeStopping, restoreBestWeights: true),
    ];

    /// <summary>Backs up the run, and resumes from a backup.</summary>
    /// <exception cref="CommandException">A backup is required, and there is none.</exception>
    public static BackupAndRestore Backup(string folder, BackupFrequency every, bool mustBeThere)
    {
        if (mustBeThere && !BackupAndRestore.IsIn(folder))
        {
            throw new CommandException($"there is no backup in '{folder}' (--resume); without --resume, the run starts from the beginning");
        }

        return new BackupAndRestore(folder, every);
    }

    /// <summary>Reads a JSON list of <c>{"class_name", "config"}</c>.</summary>
    /// <exception cref="CommandException">The file does not exist, or is not such a list.</exception>
    public static IReadOnlyList<Callback> Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new CommandException($"there is no file '{path}' (--callbacks)");
        }

        try
        {
            return CallbackSerialization.DeserializeList(File.ReadAllText(path));
        }
        catch (ArgumentException exception)
        {
            throw new CommandException($"'{path}': {exception.Message}", exception);
        }
    }
}
