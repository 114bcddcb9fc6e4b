using System.CommandLine;
using System.Globalization;
using Cairn.Callbacks;
using Cairn.Cli.Data;
using Cairn.Cli.Models;
using Cairn.Cli.Output;
using Cairn.Cli.Training;
using Cairn.Optimizers;

namespace Cairn.Cli.Commands;

/// <summary>The options of <c>cairn train</c>.</summary>
internal sealed class TrainOptions
{
    private readonly Option<string?> data = CommonOptions.Data();
    private readonly Option<string?> target = CommonOptions.Target();
    private readonly Option<int> batchSize = CommonOptions.BatchSize();

    private readonly Option<string?> task = OneOf(
        new Option<string?>("--task")
        {
            Description = "Whether to predict a class or a number. By default the values decide: text, and integers with at most "
                + $"{TargetReading.MostWholeNumberClasses} different values, are classes.",
            HelpName = "classification|regression",
        },
        "classification",
        "regression");

    private readonly Option<string?> model = new("--model")
    {
        Description = $"The model to start from: {ModelArgument.Kinds}. Default: a small model for the data.",
        HelpName = "FILE",
    };

    private readonly Option<int> epochs = CommonOptions.Checked(
        new Option<int>("--epochs")
        {
            Description = "The last epoch, counted from the first epoch of all runs.",
            HelpName = "N",
            DefaultValueFactory = _ => TrainSettings.DefaultEpochs,
        },
        value => value >= 1,
        "an integer greater than or equal to 1");

    private readonly Option<int> initialEpoch = CommonOptions.Checked(
        new Option<int>("--initial-epoch")
        {
            Description = "The number of epochs already trained, to continue a training; the history in the folder is continued.",
            HelpName = "N",
        },
        value => value >= 0,
        "an integer greater than or equal to 0");

    private readonly Option<double> validationSplit = CommonOptions.Checked(
        new Option<double>("--validation-split")
        {
            Description = "Fraction of the rows, from the end, to use for validation after each epoch instead of training.",
            HelpName = "FRACTION",
            DefaultValueFactory = _ => TrainSettings.DefaultValidationSplit,
        },
        value => value is >= 0 and < 1,
        "0 or greater and less than 1");

    private readonly Option<double?> learningRate = CommonOptions.Checked(
        new Option<double?>("--learning-rate")
        {
            Description = "The initial learning rate. Default: that of the optimizer.",
            HelpName = "RATE"
        },
        value => value is null or (> 0 and < double.PositiveInfinity),
        "a number greater than 0");

    private readonly Option<string?> optimizer = new("--optimizer")
    {
        Description = "An optimizer by its Keras name: adam (default), sgd, rmsprop, adamw, … Replaces the optimizer of a compiled model.",
        HelpName = "NAME",
    };

    private readonly Option<long> seed = new("--seed")
    {
        Description = "Determines initial weights, order of the rows and dropout: the same seed gives the same run.",
        HelpName = "N",
        DefaultValueFactory = _ => TrainSettings.DefaultSeed,
    };

    private readonly Option<int?> threads = CommonOptions.Checked(
        new Option<int?>("--threads")
        {
            Description = "Number of CPU threads per operation. Default: one per core, and 1 for models with fewer than "
                + $"{Number.Count(Threads.SmallModel)} parameters, which run slower with more threads.",
            HelpName = "N",
        },
        value => value is null or >= 1,
        "an integer greater than or equal to 1");

    private readonly Option<string> folder = new("--out")
    {
        Description = "The folder for best_model.h5, classes.json, history.csv with its .events.json and .settings.json, and history.png.",
        HelpName = "DIR",
        DefaultValueFactory = _ => TrainSettings.DefaultOut,
    };

    private readonly Option<string?> backup = new("--backup")
    {
        Description = "A folder for backups of the whole run. After a stop or a kill, the same command resumes from the last backup "
            + "and ends with "
            + "the same bits. The backups are deleted when the run is complete.",
        HelpName = "DIR",
    };

    private readonly Option<string> backupEvery = new("--backup-every")
    {
        Description = "How often to back up: epoch, a number of batches, or a time such as 30s. SIGTERM and Ctrl-C back up immediately.",
        HelpName = "epoch|N|Ns",
        DefaultValueFactory = _ => "epoch",
    };

    private readonly Option<bool> resume = new("--resume")
    {
        Description = "Resumes from the backup; fails if there is none. Without --backup: from the folder 'backup' in --out.",
    };

    private readonly Option<string?> callbacks = new("--callbacks")
    {
        Description = "A JSON list of callbacks as Keras serializes them, [{\"class_name\": …, \"config\": {…}}], instead of "
            + "ReduceLROnPlateau, ModelCheckpoint "
            + "and EarlyStopping. Paths in it are relative to the current folder.",
        HelpName = "FILE.json",
    };

    private readonly Option<string?> verbose = OneOf(
        new Option<string?>("--verbose")
        {
            Description = "0: silent, 1: progress bar, 2: one line per epoch, auto (default): 1 on a terminal, otherwise 2.",
            HelpName = "auto|0|1|2",
        },
        "auto",
        "0",
        "1",
        "2");

    private readonly Option<int?> serve = CommonOptions.Port(
        "--serve", "Shows the training in the browser while it runs, on this port.", ArgumentArity.ZeroOrOne);

    public TrainOptions()
    {
        AddOptimizerCheck();
        backupEvery.Validators.Add(result =>
        {
            if (TryReadFrequency(result.GetValueOrDefault<string>()) is null)
            {
                result.AddError($"--backup-every is '{result.GetValueOrDefault<string>()}'; it must be epoch, a number of batches (1 or "
                    + "more), or a time such as 30s.");
            }
        });
    }

    private void AddOptimizerCheck() => optimizer.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<string?>() is not { } name)
        {
            return;
        }

        try
        {
            using Optimizer known = name;
        }
        catch (ArgumentException exception)
        {
            result.AddError($"--optimizer: {Failure.Describe(exception)}");
        }
    });

    public IEnumerable<Option> All =>
    [
        data, target, task, model, epochs, initialEpoch, batchSize, validationSplit, learningRate, optimizer, seed, threads, folder, backup,
        backupEvery, resume,
        callbacks, serve, verbose,
    ];

    public TrainSettings Read(ParseResult parsed) => new()
    {
        Data = parsed.GetValue(data),
        Target = parsed.GetValue(target),
        Task = parsed.GetValue(task) is { } word ? Enum.Parse<TaskKind>(word, ignoreCase: true) : null,
        Model = parsed.GetValue(model),
        Epochs = parsed.GetValue(epochs),
        InitialEpoch = parsed.GetValue(initialEpoch),
        BatchSize = parsed.GetValue(batchSize),
        ValidationSplit = parsed.GetValue(validationSplit),
        LearningRate = parsed.GetValue(learningRate),
        Optimizer = parsed.GetValue(optimizer),
        Seed = parsed.GetValue(seed),
        Threads = parsed.GetValue(threads),
        Out = parsed.GetValue(folder)!,
        Callbacks = parsed.GetValue(callbacks),
        Serve = parsed.GetResult(serve) is null ? null : parsed.GetValue(serve) ?? LivePage.DefaultPort,
        Backup = parsed.GetValue(backup) ?? (parsed.GetValue(resume) ? Path.Combine(parsed.GetValue(folder)!, "backup") : null),
        BackupEvery = TryReadFrequency(parsed.GetValue(backupEvery)!)!.Value,
        Resume = parsed.GetValue(resume),
        Verbose = parsed.GetValue(verbose) switch
        {
            null or "auto" => Verbosity.Auto,
            var level =>
            int.Parse(level, System.Globalization.CultureInfo.InvariantCulture)
        },
        Arguments = [.. parsed.Tokens.Select(token => token.Value).Skip(1)],
    };

    private static BackupFrequency? TryReadFrequency(string? text)
    {
        if (text is null or "epoch")
        {
            return BackupFrequency.Epoch;
        }

        bool isTime = text.EndsWith('s');
        if (!int.TryParse(isTime ? text[..^1] : text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number < 1)
        {
            return null;
        }

        return isTime ? TimeSpan.FromSeconds(number) : number;
    }

    private static Option<string?> OneOf(Option<string?> option, params string[] words) => option.AcceptOnlyFromAmong(words);
}
