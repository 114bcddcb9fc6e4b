using Cairn.Cli.Data;
using Cairn.Cli.Models;
using Cairn.Losses;
using Cairn.Metrics;
using Cairn.Optimizers;

namespace Cairn.Cli.Training;

/// <summary>Data and model: split, shaped and compiled.</summary>
internal sealed class TrainingTask
{
    private readonly int trainingRows;

    private TrainingTask(DataSet data, Targets targets, Model model, bool isTrained, int trainingRows)
    {
        Data = data;
        Targets = targets;
        Model = model;
        IsTrained = isTrained;
        this.trainingRows = trainingRows;
    }

    public DataSet Data { get; }

    public Targets Targets { get; }

    public Model Model { get; }

    /// <summary>Whether the model has been trained before.</summary>
    public bool IsTrained { get; }

    public int TrainingRows => trainingRows;

    public int ValidationRows => Data.Rows - trainingRows;

    public bool HasValidation => ValidationRows > 0;

    public string DefaultMonitor => HasValidation ? "val_loss" : "loss";

    public NDArray TrainX => Data.Slice(0, trainingRows);

    public NDArray TrainY => Targets.Slice(0, trainingRows);

    /// <summary>The rows for evaluation: the validation rows, or all rows if there are none.</summary>
    public NDArray MeasuredX => HasValidation ? Data.Slice(trainingRows, Data.Rows) : Data.All;

    public NDArray MeasuredY => HasValidation ? Targets.Slice(trainingRows, Data.Rows) : Targets.Slice(0, Data.Rows);

    /// <summary>Reads the data and the model of the settings.</summary>
    /// <exception cref="CommandException">A file is missing, or data and model do not match.</exception>
    public static TrainingTask Open(TrainSettings settings)
    {
        DataSet data = DataSource.WithTarget(settings.Data, settings.Target);
        int trainingRows = Split(data, settings.ValidationSplit);
        Model? model = settings.Model is { } path ? ModelArgument.Open(path) : null;
        bool isTrained = model is not null && !ModelArgument.IsArchitecture(settings.Model!);
        if (model is not null)
        {
            model.Seed = settings.Seed;
        }

        Targets targets;
        if (model is null || model.Loss is null)
        {
            targets = data.ReadTargets(settings.Task);
            if (model is not null && !isTrained)
            {
                data = data.ShapedFor(InputOf(model));
            }

            model ??= settings.Data is null
                ? StartingModel.ForDigits(settings.Seed)
                : StartingModel.For(data.X, data.SampleShape, targets, trainingRows, settings.Seed);
            CheckOutputs(model, targets, settings);
        }
        else
        {
            targets = ModelArgument.ReadTargets(data, model, settings.Model, settings.Task ?? ModelArgument.TaskOf(model));
        }

        Compile(model, targets, settings);
        return new TrainingTask(data.ShapedFor(InputOf(model)), targets, model, isTrained, trainingRows);
    }

    /// <summary>The number of rows for training, as Keras computes it; the rest is for validation.</summary>
    public static int Split(DataSet data, double validationSplit)
    {
        int training = (int)Math.Floor(data.Rows * (1 - validationSplit));
        return training > 0 && (validationSplit == 0 || training < data.Rows)
            ? training
            : throw new CommandException(
                string.Create(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"--validation-split {validationSplit} of {data.Rows} rows leaves {training} for training and {data.Rows - training} "
                        + $"for validation; each needs at least one"));
    }

    private static Shape? InputOf(Model model)
    {
        if (!model.Built && model.Weights.Count == 0)
        {
            return null;
        }

        return model.InputShape;
    }

    private static void Compile(Model model, Targets targets, TrainSettings settings)
    {
        bool isClassification = targets.Task == TaskKind.Classification;
        if (model.Loss is null || settings.Optimizer is not null)
        {
            Loss loss = model.Loss ?? (isClassification ? "sparse_categorical_crossentropy" : "mse");
            Metric[] metrics = model.Compiled && model.Loss is not null ? [.. model.MetricSet!.Compiled.SelectMany(m => m)]
                : [isClassification ? "accuracy" : "mae"];
            Optimizer optimizer = settings.Optimizer ?? TrainSettings.DefaultOptimizer;
            model.Compile(optimizer, loss, metrics);
        }

        if (settings.LearningRate is not { } rate)
        {
            return;
        }

        if (model.Optimizer!.Schedule is { } schedule)
        {
            throw new CommandException($"the model's learning rate follows the schedule {schedule.ClassName}; use --learning-rate together "
                + "with --optimizer");
        }

        model.Optimizer.LearningRate = rate;
    }

    private static void CheckOutputs(Model model, Targets targets, TrainSettings settings)
    {
        if (settings.Model is null || model.Weights.Count == 0)
        {
            return;
        }

        long outputs = model.OutputShape![^1];
        long needed = targets.Task == TaskKind.Classification ? targets.Classes.Count : targets.Outputs;
        if (targets.Task == TaskKind.Classification ? outputs < needed : outputs != needed)
        {
            string wanted = targets.Task == TaskKind.Classification ? $"{needed} classes" : $"{needed} values per row";
            throw new CommandException($"the model '{settings.Model}' has {outputs} outputs, but the target has {wanted}");
        }
    }
}
