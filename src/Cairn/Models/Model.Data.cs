using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Losses;
using Cairn.Training;
using static TorchSharp.torch;

namespace Cairn;

// What the model requires of its data, and what the data determine in the model.
public abstract partial class Model
{
    private void RequireCompiled(string caller)
    {
        if (metrics is null)
        {
            throw new InvalidOperationException($"Call Compile(optimizer, loss, metrics) before {caller}.");
        }

        if (losses is null)
        {
            if (OverridesTrainStep || OverridesComputeLoss || MayAddLosses)
            {
                return;
            }

            throw new InvalidOperationException(
                $"{caller} needs a loss; pass one to Compile, such as loss: \"mse\", or add one in a layer (CallContext.AddLoss).");
        }

        if (losses.FirstOrDefault(loss => loss?.Reduction == "none") is { } several)
        {
            throw new InvalidOperationException($"{caller} needs a scalar loss, but the loss {several.ClassName} has the "
                + "reduction 'none'.");
        }
    }

    // Outputs whose number is not known yet.
    private const int MostOutputs = 64;

    private IReadOnlyList<string>? givenInputNames;
    private IReadOnlyList<string>? givenOutputNames;

    private BatchLayout Layout(bool mustBeFinite = false)
    {
        Native.LibTorch.EnsureLoaded();
        IReadOnlyList<string> outputs = OutputNames;
        ScalarType[] types = outputs.Count > 0
            ? [.. outputs.Select(TargetType)]
            : [.. Enumerable.Range(0, MostOutputs)
            .Select(i => TargetType(i == 0 && losses?.Names.Contains(Name) == true ? Name : $"output_{i + 1}", i))];
        return new BatchLayout(InputNames, outputs, InputTypes, types, Device, DeclaredInputShapes, mustBeFinite, Targeted(outputs));
    }

    /// <summary>The outputs that need a target, since they have a loss or metrics; null if the outputs are not known.</summary>
    private List<int>? Targeted(IReadOnlyList<string> outputs)
    {
        if (outputs.Count == 0)
        {
            return null;
        }

        bool[] needed = new bool[outputs.Count];
        Note(losses, one => one is not null);
        Note(metrics?.Compiled, group => group is { Count: > 0 });
        Note(metrics?.CompiledWeighted, group => group is { Count: > 0 });
        return [.. Enumerable.Range(0, outputs.Count).Where(i => needed[i])];

        void Note<T>(PerOutput<T>? settings, Func<T, bool> isThere)
        {
            for (int i = 0; i < outputs.Count && settings is not null; i++)
            {
                needed[i] |= settings.IsOne || outputs.Count == 1 ? settings.Any(isThere)
                    : settings.Names.Count > 0 ? settings.Names.Contains(outputs[i]) && isThere(settings[outputs[i]])
                    : i < settings.Count && isThere(settings[i]);
            }
        }
    }

    /// <summary>The same, where a subclassed model takes the names of its inputs and outputs from the first arrays.</summary>
    private BatchLayout Layout(NDArrays? x, NDArrays? y)
    {
        if (x is { Names.Count: > 0 } && InputNames.Count == 0)
        {
            givenInputNames = [.. x.Names];
        }

        if (y is { Names.Count: > 0 } && OutputNames.Count == 0)
        {
            givenOutputNames = [.. y.Names];
        }

        return Layout();
    }

    // Class indices stay integers; everything else is converted to floating point.
    private ScalarType TargetType(string output, int index)
    {
        Loss? loss = losses switch
        {
            null => null,
            { IsOne: true } => losses[0],
            { Names: [_, ..] names } => names.Contains(output) ? losses[output] : null,
            _ => index < losses.Count ? losses[index] : null,
        };
        return loss is SparseCategoricalCrossentropy ? ScalarType.Int64 : ScalarType.Float32;
    }

    /// <summary>Builds the model for the data where needed, checks that the data fits, and resolves the losses and the metrics.</summary>
    private ResolvedLosses Resolve(BatchSource data, ArrayArguments names)
    {
        FitInput(data, names.X);
        IReadOnlyList<Shape> outputs = ComputeOutputShapes(data.InputShapes);
        IReadOnlyList<Shape> targets = data.TargetShapes;
        IReadOnlyList<string> outputNames = OutputNames;
        bool hasTargets = HasTargets(targets, outputs.Count, names.Y);
        List<OutputLoss> outputLosses = hasTargets ? ResolveLosses(outputNames, targets, outputs) : [];
        var resolved = new ResolvedLosses(outputLosses, outputs, new Objective(outputLosses, this));
        CheckFit(data, resolved, names);
        metrics!.ResolveFor(outputNames, hasTargets ? (IReadOnlyList<Shape?>)targets : new Shape?[outputs.Count], outputs, outputLosses);
        return resolved;
    }

    /// <summary>Whether there is a target for every output. Not needed if a custom step or a layer computes the loss.</summary>
    private bool HasTargets(IReadOnlyList<Shape> targets, int outputs, string argument)
    {
        if (outputs == 0)
        {
            // Without a Call, the step alone decides what the targets are for.
            return false;
        }

        if (targets.Count == outputs)
        {
            return true;
        }

        IReadOnlyList<string> outputNames = OutputNames;
        bool needed = Targeted(outputNames) is not { Count: 0 };
        if (!needed || (targets.Count == 0 && (OverridesTrainStep || OverridesComputeLoss)))
        {
            return false;
        }

        if (targets.Count == 0)
        {
            throw new ArgumentException(
                $"{argument} is missing; {(losses is null ? "the metrics need" : "the loss needs")} a target for every output.", argument);
        }

        throw new ArgumentException(
            $"{argument} has {targets.Count} {(targets.Count == 1 ? "array" : "arrays")}; the model '{Name}' "
                + $"has {outputs} {(outputs == 1 ? "output" : $"outputs: {string.Join(", ", outputNames)}")}.",
            argument);
    }

    /// <summary>Checks that inputs and targets match the model and its losses.</summary>
    private void CheckFit(BatchSource data, ResolvedLosses resolved, ArrayArguments names)
    {
        FitInput(data, names.X);
        IReadOnlyList<Shape> targets = data.TargetShapes;
        if (!HasTargets(targets, resolved.Outputs.Count, names.Y) && resolved.Losses.Count > 0 && !OverridesTestStep)
        {
            throw new ArgumentException($"{names.Y} is missing; the loss needs a target for every output.", names.Y);
        }

        if (targets.Count != resolved.Outputs.Count)
        {
            return;
        }

        foreach ((int output, Loss loss, _) in resolved.Losses)
        {
            string argument = targets.Count == 1 ? names.Y : $"{names.Y}[{output}]";
            loss.CheckShapes(targets[output], resolved.Outputs[output], argument);
            if (data is TensorDataset arrays)
            {
                DataCheck.LabelsInRange(arrays.Targets[output], resolved.Outputs[output], loss, argument);
            }
        }

        data.CheckEach((batch, index) =>
        {
            foreach ((int output, Loss loss, _) in resolved.Losses)
            {
                string argument = targets.Count == 1 ? names.Y : $"{names.Y}[{output}]";
                DataCheck.LabelsInRange(batch.Slots.Targets[output], resolved.Outputs[output], loss, argument, batch.Count,
                    row => batch.PlaceOf(row, index));
            }
        });
    }

    private List<OutputLoss> ResolveLosses(IReadOnlyList<string> names, IReadOnlyList<Shape> targets, IReadOnlyList<Shape> outputs)
    {
        if (losses is null)
        {
            return [];
        }

        Loss?[] given = losses.IsOne ? [.. outputs.Select(_ => losses[0])]
            : [.. losses.For(names, "loss").Select(l => l.Given ? l.Value : throw MissingLoss(names))];
        double?[] weights = lossWeights is null ? new double?[outputs.Count]
            : [.. lossWeights.For(names, nameof(lossWeights)).Select(w => w.Given ? w.Value : (double?)null)];
        return
        [
            .. Enumerable.Range(0, outputs.Count).Where(i => given[i] is not null)
                .Select(i => new OutputLoss(i, given[i]!.ResolveFor(targets[i], outputs[i]), (float?)weights[i])),
        ];
    }

    private ArgumentException MissingLoss(IReadOnlyList<string> names) => new(
        $"loss names the outputs {string.Join(", ", losses!.Names.Select(n => $"'{n}'"))}; the model has the "
            + $"outputs {string.Join(", ", names.Select(n => $"'{n}'"))}. "
        + "Pass null for an output that is not trained.",
        "loss");

    private void FitInput(BatchSource data, string argument)
    {
        IReadOnlyList<Shape> shapes = data.InputShapes;
        if (!Built)
        {
            BuildOnce(DeclaredInputShapes ?? shapes);
        }

        if (shapes.Count != InputShapes.Count || !(InputShapes.Zip(shapes).All(pair => pair.First.IsCompatibleWith(pair.Second))
            || TakesSizes(shapes)))
        {
            throw new ArgumentException(
                $"The model '{Name}' takes inputs of shape {Shape.Describe(InputShapes)}; {argument} has the "
                    + $"shape {Shape.Describe(Counted(shapes, data.SampleCount))}.", argument);
        }
    }

    // The function of a subclassed model may take sequences of other lengths than those it was built with, as in Keras.
    private bool TakesSizes(IReadOnlyList<Shape> shapes)
    {
        if (!IsOfUser || DeclaredInputShapes is not null || !InputShapes.Zip(shapes).All(pair => pair.First.Rank == pair.Second.Rank))
        {
            return false;
        }

        try
        {
            return ComputeOutputShapes(shapes).Count > 0;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    private static IReadOnlyList<Shape> Counted(IReadOnlyList<Shape> shapes, long? samples) =>
        samples is { } count ? [.. shapes.Select(shape => shape[1..].WithBatch(count))] : shapes;

    private CallbackList PlainList(IEnumerable<Callback>? callbacks, Verbosity verbose, BatchSource data, int? steps)
    {
        int level = verbose.LevelFor(Output);
        var parameters = new CallbackParams
        {
            Epochs = 1,
            Steps = steps ?? data.BatchCount,
            BatchSize = data.BatchSize,
            Samples = data.SampleCount,
            Verbose = level,
            Output = Output,
        };
        return new CallbackList(callbacks, this, parameters, addProgbar: level > 0);
    }
}
