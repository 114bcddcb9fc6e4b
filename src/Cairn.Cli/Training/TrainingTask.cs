using Cairn.Cli.Data;
using Cairn.Cli.Models;
using Cairn.Losses;
using Cairn.Metrics;
using Cairn.Optimizers;

namespace Cairn.Cli.Training;

/// <summary>Data and model, brought together: split, shaped and compiled.</summary>
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

    /// <summary>The rows that models are measured on: those for validation, or all where there are none.</summary>
    public NDArray MeasuredX => HasValidation ? Data.Slice(trainingRows, Data.Rows) : Data.All;

    public NDArray MeasuredY => HasValidation ? Targets.Slice(trainingRows, Data.Rows) : Targets.Slice(0, Data.Rows);

    /// <summary>Reads what the settings name.</summary>
    /// <exception cref="CommandException">Something is not there or does not fit.</exception>
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

    /// <summary>How many rows are trained on, as Keras computes it; the rest is measured after each epoch.</summary>
    public static int Split(DataSet data, double validationSplit)
    {
        int training = (int)Math.Floor(data.Rows * (1 - validationSplit));
        return training > 0 && (validationSplit == 0 || training < data.Rows)
            ? training
            : throw new CommandException(
                string.Create(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"--validation-split {validationSplit} of {data.Rows} rows leaves {training} to train on and {data.Rows - training} to "
                        + $"validate; both need one"));
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
            throw new CommandException($"the model's learning rate follows the schedule {schedule.ClassName}; --learning-rate needs "
                + "--optimizer with it");
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
            string wanted = targets.Task == TaskKind.Classification ? $"{needed} classes" : $"{needed} numbers a row";
            throw new CommandException($"the model '{settings.Model}' has {outputs} outputs; {wanted} are to be predicted");
        }
    }
}
