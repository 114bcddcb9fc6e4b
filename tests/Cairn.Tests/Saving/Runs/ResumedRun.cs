using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Optimizers;
using Cairn.Optimizers.Schedules;
using Cairn.Training;

namespace Cairn.Tests.Saving.Runs;

/// <summary>
/// A training with everything that makes resuming hard: dropout, shuffling, moving statistics, the three callbacks, a log, a checkpoint.
/// It can be ended at any step like by a crash: without a hook of any callback.
/// </summary>
internal sealed class ResumedRun(string folder)
{
    public const int BatchesPerEpoch = 5;
    private static readonly NDArray X = Data(46, 3, 1);
    private static readonly NDArray Y = Data(46, 1, 2);

    public BackupFrequency SaveFreq { get; init; } = "epoch";

    public int Keep { get; init; } = 2;

    public bool DeleteCheckpoint { get; init; } = true;

    public SaveErrorPolicy OnError { get; init; }

    public bool Asynchronous { get; init; }

    public Func<Optimizer> Optimizer { get; init; } = () => new Adam(0.02);

    /// <summary>Whether steps run by a plan, if the processor can: then the run can't be ended by <c>dieAtStep</c>.</summary>
    public bool Planned { get; init; }

    /// <summary>Whether the learning rate follows a schedule, which excludes ReduceLROnPlateau.</summary>
    public bool Scheduled { get; init; }

    public int Epochs { get; init; } = 6;

    public int BatchSize { get; init; } = 8;

    public int? StepsPerEpoch { get; init; }

    public long? Seed { get; init; } = 11;

    public int Units { get; init; } = 6;

    public IReadOnlyList<Callback> More { get; init; } = [];

    /// <summary>The name of a layer that is not trained at first.</summary>
    public string? Frozen { get; init; }

    public string Backups => Path.Combine(folder, "backup");

    public BackupAndRestore? Backup { get; private set; }

    /// <summary>Trains until the end or until a step.</summary>
    /// <returns>The results of the run, or null if it was killed.</returns>
    public string? Train(int? dieAtStep = null, CancellationToken cancellation = default)
    {
        using var model = new Sequential(
            [new Input([3]), new Dense(Units, activation: "tanh"), new BatchNormalization(), new Dropout(0.3), new Dense(1)], seed: Seed);
        if (!Planned)
        {
            model.Add(new Bomb(dieAtStep));
        }

        foreach (Layer layer in model.Layers.Where(layer => layer.Name == Frozen))
        {
            layer.Trainable = false;
        }

        model.Compile(Scheduled ? new Adam(new ExponentialDecay(0.02, 5, 0.9)) : Optimizer(), "mse", ["mae", "r2_score"]);
        Backup = new BackupAndRestore(Backups, SaveFreq, Keep, DeleteCheckpoint, OnError, Asynchronous);
        try
        {
            History history = model.Fit(
                X,
                Y,
                BatchSize,
                Epochs,
                verbose: 0,
                validationSplit: 0.2,
                stepsPerEpoch: StepsPerEpoch,
                callbacks:
                [
                    Scheduled ? new TerminateOnNaN() : new ReduceLROnPlateau(factor: 0.5, patience: 1, minDelta: 0.02),
                    Backup,
                    new ModelCheckpoint(Path.Combine(folder, "best.h5"), saveBestOnly: true),
                    new EarlyStopping(patience: 4, restoreBestWeights: true),
                    new CSVLogger(Path.Combine(folder, "log.csv")),
                    .. More,
                ],
                cancellationToken: cancellation);
            return Describe(model, history);
        }
        catch (DiedException)
        {
            return null;
        }
    }

    private string Describe(Model model, History history)
    {
        var lines = new List<string>();
        foreach (Variable variable in model.Weights.Concat(model.Optimizer!.SlotVariables))
        {
            lines.Add($"{variable.Path} {Bits(variable.ToNDArray())}");
        }

        lines.Add(string.Create(CultureInfo.InvariantCulture, $"{model.Optimizer.Steps} steps, rate {model.Optimizer.LearningRate:R}"));
        foreach (string name in history.Keys)
        {
            lines.Add($"{name}: {string.Join(" ", history[name].Select(v => v.ToString("R", CultureInfo.InvariantCulture)))}");
        }

        lines.AddRange(history.Events.Select(e => e.ToString().Replace(folder, "", StringComparison.Ordinal)));
        lines.Add(File.ReadAllText(Path.Combine(folder, "log.csv")));
        string best = Path.Combine(folder, "best.h5");
        lines.Add(File.Exists(best) ? Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(best))) : "no model saved");
        return string.Join("\n", lines);
    }

    private static string Bits(NDArray numbers) => Convert.ToHexString(MemoryMarshal.AsBytes(numbers.ToArray().AsSpan()));

    private static NDArray Data(int rows, int columns, ulong seed)
    {
        var random = new RandomStream(seed, RandomPurpose.Initialization);
        float[] numbers = new float[rows * columns];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = (float)random.NextNormal();
        }

        return NDArray.From(numbers, [rows, columns]);
    }

    public sealed class DiedException : Exception;
}
