using Cairn.Callbacks;
using Cairn.Cli.Data;

namespace Cairn.Cli.Training;

/// <summary>The options of <c>cairn train</c>.</summary>
internal sealed record TrainSettings
{
    public const int DefaultEpochs = 60;
    public const int DefaultBatchSize = 32;
    public const double DefaultValidationSplit = 0.2;
    public const long DefaultSeed = 1;
    public const string DefaultOut = "runs/latest";
    public const string DefaultOptimizer = "adam";

    public string? Data { get; init; }

    public string? Target { get; init; }

    public TaskKind? Task { get; init; }

    public string? Model { get; init; }

    public int Epochs { get; init; } = DefaultEpochs;

    public int InitialEpoch { get; init; }

    public int BatchSize { get; init; } = DefaultBatchSize;

    public double ValidationSplit { get; init; } = DefaultValidationSplit;

    public double? LearningRate { get; init; }

    public string? Optimizer { get; init; }

    public long Seed { get; init; } = DefaultSeed;

    public string Out { get; init; } = DefaultOut;

    public string? Callbacks { get; init; }

    /// <summary>The port of the live page; null for none.</summary>
    public int? Serve { get; init; }

    /// <summary>The folder for backups; null for none.</summary>
    public string? Backup { get; init; }

    /// <summary>How often to back up.</summary>
    public BackupFrequency BackupEvery { get; init; }

    /// <summary>Whether a backup to resume from is required.</summary>
    public bool Resume { get; init; }

    /// <summary>CPU threads; null for the default.</summary>
    public int? Threads { get; init; }

    public Verbosity Verbose { get; init; }

    /// <summary>The options as written, for showing how to continue.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    public string BestModelPath => Path.Combine(Out, "best_model.h5");

    public string FinalModelPath => Path.Combine(Out, "final_model.h5");

    public string HistoryPath => Path.Combine(Out, "history.csv");

    public string PlotPath => Path.Combine(Out, "history.png");
}
